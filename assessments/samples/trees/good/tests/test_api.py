"""Tests de l'API : client connu, client inconnu, identifiant mal formé."""

import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

sys.path.append(str(Path(__file__).resolve().parents[1]))
from api.main import app


@pytest.fixture
def client() -> TestClient:
    """Client HTTP branché sur l'application."""
    return TestClient(app)


def test_client_connu(client):
    reponse = client.get("/clients/1001/prediction")
    assert reponse.status_code == 200
    assert 0 <= reponse.json()["probabilite"] <= 1


def test_client_inconnu(client):
    assert client.get("/clients/9999/prediction").status_code == 404


def test_identifiant_mal_forme(client):
    assert client.get("/clients/abc/prediction").status_code == 422
