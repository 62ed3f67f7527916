from fastapi.testclient import TestClient

from api import app, score

client = TestClient(app)


def test_le_score_est_une_probabilite():
    assert 0 <= score(12) <= 1


class TestAPI:
    def test_un_client_inconnu(self):
        assert client.get("/clients/0").status_code == 404
