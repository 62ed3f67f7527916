"""Graphiques du projet."""
import matplotlib.pyplot as plt
import seaborn as sns


class Traceur:
    def __init__(self, donnees):
        self.donnees = donnees.fillna(0)

    def tracer(self, colonne, genre="barres"):
        if genre == "box":
            sns.catplot(data=self.donnees, y=colonne, kind=genre)
        elif genre == "nuage":
            figure, axe = plt.subplots()
            axe.scatter(self.donnees.index, self.donnees[colonne])
        elif genre == "barres":
            plt.bar(self.donnees.index, self.donnees[colonne])


def dessiner(donnees, kind="pie"):
    donnees.value_counts().plot(kind=kind)


def camembert(donnees, colonne):
    dessiner(donnees[colonne])


def jamais_appelee(donnees):
    donnees.hist()
