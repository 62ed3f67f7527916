"""Nettoyage des relevés."""


class Nettoyeur:
    def __init__(self, table, coefficient=1.5):
        self.table = table
        self.coefficient = coefficient

    def bornes(self, colonne):
        quartiles = self.table[colonne].quantile([0.25, 0.75])
        ecart = quartiles[0.75] - quartiles[0.25]
        return quartiles[0.25] - self.coefficient * ecart, quartiles[0.75] + self.coefficient * ecart

    def couper(self, colonne):
        bas, haut = self.bornes(colonne)
        self.table = self.table[self.table[colonne].between(bas, haut)]
        return self.table
