"""What the walk through the code sees, what it leaves alone, and what hostile code cannot do to it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from evaluator.checks import services
from evaluator.facts import code
from evaluator.facts.base import FileEntry, Workspace
from evaluator.facts.code.parse import parse_cell, parse_module


def _facts(folder: Path, **files: str | list[str]) -> dict[str, Any]:
    """Facts of modules and notebooks given by stem: text is a script, a list is a notebook's code cells."""
    entries = []
    for stem, content in files.items():
        notebook = isinstance(content, list)
        path = folder / f"{stem}.{'ipynb' if notebook else 'py'}"
        cells = [{"cell_type": "code", "source": source} for source in content]
        path.write_text(json.dumps({"cells": cells}) if notebook else str(content))
        entries.append(FileEntry(path.name, path.stat().st_size, "0" * 64))
    return code.extract(Workspace(folder, tuple(entries)))


def _names(facts: dict[str, Any]) -> list[str]:
    return [call["name"] for call in facts["calls"]]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import seaborn as sns\nsns.boxplot()", "seaborn.boxplot"),
        ("from matplotlib import pyplot\npyplot.pie([1])", "matplotlib.pyplot.pie"),
        ("import matplotlib.pyplot\nmatplotlib.pyplot.pie([1])", "matplotlib.pyplot.pie"),
        ("from matplotlib.pyplot import *\npie([1])", "matplotlib.pyplot.pie"),
        ("plt.pie([1])", "matplotlib.pyplot.pie"),
        (
            "import pandas as pd\npd.read_csv('a').groupby('b').c.sum().plot.bar()",
            "pandas.DataFrame.plot.bar",
        ),
        ("import pandas as pd\ndf = pd.DataFrame()\n(df.a / df.b).hist()", "pandas.DataFrame.hist"),
        ("import matplotlib.pyplot as plt\nf, a = plt.subplots(2)\na[0].hist([1])", "matplotlib.Axes.hist"),
        (
            "import matplotlib.pyplot as plt\nf, a = plt.subplots(2)\nfor x in a.flat: x.bar(1, 2)",
            "matplotlib.Axes.bar",
        ),
        (
            "import matplotlib.pyplot as plt\nfor x in plt.subplots(2)[1].ravel(): x.bar(1, 2)",
            "matplotlib.Axes.bar",
        ),
        ("def f(df):\n    df.boxplot()\nf(load())", "?.boxplot"),
        ("import seaborn as sns\nkind = 'bar'\nf = getattr(sns, f'{kind}plot')\nf()", "seaborn.barplot"),
        ("import plotly.graph_objs as go\ngo.Figure(data=[go.Pie()])", "plotly.graph_objects.Pie"),
        ("import seaborn as sns\nlist(map(lambda c: sns.histplot(c), [1]))", "seaborn.histplot"),
        ("import seaborn as sns\n[sns.histplot(c) for c in [1]]", "seaborn.histplot"),
        ("import seaborn as sns\ndef g():\n    yield sns.histplot()\nlist(g())", "seaborn.histplot"),
        (
            "import seaborn as sns\ntry:\n    1\nexcept E:\n    pass\nelse:\n    sns.histplot()",
            "seaborn.histplot",
        ),
        (
            "import seaborn as sns\nclass A:\n    @property\n    def p(self):\n        sns.histplot()\nA().p",
            "seaborn.histplot",
        ),
        (
            "import seaborn as sns\nclass A:\n    @staticmethod\n    def p(x):\n        sns.histplot(x)\nA.p(1)",
            "seaborn.histplot",
        ),
        (
            "import seaborn as sns\ndef d(f):\n    def w():\n        return f()\n    return w\n"
            "@d\ndef g():\n    sns.histplot()\ng()",
            "seaborn.histplot",
        ),
        (
            "import seaborn as sns\nfrom joblib import Parallel, delayed\ndef g(x):\n"
            "    sns.histplot()\nParallel()(delayed(g)(x) for x in [1])",
            "seaborn.histplot",
        ),
    ],
)
def test_a_call_is_named_by_where_it_comes_from(tmp_path: Path, source: str, name: str) -> None:
    assert name in _names(_facts(tmp_path, script=source))


