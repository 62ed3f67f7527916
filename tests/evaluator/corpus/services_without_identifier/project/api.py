from fastapi import FastAPI
from pydantic import BaseModel
import joblib

app = FastAPI()
modele = joblib.load("modele.joblib")


class Entree(BaseModel):
    revenu: float
    age: int


@app.post("/predict")
def predire(entree: Entree):
    return {"prediction": float(modele.predict([[entree.revenu, entree.age]])[0])}


@app.get("/clients/{client_id}")
def client(client_id: int):
    return {"nom": "demo"}
