# %% [markdown]
# # 2. Modélisation
#
# Le score est choisi par validation croisée sur le fichier d'entraînement ; le fichier de test ne sert qu'une fois,
# à la fin. Un cas malin manqué coûte, par hypothèse de travail, dix examens demandés pour rien.

# %%
import json
import sys
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

sys.path.append("..")
from src.cout import cout_moyen, courbe_de_cout, meilleur_seuil
from src.donnees import TEST, TRAIN, lire

plt.rcParams["figure.figsize"] = (6, 3.6)
plt.rcParams["figure.dpi"] = 72
GRAINE = 42

# %%
X, y = lire(TRAIN)
X_app, X_val, y_app, y_val = train_test_split(X, y, test_size=0.25, stratify=y, random_state=GRAINE)
print("apprentissage", X_app.shape, "choix du seuil", X_val.shape)

# %% [markdown]
# ## Point de comparaison : un modèle qui ne regarde rien

# %%
constant = DummyClassifier(strategy="most_frequent")
constant.fit(X_app, y_app)
print("AUC :", roc_auc_score(y_val, constant.predict_proba(X_val)[:, 1]))
print("Coût moyen, tout déclarer bénin :", round(cout_moyen(y_val, constant.predict(X_val)), 3))

# %% [markdown]
# ## Trois familles de modèles
#
# Même pipeline, mêmes plis. L'imputation ne sert pas sur ces données ; elle protège l'API d'un dossier incomplet.

# %%
def construire(estimateur):
    """Pipeline commun : imputation par la médiane, centrage et réduction, estimateur."""
    return Pipeline(
        [("imputation", SimpleImputer(strategy="median")), ("echelle", StandardScaler()), ("modele", estimateur)]
    )


plis = StratifiedKFold(n_splits=5, shuffle=True, random_state=GRAINE)
candidats = {
    "constant": constant,
    "régression logistique": construire(LogisticRegression(max_iter=2000)),
    "forêt aléatoire": construire(RandomForestClassifier(n_estimators=100, random_state=GRAINE)),
    "gradient boosting": construire(HistGradientBoostingClassifier(random_state=GRAINE)),
}
lignes = {}
for nom, candidat in candidats.items():
    scores = cross_validate(candidat, X_app, y_app, cv=plis, scoring=["roc_auc", "recall", "f1"])
    lignes[nom] = {cle[5:]: scores[cle].mean() for cle in scores if cle.startswith("test_")}
    lignes[nom]["écart-type AUC"] = scores["test_roc_auc"].std()
pd.DataFrame(lignes).T.round(3)

# %% [markdown]
# ## Hyperparamètres

# %%
recherches = {
    "régression logistique": GridSearchCV(
        candidats["régression logistique"],
        {"modele__C": [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]},
        scoring="roc_auc",
        cv=plis,
    ),
    "forêt aléatoire": GridSearchCV(
        candidats["forêt aléatoire"],
        {"modele__max_depth": [3, 6, None], "modele__min_samples_leaf": [1, 3]},
        scoring="roc_auc",
        cv=plis,
    ),
}
for nom, recherche in recherches.items():
    recherche.fit(X_app, y_app)
    print(f"{nom:22} AUC {recherche.best_score_:.4f} {recherche.best_params_}")

# %% [markdown]
# À qualité voisine, la régression logistique est gardée : elle est plus légère et ses coefficients se lisent.
#
# ## Seuil de décision

# %%
pipeline = recherches["régression logistique"].best_estimator_
probabilite_val = pipeline.predict_proba(X_val)[:, 1]
seuil = meilleur_seuil(y_val, probabilite_val)
seuils, couts = courbe_de_cout(y_val, probabilite_val)
plt.plot(seuils, couts)
plt.axvline(seuil, linestyle="--", color="black")
plt.title("Coût moyen par dossier selon le seuil")
plt.xlabel("seuil")
plt.show()
print("Seuil retenu :", seuil, "coût", round(couts.min(), 3), "contre", round(couts[49], 3), "au seuil 0,50")

# %% [markdown]
# ## Épreuve finale sur les 114 dossiers de test

# %%
X_test, y_test = lire(TEST)
pipeline.fit(X, y)
probabilite = pipeline.predict_proba(X_test)[:, 1]
decision = (probabilite >= seuil).astype(int)
print(f"AUC {roc_auc_score(y_test, probabilite):.4f}")
print(f"Coût moyen {cout_moyen(y_test, decision):.3f}")
ConfusionMatrixDisplay.from_predictions(y_test, decision, display_labels=["bénin", "malin"], colorbar=False)
plt.title("Décisions sur le fichier de test")
plt.show()

# %% [markdown]
# ## Importance des variables

# %%
importance = permutation_importance(pipeline, X_test, y_test, scoring="roc_auc", n_repeats=20, random_state=GRAINE)
coefficients = pd.DataFrame(
    {"coefficient": pipeline.named_steps["modele"].coef_[0], "permutation": importance.importances_mean},
    index=X.columns,
).sort_values("coefficient", key=abs, ascending=False)
coefficients.head(10).round(4)

# %%
premiers = coefficients.head(10).iloc[::-1]
plt.barh(premiers.index, premiers["coefficient"])
plt.title("Coefficients du modèle, variables réduites")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Enregistrement

# %%
dossier = Path("../model")
joblib.dump(pipeline, dossier / "pipeline.joblib")
(dossier / "seuil.json").write_text(json.dumps({"seuil": seuil}) + "\n", encoding="utf-8")
print(sorted(chemin.name for chemin in dossier.iterdir()))
