# %% [markdown]
# # 1. Exploration des dossiers
#
# **Question posée.** À partir de 30 mesures prises sur l'image d'un prélèvement, peut-on donner à chaque dossier un
# score qui dit s'il faut demander un examen complémentaire ?
#
# **Données.** *Breast Cancer Wisconsin (Diagnostic)*, livré avec scikit-learn : 569 dossiers. Seul le fichier
# d'entraînement (455 dossiers) est exploré ici ; le fichier de test n'est ouvert qu'à la fin du notebook 2.
# L'identifiant `client_id` a été ajouté pour ce projet, il ne vient pas des données d'origine.

# %%
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

sys.path.append("..")
from src.donnees import CIBLE, IDENTIFIANT, TRAIN

sns.set_theme(style="whitegrid")
plt.rcParams["figure.figsize"] = (6, 3.6)
plt.rcParams["figure.dpi"] = 72

# %%
dossiers = pd.read_csv(TRAIN)
print(dossiers.shape)
dossiers.iloc[:5, :7]

# %%
dossiers.info()

# %% [markdown]
# ## Qualité des données
# ### Valeurs manquantes

# %%
manquantes = dossiers.isna().sum()
print("Valeurs manquantes :", int(manquantes.sum()))
print("Cellules égales à zéro :", int((dossiers.drop(columns=CIBLE) == 0).sum().sum()))

# %% [markdown]
# Aucune valeur ne manque. Quelques concavités valent exactement zéro : ce sont des contours sans creux, une mesure
# possible, et non une absence de mesure. Elles sont gardées.
#
# ### Doublons

# %%
print("Identifiants en double :", int(dossiers[IDENTIFIANT].duplicated().sum()))
print("Dossiers en double :", int(dossiers.drop(columns=IDENTIFIANT).duplicated().sum()))

# %% [markdown]
# ### Valeurs aberrantes
#
# Bornes de Tukey : en dehors de 1,5 écart interquartile autour des quartiles.

# %%
mesures = dossiers.drop(columns=[IDENTIFIANT, CIBLE])
q1, q3 = mesures.quantile(0.25), mesures.quantile(0.75)
ecart = q3 - q1
hors_bornes = (mesures < q1 - 1.5 * ecart) | (mesures > q3 + 1.5 * ecart)
part_malins = dossiers.loc[hors_bornes.any(axis=1), CIBLE].mean()
print(f"Dossiers avec au moins une valeur hors bornes : {hors_bornes.any(axis=1).sum()}")
print(f"Part de malins parmi eux : {part_malins:.0%} (ensemble : {dossiers[CIBLE].mean():.0%})")
hors_bornes.sum().sort_values(ascending=False).head(6)

# %% [markdown]
# Les valeurs extrêmes sont plus souvent des dossiers malins : les retirer effacerait le signal recherché. Elles sont
# gardées, et les variables sont centrées et réduites dans le pipeline.
#
# ## Analyse univariée

# %%
mesures.describe().T.iloc[:10].round(3)

# %%
effectifs = dossiers[CIBLE].map({0: "bénin", 1: "malin"}).value_counts()
plt.pie(effectifs, labels=effectifs.index, autopct="%1.0f %%", startangle=90)
plt.title("Répartition des dossiers")
plt.show()

# %%
plt.hist(dossiers["mean_radius"], bins=30)
plt.title("Rayon moyen")
plt.xlabel("mean_radius")
plt.ylabel("dossiers")
plt.show()

# %% [markdown]
# Le rayon est étalé vers la droite. Son logarithme est plus symétrique :

# %%
for nom in ["mean_radius", "mean_area", "area_error"]:
    print(f"{nom:12} asymétrie {dossiers[nom].skew():5.2f}, du logarithme {np.log1p(dossiers[nom]).skew():5.2f}")

# %% [markdown]
# ## Analyse bivariée

# %%
classe = dossiers[CIBLE].map({0: "bénin", 1: "malin"})
sns.boxplot(data=dossiers, x=classe, y="worst_concave_points")
plt.title("Points concaves selon le diagnostic")
plt.show()

# %%
tranches = pd.qcut(dossiers["mean_area"], 5, labels=["très petite", "petite", "moyenne", "grande", "très grande"])
part = dossiers.groupby(tranches, observed=True)[CIBLE].mean()
plt.bar(part.index, 100 * part)
plt.title("Part de dossiers malins selon l'aire moyenne")
plt.ylabel("%")
plt.show()

# %%
sns.scatterplot(data=dossiers, x="mean_radius", y="mean_texture", hue=classe, s=25)
plt.title("Rayon et texture")
plt.show()

# %%
correlations = mesures.corr()
paires = correlations.where(np.triu(np.ones(correlations.shape, dtype=bool), k=1)).stack()
paires.sort_values(ascending=False).head(8).round(3)

# %% [markdown]
# ## Ce qu'on retient
#
# - Aucune valeur manquante, aucun doublon ; les valeurs extrêmes portent le signal et sont gardées.
# - 37 % de dossiers malins : le déséquilibre est modéré, mais l'exactitude seule tromperait.
# - Rayon, périmètre et aire disent presque la même chose (corrélation de plus de 0,97) : un modèle linéaire devra
#   être régularisé, et ses coefficients lus avec prudence.
