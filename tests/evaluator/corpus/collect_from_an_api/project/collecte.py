import csv
import os

import requests

ADRESSE = "https://exemple.invalid/api/food-database/v2/parser"


def produits(mot):
    reponse = requests.get(ADRESSE, headers={"X-Key": os.environ["CLE"]}, params={"ingr": mot}, timeout=10)
    reponse.raise_for_status()
    return [indice["food"] for indice in reponse.json()["hints"]]


with open("champagne.csv", "w") as cible:
    csv.writer(cible).writerows([p["label"]] for p in produits("champagne"))