@pytest.mark.parametrize(
    "source",
    [
        "if False:\n    sns.boxplot()",
        "def f():\n    return\n    sns.boxplot()\nf()",
        "def f(kind):\n    if kind == 'box':\n        sns.boxplot()\nf('bar')",
        "def f():\n    sns.boxplot()",
        "class A:\n    def f(self):\n        sns.boxplot()\nA()",
        "x = lambda: sns.boxplot()",
        "for x in [1]:\n    continue\n    sns.boxplot()",
        "'sns.boxplot()'\n# sns.boxplot()",
        "raise ValueError\nsns.boxplot()",
        "f = sns.boxplot",
    ],
)
def test_what_does_not_run_leaves_no_trace(tmp_path: Path, source: str) -> None:
    if source.startswith("raise"):
        source = "def f():\n    raise ValueError\n    sns.boxplot()\nf()"
    assert "seaborn.boxplot" not in _names(_facts(tmp_path, script="import seaborn as sns\n" + source))


@pytest.mark.parametrize(
    ("source", "fitted"),
    [
        ("m = DummyClassifier()\nm.fit(X, y)", True),
        ("m = DummyClassifier().fit(X, y)", True),
        ("m = DummyClassifier()\nm.predict(X)", False),
        ("m = make_pipeline(DummyClassifier())\nm.fit(X, y)", True),
        ("cross_val_score(estimator=DummyClassifier(), X=X, y=y)", True),
        ("models = [('d', DummyClassifier())]\nfor n, m in models:\n    m.fit(X, y)", True),
        ("models = {}\nmodels['d'] = DummyClassifier()\nfor m in models.values():\n    m.fit(X, y)", True),
        ("for c in [DummyClassifier]:\n    c().fit(X, y)", True),
        ("GridSearchCV(DummyClassifier(), {})", False),
        ("GridSearchCV(DummyClassifier(), {}).fit(X, y)", True),
        (
            "class W:\n    def __init__(self, m):\n        self.m = m\n    def go(self):\n"
            "        self.m.fit(1)\nW(DummyClassifier()).go()",
            True,
        ),
        ("class W(DummyClassifier):\n    pass\nW().fit(X, y)", True),
        (
            "def build(name):\n    if name == 'dummy':\n        return DummyClassifier()\n"
            "    return None\nbuild('other').fit(X)",
            False,
        ),
        ("def build(name='dummy'):\n    return {'dummy': DummyClassifier()}[name]\nbuild().fit(X)", True),
    ],
)
def test_an_estimator_counts_once_fitted(tmp_path: Path, source: str, fitted: bool) -> None:
    imports = (
        "from sklearn.dummy import DummyClassifier\nfrom sklearn.pipeline import make_pipeline\n"
        "from sklearn.model_selection import GridSearchCV, cross_val_score\n"
    )
    facts = _facts(tmp_path, script=imports + source)
    assert ("sklearn.dummy.DummyClassifier" in [fit["class"] for fit in facts["fits"]]) is fitted


def test_a_helper_whose_import_does_not_match_its_file_is_still_found(tmp_path: Path) -> None:
    facts = _facts(
        tmp_path,
        notebook=["from functions import *", "draw(1)"],
        functions_v3="import seaborn as sns\ndef draw(x):\n    sns.boxplot(x)\n",
    )
    (call,) = [call for call in facts["calls"] if call["name"] == "seaborn.boxplot"]
    assert call["at"][:3] == ["functions_v3.py", None, 3]
    assert call["via"] == [["notebook.ipynb", 1, 1, 1]]


