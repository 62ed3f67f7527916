"""Segmentation of customers."""

from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler


class Segments:
    def __init__(self, table, numbers=None):
        self.table = StandardScaler().fit_transform(table)
        self.numbers = numbers or range(2, 9)
        self.scores = {}

    def try_numbers(self):
        for number in self.numbers:
            model = KMeans(n_clusters=number, n_init=10)
            labels = model.fit_predict(self.table)
            self.scores[number] = silhouette_score(self.table, labels)
        return self.scores
