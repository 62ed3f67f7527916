from pathlib import Path

import joblib
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
modele = joblib.load(Path(__file__).resolve().parents[1] / "model" / "modele.pkl")


class Vin(BaseModel):
    alcool: float
    acide_malique: float
    cendres: float
    alcalinite: float
    magnesium: float


@app.post("/predict")
def predict(vins: list[Vin]):
    """Prédit le cultivar de chaque vin envoyé."""
    lignes = pd.DataFrame([vin.model_dump() for vin in vins])
    return {"cultivars": modele.predict(lignes).tolist()}
