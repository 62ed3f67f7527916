import plotly.express as px


def tracer_tout(donnees, effectifs=False, parts=False):
    px.scatter(donnees, x="a", y="b").show()
    if effectifs:
        px.bar(donnees, x="a").show()
    if parts:
        px.pie(donnees, names="a").show()