def test_cells_run_out_of_order_find_what_stands_below(tmp_path: Path) -> None:
    facts = _facts(tmp_path, notebook=["draw(1)", "import seaborn as s\ndef draw(x):\n    s.boxplot(x)"])
    assert _names(facts) == ["seaborn.boxplot"]


def test_a_script_written_by_a_cell_is_code_at_that_cell(tmp_path: Path) -> None:
    facts = _facts(tmp_path, notebook=["%%writefile app.py\nfrom flask import Flask\napp = Flask(__name__)"])
    assert facts["apps"] == [{"framework": "flask", "path": "notebook.ipynb", "object": "app", "cell": 0, "line": 3}]


def test_routes_tell_their_rule_methods_and_parameters(tmp_path: Path) -> None:
    facts = _facts(
        tmp_path,
        api=(
            "from fastapi import APIRouter, FastAPI\napp = FastAPI()\nrouter = APIRouter(prefix='/v1')\n"
            "@router.get('/clients/{client_id}')\ndef one(client_id: int, full: bool = False):\n"
            "    return {'probability': 1}\napp.include_router(router)\n"
        ),
    )
    (route,) = facts["routes"]
    assert (route["rule"], route["methods"], route["parameters"]) == (
        "/v1/clients/{client_id}",
        ["GET"],
        ["client_id", "full"],
    )
    assert (route["function"], route["line"], route["predicts"]) == ("one", 4, True)


def test_magics_and_broken_statements_cost_only_themselves() -> None:
    cell = "%matplotlib inline\n!pip install x \\\n  y\nfiles = !ls\n%time f(1)\nx = (1\n     % 2)\ndf.head?\n"
    parsed = parse_cell(cell)
    assert not parsed.broken
    assert [node.lineno for node in parsed.body] == [1, 2, 4, 5, 6, 8]
    broken = parse_module("def f(:\n    pass\n\ng(1)\ntext = '''\nh(:\n'''\nif True:\n    print 'old'\n    k(1)\n")
    assert broken.broken == (1,)
    assert [node.lineno for node in broken.body] == [4, 5, 8]


END = "\nimport seaborn as sns\nsns.boxplot(1)\n"
HOSTILE = {
    "recursion": "def f(n):\n    return f(n - 1) + g(n)\ndef g(n):\n    return f(n) + g(n)\nf(3)",
    "explosion": "".join(f"def f{i}(x):\n    {f'f{i + 1}(x);' * 6}\n" for i in range(12)) + "def f12(x): pass\nf0(1)",
    "doubling lists": "x = [1]\n" + "x = x + x\n" * 60,
    "doubling text": "x = 'a' * 9\n" + "x = x + x\n" * 60,
    "a list in itself": "x = []\nx.append(x)\nd = {}\nd['d'] = d\nd.update(d)\n" + "x.extend(x)\n" * 40 + "x.fit()",
    "huge numbers": "x = 9" + "9" * 4000 + "\ny = 1e308 + 1e308\nprint(x + x, y)\nimport pandas as pd\npd.cut(x, y)",
    "many branches": "if x == 0: pass\n" + "".join(f"elif x == {i}:\n    y = 1\n" for i in range(2000)),
    "unhashable keys": "d = {[1]: 2}\nd[[1]]\nd[{}] = 1\n{1: 2}[[1]]",
    "long sum": "x = " + " + ".join(["a"] * 5000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_is_bounded_and_costs_only_itself(tmp_path: Path, name: str) -> None:
    began = time.process_time()
    facts = _facts(tmp_path, script=HOSTILE[name] + END)
    assert "seaborn.boxplot" in _names(facts)
    assert len(json.dumps(facts, allow_nan=False)) < 1_000_000
    assert time.process_time() - began < 10


def test_what_cannot_be_parsed_at_all_is_reported(tmp_path: Path) -> None:
    facts = _facts(tmp_path, deep="x = " + "(" * 5000 + ")" * 5000, nul="import seaborn as sns\0\nsns.boxplot(1)\n")
    assert facts["modules"]["deep.py"]["broken"] == [[None, 1]]
    assert "seaborn.boxplot" in _names(facts) or facts["modules"]["nul.py"]["broken"]


def test_the_dashboard_that_shows_most_is_the_one_to_open(tmp_path: Path) -> None:
    trial = "import streamlit as st\nst.title('Essai')\n"
    page = "import streamlit as st\nst.title('Prix')\nst.selectbox('Ville', [])\nst.metric('Prix', 1)\n"
    check = next(check for check in services.CHECKS if check.code == "dashboard.code")
    finding = check.run({"code": _facts(tmp_path, a_trial=trial, page=page), "notebooks": {}}, {})
    assert finding.evidence[0].path == "page.py"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            "import spacy\nnlp = spacy.load('fr')\ndef f(t):\n    return [x.lemma_ for x in nlp(t)]\nf(load())",
            "?.lemma_",
        ),
        ("from sklearn.linear_model import Ridge\nprint(Ridge().fit(a, b).coef_)", "sklearn.linear_model.Ridge.coef_"),
        ("def f(model):\n    return model.feature_importances_\nf(load())", "?.feature_importances_"),
    ],
)
def test_reading_a_telling_attribute_is_noted(source: str, name: str, tmp_path: Path) -> None:
    facts = _facts(tmp_path, program=source)
    assert name in [read["name"] for read in facts["reads"]]


