# %% [markdown]
# # Reconnaître le cultivar d'un vin
#
# Un négociant voudrait vérifier l'origine des vins qu'il reçoit avec cinq mesures rapides seulement.
#
# Données : jeu *Wine* livré avec scikit-learn (178 vins, 3 cultivars notés 0, 1 et 2). On ne garde que cinq mesures.

# %%
import joblib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

plt.rcParams["figure.dpi"] = 65

# %%
vins = pd.read_csv("../data/vins.csv")
df, test = train_test_split(vins, test_size=0.25, stratify=vins["cultivar"], random_state=0)
test.to_csv("../data/vins_test.csv", index=False)
df.head()

# %%
df.isnull().sum()

# %%
df.describe().round(2)

# %% [markdown]
# ## Analyse univariée
#
# On regarde les effectifs en barres, le camembert (`plt.pie`) n'apportait rien de plus.

# %%
df["cultivar"].value_counts().sort_index().plot(kind="bar", title="Nombre de vins par cultivar", figsize=(5, 3))
plt.show()
# plt.pie(df["cultivar"].value_counts(), labels=["0", "1", "2"], autopct="%1.0f%%")
# plt.title("Répartition des cultivars")
# plt.show()

# %%
df["alcool"].hist(bins=20, figsize=(5, 3))
plt.title("Degré d'alcool")
plt.show()

# %% [markdown]
# ## Analyse bivariée

# %%
plt.figure(figsize=(5, 3))
sns.boxplot(data=df, x="cultivar", y="alcool")
plt.show()

# %%
plt.figure(figsize=(5, 3.5))
sns.scatterplot(data=df, x="alcool", y="magnesium", hue="cultivar", palette="deep")
plt.show()

# %%
sns.heatmap(df.corr(), annot=True, fmt=".2f", cmap="coolwarm")
plt.show()

# %% [markdown]
# ## Baseline (modèle naïf)
#
# On commence par un modèle naïf, le DummyClassifier, qui sert de point de comparaison.

# %%
X = df.drop(columns="cultivar")
y = df["cultivar"]

# Modèle naïf
baseline = LogisticRegression(max_iter=5000)
baseline.fit(X, y)
print("Score de la baseline :", round(baseline.score(X, y), 3))

# %% [markdown]
# ## Modèles

# %%
modele = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
foret = RandomForestClassifier(n_estimators=200, random_state=0)

print("Régression logistique :", cross_val_score(modele, X, y, cv=5).round(3))
print("Forêt aléatoire :", cross_val_score(foret, X, y, cv=5).round(3))

# %% [markdown]
# On garde la régression logistique.

# %%
modele.fit(X, y)
prediction = modele.predict(test[X.columns])
print(classification_report(test["cultivar"], prediction))
print("Exactitude :", accuracy_score(test["cultivar"], prediction))

# %%
joblib.dump(modele, "../model/modele.pkl")
