from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from outils.evaluation import evaluer


def construire(estimateur):
    preparation = make_column_transformer((SimpleImputer(), ["age"]))
    return Pipeline([("preparation", preparation), ("modele", estimateur)])


def main(X, y):
    coupe = StratifiedShuffleSplit(n_splits=1)
    for appris, verifies in coupe.split(X, y):
        evaluer(construire(DummyClassifier(strategy="prior")), X, y)
    recherche = GridSearchCV(make_pipeline(SVC(kernel="rbf")), {"svc__C": [1, 10]}, cv=3)
    recherche.fit(X, y)


if __name__ == "__main__":
    main([], [])