def test_an_object_that_is_called_is_noted(tmp_path: Path) -> None:
    facts = _facts(tmp_path, program="import spacy\nnlp = spacy.load('fr')\nnlp('phrase')")
    assert "spacy.load().__call__" in _names(facts)


def test_a_library_function_given_to_map_is_called(tmp_path: Path) -> None:
    source = "import nltk\nstemmer = nltk.PorterStemmer()\nlist(map(stemmer.stem, words))"
    assert "nltk.PorterStemmer.stem" in _names(_facts(tmp_path, program=source))


@pytest.mark.parametrize(
    "path",
    ["f's3://{bucket}/a.csv'", "'s3://' + bucket", "'s3://b/' + key + '.csv'", "os.path.join('s3://b', key)"],
)
def test_the_beginning_of_a_path_completed_later_is_known(path: str, tmp_path: Path) -> None:
    source = f"import os\nimport pandas as pd\nbucket = load()\nkey = load()\npath = {path}\npd.read_csv(path)"
    call = next(call for call in _facts(tmp_path, program=source)["calls"] if call["name"] == "pandas.read_csv")
    assert call["args"][0]["starts"].startswith("s3://")


def test_the_session_that_a_cluster_binds_is_known(tmp_path: Path) -> None:
    names = _names(_facts(tmp_path, program="df = spark.read.parquet('a')"))
    assert "pyspark.sql.SparkSession.read.parquet" in names


def _rules(facts: dict[str, Any]) -> list[tuple[str, bool]]:
    return sorted((route["rule"] or route["function"], route["predicts"]) for route in facts["routes"])


def test_a_router_mounted_elsewhere_has_its_prefixes(tmp_path: Path) -> None:
    facts = _facts(
        tmp_path,
        main="from fastapi import FastAPI\nfrom clients import router\napp = FastAPI()\n"
        "app.include_router(router, prefix='/v1')",
        clients="from fastapi import APIRouter\nrouter = APIRouter(prefix='/clients')\n"
        "@router.get('/{client_id}')\ndef score(client_id: int):\n    return {'score': modele.predict([[client_id]])}",
    )
    assert _rules(facts) == [("/v1/clients/{client_id}", True)]


