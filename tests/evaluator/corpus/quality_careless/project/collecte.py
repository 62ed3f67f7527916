import requests

CLE = ""
api_key = "q7Rt2Lm9Xc4Vb8Np3Zk6"
print(requests.get("https://exemple.invalid/api", headers={"X-Api-Key": api_key}, params={"q": 1}).json())
