import mlflow
import numpy as np
from alibi_detect.cd import KSDrift
from evidently.report import Report

data_drift = "DataDrift"
requete = "SELECT * FROM clients"
print(requete, np.logspace(0, 1))
# mlflow.log_metric("auc", 0.8)
