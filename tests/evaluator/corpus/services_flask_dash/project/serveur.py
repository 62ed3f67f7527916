from flask import Flask, jsonify, request
import pickle

app = Flask(__name__)


@app.route("/prediction", methods=["POST"])
def prediction():
    identifiant = request.json["Identifiant du client"]
    return jsonify({"prediction": calculer(identifiant)})


def calculer(identifiant):
    with open("modele.pkl", "rb") as fichier:
        return pickle.load(fichier).predict([[identifiant]])[0]
