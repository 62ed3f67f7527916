import sqlite3

import pandas as pd

connexion = sqlite3.connect("ventes.db")
connexion.execute("CREATE TABLE ventes (mois TEXT, montant REAL)")
ventes = pd.read_sql("SELECT * FROM ventes", connexion)