def test_a_blueprint_registered_has_its_prefix(tmp_path: Path) -> None:
    facts = _facts(
        tmp_path,
        vues="from flask import Blueprint\nbp = Blueprint('vues', __name__)\n"
        "@bp.route('/score/<int:pk>')\ndef score(pk):\n    return str(modele.predict([[pk]]))",
        serveur="from flask import Flask\nimport vues\napp = Flask(__name__)\n"
        "app.register_blueprint(vues.bp, url_prefix='/api')",
    )
    assert _rules(facts) == [("/api/score/<int:pk>", True)]


def test_the_urls_of_a_django_application_stand_under_those_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "scores").mkdir()
    sources = {
        "site/urls.py": "from django.urls import include, path\nurlpatterns = [path('api/', include('scores.urls'))]",
        "scores/urls.py": "from django.urls import path\nfrom . import views\n"
        "urlpatterns = [path('<int:pk>/', views.score)]",
        "scores/views.py": "def score(request, pk):\n    return reponse(modele.predict([[pk]]))",
    }
    entries = []
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
        entries.append(FileEntry(name, len(source), "0" * 64))
    facts = code.extract(Workspace(tmp_path, tuple(entries)))
    assert _rules(facts) == [("api/<int:pk>/", True)]


def test_a_cloud_function_that_answers_is_a_route(tmp_path: Path) -> None:
    source = (
        "import json\nimport joblib\nmodele = joblib.load('m')\ndef lambda_handler(event, context):\n"
        "    identifiant = event['queryStringParameters']['client_id']\n"
        "    return {'statusCode': 200, 'body': json.dumps(float(modele.predict([[identifiant]])[0]))}"
    )
    facts = _facts(tmp_path, fonction=source)
    assert _rules(facts) == [("lambda_handler", True)]
    assert "client_id" in facts["routes"][0]["reads"]


def test_a_function_of_a_cloud_that_only_moves_files_is_no_route(tmp_path: Path) -> None:
    source = (
        "import boto3\ndef lambda_handler(event, context):\n    boto3.client('s3').copy_object(Bucket='b', Key='k')"
    )
    facts = _facts(tmp_path, fonction=source)
    assert facts["routes"] == []
    assert "boto3.client().copy_object" in _names(facts)


def test_the_nodes_of_a_kedro_pipeline_are_run(tmp_path: Path) -> None:
    facts = _facts(
        tmp_path,
        nodes="from sklearn.linear_model import Ridge\ndef entrainer(X, y):\n    return Ridge().fit(X, y)",
        pipeline="from kedro.pipeline import node, pipeline\nfrom nodes import entrainer\n"
        "def create_pipeline(**kwargs):\n    return pipeline([node(func=entrainer, inputs=['X', 'y'], outputs='m')])",
    )
    assert [fit["class"] for fit in facts["fits"]] == ["sklearn.linear_model.Ridge"]


def test_a_script_executed_from_its_text_defines_here(tmp_path: Path) -> None:
    facts = _facts(
        tmp_path,
        outils="import seaborn as sns\ndef boite(df):\n    sns.boxplot(df)",
        tableau="exec(open('outils.py', encoding='utf-8').read())\nboite(donnees)",
    )
    assert "seaborn.boxplot" in _names(facts)


@pytest.mark.parametrize(
    "line", ["%run outils.ipynb", "%run -i './outils.ipynb'", "get_ipython().run_line_magic('run', 'outils.ipynb')"]
)
def test_a_notebook_run_in_place_defines_here(line: str, tmp_path: Path) -> None:
    facts = _facts(
        tmp_path, outils=["import seaborn as sns\ndef boite(df):\n    sns.boxplot(df)"], tableau=[line, "boite(d)"]
    )
    assert [(call["at"][0], call["via"][0][:2]) for call in facts["calls"] if call["name"] == "seaborn.boxplot"] == [
        ("outils.ipynb", ["tableau.ipynb", 1])
    ]


