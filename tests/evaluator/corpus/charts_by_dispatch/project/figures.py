import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from functools import partial

DESSINS = {"barres": plt.bar, "nuage": plt.scatter, "boite": partial(pd.DataFrame.plot, kind="box")}


def dessiner(axe, quoi, *args, **options):
    getattr(axe, quoi)(*args, **options)


def main():
    fig, axes = plt.subplots(1, 2)
    for axe in axes.flat:
        dessiner(axe, "hist", np.arange(4))
    grille = sns.FacetGrid(pd.DataFrame({"a": [1]}), col="a")
    grille.map_dataframe(sns.boxplot, "a")
    DESSINS["barres"]([1, 2], [3, 4])


if __name__ == "__main__":
    main()
