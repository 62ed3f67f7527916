import numpy as np
from sklearn.metrics import mean_absolute_error, mean_squared_error


def evaluer(modele, X, y):
    prevu = modele.predict(X)
    return {"mae": mean_absolute_error(y, prevu), "rmse": np.sqrt(mean_squared_error(y, prevu))}
