import re

import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

df = pd.read_csv("credits.csv")
df["type"] = df["type"].str.lower()
df = df.rename(columns=lambda nom: re.sub(r"[^A-Za-z0-9_]+", "_", nom))
vectorizer = CountVectorizer()
