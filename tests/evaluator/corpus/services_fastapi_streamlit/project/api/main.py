import joblib
import pandas as pd
from fastapi import FastAPI, HTTPException

app = FastAPI(title="Score")
modele = joblib.load("modele.joblib")
clients = pd.read_csv("clients.csv", index_col="id")


@app.get("/")
def accueil():
    return {"etat": "ok"}


@app.get("/clients/{client_id}/prediction")
def prediction(client_id: int):
    if client_id not in clients.index:
        raise HTTPException(404)
    return {"score": float(modele.predict_proba(clients.loc[[client_id]])[0, 1])}
