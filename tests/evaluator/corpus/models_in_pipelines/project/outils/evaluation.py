def evaluer(modele, X, y):
    modele.fit(X, y)
    return modele.score(X, y)
