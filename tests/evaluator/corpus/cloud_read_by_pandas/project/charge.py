import os

import boto3
import pandas as pd

SEAU = os.environ["SEAU"]


def lire(cle):
    return pd.read_csv(f"s3://{SEAU}/{cle}.csv")


if __name__ == "__main__":
    ventes = lire("ventes")
    ventes.to_csv("ventes.csv")
    modele = boto3.resource("s3").Object(SEAU, "modele.pkl").get()["Body"].read()
