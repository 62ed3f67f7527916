def test_plus_tard():
    pass


def test_affiche():
    print("ok")
