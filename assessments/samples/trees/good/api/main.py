"""API de prédiction : un identifiant de client en entrée, un score et une décision en sortie."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from src.service import predire

app = FastAPI(title="Score de dépistage", version="1.0")


class Prediction(BaseModel):
    """Réponse de l'API."""

    client_id: int
    probabilite: float
    seuil: float
    decision: str


@app.get("/")
def accueil() -> dict[str, str]:
    """Dit que le service est en marche."""
    return {"etat": "en marche"}


@app.get("/clients/{client_id}/prediction")
def prediction(client_id: int) -> Prediction:
    """Score d'un client connu ; 404 si l'identifiant est inconnu, 422 s'il n'est pas un entier."""
    try:
        return Prediction(**predire(client_id))
    except KeyError:
        raise HTTPException(status_code=404, detail="Client inconnu") from None
