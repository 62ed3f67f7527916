"""Tableau de bord : le score d'un client et sa place parmi les autres dossiers."""

import os
import sys
from pathlib import Path

import httpx
import plotly.express as px
import plotly.graph_objects as go
import streamlit as st

sys.path.append(str(Path(__file__).resolve().parents[1]))
from src.donnees import CIBLE
from src.service import charger_dossiers

API_URL = os.environ.get("API_URL", "http://127.0.0.1:8000")


def demander_prediction(client_id: int) -> dict:
    """Demande à l'API la prédiction d'un client."""
    reponse = httpx.get(f"{API_URL}/clients/{client_id}/prediction", timeout=10)
    reponse.raise_for_status()
    return reponse.json()


def jauge(prediction: dict) -> go.Figure:
    """Jauge de la probabilité, avec le seuil de décision en repère."""
    return go.Figure(
        go.Indicator(
            mode="gauge+number",
            value=100 * prediction["probabilite"],
            number={"suffix": " %"},
            gauge={
                "axis": {"range": [0, 100]},
                "threshold": {"value": 100 * prediction["seuil"], "line": {"width": 4}},
            },
        )
    )


st.set_page_config(page_title="Score de dépistage", layout="wide")
st.title("Score de dépistage")

dossiers = charger_dossiers()
mesures = [colonne for colonne in dossiers.columns if colonne != CIBLE]
client_id = st.sidebar.selectbox("Client", dossiers.index)
mesure = st.sidebar.selectbox("Mesure", mesures)
autre = st.sidebar.selectbox("Mesure comparée", mesures, index=1)

prediction = demander_prediction(int(client_id))
st.metric("Décision proposée", prediction["decision"])
st.plotly_chart(jauge(prediction), width="stretch")

classe = dossiers[CIBLE].map({0: "bénin", 1: "malin"})
distribution = px.histogram(dossiers, x=mesure, color=classe, barmode="overlay", nbins=40)
distribution.add_vline(x=dossiers.loc[client_id, mesure], annotation_text=f"client {client_id}")
st.plotly_chart(distribution, width="stretch")

nuage = px.scatter(dossiers.reset_index(), x=mesure, y=autre, color=classe.to_numpy(), hover_name="client_id")
nuage.add_scatter(
    x=[dossiers.loc[client_id, mesure]],
    y=[dossiers.loc[client_id, autre]],
    name=f"client {client_id}",
    marker={"size": 16, "symbol": "star"},
)
st.plotly_chart(nuage, width="stretch")
