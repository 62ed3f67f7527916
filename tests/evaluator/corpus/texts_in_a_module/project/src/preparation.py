"""Préparation des textes."""

import re

import spacy
from gensim.corpora import Dictionary
from nltk.stem import PorterStemmer

nlp = spacy.load("fr_core_news_sm")
stemmer = PorterStemmer()


def nettoyer(texte):
    return re.sub(r"[^\w\s]", " ", texte).lower()


def lemmes(texte):
    return [mot.lemma_ for mot in nlp(nettoyer(texte)) if not mot.is_stop]


class Preparation:
    def __init__(self, textes):
        self.textes = [lemmes(texte) for texte in textes]
        self.dictionnaire = Dictionary(self.textes)

    def sac_de_mots(self):
        return [self.dictionnaire.doc2bow(mots) for mots in self.textes]

    def racines(self):
        return [list(map(stemmer.stem, mots)) for mots in self.textes]