def test_notebooks_that_run_each_other_end(tmp_path: Path) -> None:
    facts = _facts(tmp_path, a=["%run b.ipynb", "import seaborn as sns\nsns.boxplot()"], b=["%run a.ipynb"])
    assert "seaborn.boxplot" in _names(facts)


@pytest.mark.parametrize(
    ("source", "name", "marks"),
    [
        ("q = df.x.quantile(0.75) - df.x.quantile(0.25)\nprint(df.x > q)", "operator.gt", "fence"),
        ("lo, hi = np.percentile(df.x, [1, 99])\nprint(df.x < lo)", "operator.lt", "extreme"),
        ("z = (df.x - df.x.mean()) / df.x.std()\nprint(abs(z) > 3)", "operator.gt", "spread"),
    ],
)
def test_a_comparison_with_a_computed_bound_is_noted(source: str, name: str, marks: str, tmp_path: Path) -> None:
    facts = _facts(tmp_path, program=f"import numpy as np\nimport pandas as pd\ndf = pd.read_csv('a')\n{source}")
    compared = next(call for call in facts["calls"] if call["name"] == name)
    assert any(marks in value.get("marks", ()) for value in compared["args"] if isinstance(value, dict))


def test_a_column_keeps_what_was_put_in_it(tmp_path: Path) -> None:
    source = (
        "import pandas as pd\nimport seaborn as sns\nfrom sklearn.cluster import KMeans\ndf = pd.read_csv('a')\n"
        "df['group'] = KMeans(3).fit(df).labels_\nboth = df.merge(other)\nsns.kdeplot(both['group'], both['price'])"
    )
    drawn = next(call for call in _facts(tmp_path, program=source)["calls"] if call["name"] == "seaborn.kdeplot")
    assert ["clusters" in value.get("marks", ()) for value in drawn["args"]] == [True, False]


def test_a_loop_is_counted_and_its_numbers_are_kept(tmp_path: Path) -> None:
    loops = "for k in range(2, 5):\n    KMeans(k)\nfor k in range(a, b):\n    KMeans(k + 1)"
    source = f"from sklearn.cluster import KMeans\n{loops}"
    first, second = (call for call in _facts(tmp_path, program=source)["calls"] if call["name"].endswith("KMeans"))
    assert (first["args"], first["loops"]) == ([{"any": [2, 3, 4]}], 1)
    assert second["args"] == [{"type": "numbers"}]


def test_an_estimator_given_to_a_function_out_of_sight_is_noted(tmp_path: Path) -> None:
    source = "from sklearn.svm import SVC\nfrom elsewhere import train\ntrain(SVC())\nprint(SVC())"
    assert [(item["class"], item["at"][2]) for item in _facts(tmp_path, program=source)["lost"]] == [
        ("sklearn.svm.SVC", 3)
    ]


@pytest.mark.parametrize(
    "source",
    [
        "x = [1]\n" + "x = [x, x]\n" * 60 + "print(sum(x))\ndf[x]\nf(y=x)",
        "x = {'a': 1}\n" + "x = {'a': x, 'b': x}\n" * 60 + "pd.DataFrame(x)[x].plot(x)",
        "x = []\nx.append(x)\nprint(np.mean(x), x - x, x > x, df.loc[x, x])",
    ],
)
def test_containers_that_hold_themselves_or_grow_are_looked_at_in_a_bounded_time(source: str, tmp_path: Path) -> None:
    began = time.process_time()
    facts = _facts(tmp_path, program=f"import numpy as np\nimport pandas as pd\ndf = pd.read_csv('a')\n{source}\nend()")
    assert time.process_time() - began < 5
    assert facts["truncated"] == []


def test_names_too_long_for_a_library_are_shortened(tmp_path: Path) -> None:
    facts = _facts(tmp_path, program=f"import sklearn\nsklearn.{'K' * 5000}(1).fit()\nx.{'y' * 5000}_")
    assert max(len(item["name"]) for item in (*facts["calls"], *facts["reads"])) == 120
