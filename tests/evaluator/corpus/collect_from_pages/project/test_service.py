import requests


def essai():
    reponse = requests.post("http://127.0.0.1:8000/predict", json={"id": 1})
    return reponse.json()


print(essai())
print(requests.get("https://service.exemple.invalid/predict/12").json())
