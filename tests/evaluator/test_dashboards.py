"""Real Streamlit and Dash applications, started in the sandbox and opened as a browser opens them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator import messages
from evaluator.checks.dashboards import starts
from evaluator.results import EvidenceKind, Finding
from evaluator.runner import CheckRequest, evaluate

from .builders import write

pytestmark = pytest.mark.usefixtures("warm_engine")

STREAMLIT = """
import pandas as pd
import streamlit as st
from views.score import shown
st.title("Score d’un client")
chosen = st.selectbox("Client", [1, 2, 3])
data = pd.read_csv("data/clients.csv")
st.line_chart(data)
shown(chosen)
if st.button("Recalculer"):
    st.write(data.loc["absent"])
"""
VIEW = "import streamlit as st\n\ndef shown(number):\n    st.metric('Client', number)\n"
DATA = "id,age\n1,30\n2,40\n"
DASH = """
import plotly.express as px
from dash import Dash, Input, Output, dcc, html
app = Dash(__name__)
app.layout = html.Div([
    html.H1("Clients"), dcc.Dropdown(["a", "b"], "a", id="pick"), dcc.Graph(id="shown"),
    html.Button(id="go"), html.P(id="done"),
])

@app.callback(Output("shown", "figure"), Input("pick", "value"))
def draw(value):
    return px.bar(x=[1, 2], y=[3, {height}], title=value)

@app.callback(Output("done", "children"), Input("go", "n_clicks"), prevent_initial_call=True)
def later(clicks):
    raise ValueError("only when asked")

if __name__ == "__main__":
    app.run(debug=True, port=1)
"""


def run(folder: Path, files: dict[str, str]) -> Finding:
    with evaluate(write(folder / "project", files), [CheckRequest("dashboard.starts", {})]) as report:
        return report.results[0].finding


def said(finding: Finding) -> str:
    return messages.render(finding.message, "en")


def test_a_streamlit_application_that_builds_its_page_is_met(tmp_path: Path) -> None:
    """Started from its own folder, where its data are, as its author does."""
    files = {"board/app.py": STREAMLIT, "board/views/score.py": VIEW, "board/data/clients.csv": DATA}
    finding = run(tmp_path, files | {"README.md": "# Tableau"})
    assert finding.message.code == "dashboard.starts.met", said(finding)
    assert {"selectbox", "vega_lite_chart", "metric", "button"} <= set(finding.message.params["kinds"])
    session, page = finding.evidence
    assert session.detail["response"]["body"].startswith("Score d’un client")
    assert (page.detail["request"]["url"], page.detail["response"]["status"]) == ("/", 200)


STREAMLIT_FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "an exception of its own": (
        {"app.py": "import streamlit as st\nst.title('x')\n\ndef f():\n    return {}['age']\n\nst.write(f())\n"},
        "not_met",
        "KeyError: 'age' (app.py:5)",
    ),
    "code that cannot be read": (
        {"app.py": "import streamlit as st\nst.title('x')\n\n\nst.write('\n"},
        "not_met",
        "SyntaxError",
    ),
    "code of a later Python": (
        {
            "app.py": "import streamlit as st\nd = {'a': 1}\nst.title(f'{d['a']}')\n",
            "Procfile": "web: streamlit run app.py --server.port $PORT\n",
        },
        "undecided_python",
        "f-string",
    ),
    "data that are not delivered": (
        {"app.py": "import streamlit as st, pandas as pd\nst.title('x')\npd.read_csv('absent.csv')\n"},
        "undecided_data",
        "absent.csv",
    ),
    "a service that is elsewhere": (
        {
            "app.py": "import streamlit as st, urllib.request\nst.title('x')\nurllib.request.urlopen('http://127.0.0.1:9')\n"
        },
        "undecided_network",
        "URLError",
    ),
    "a service whose absence the page itself tells": (
        {
            "app.py": "import streamlit as st, urllib.request\nst.title('x')\n"
            "try:\n    urllib.request.urlopen('http://127.0.0.1:9')\nexcept OSError as error:\n"
            "    st.error(f'Service absent : {error}')\n    st.stop()\n"
        },
        "undecided_network",
        "Service absent",
    ),
    "an error that the page itself tells": (
        {"app.py": "import streamlit as st\nst.metric('x', 1)\nst.error('Impossible de construire le graphique')\n"},
        "undecided_told",
        "Impossible de construire",
    ),
    "a page that says nothing else than what is wrong": (
        {"app.py": "import streamlit as st\nst.title('x')\nst.error('Placez les données dans data/')\nst.stop()\n"},
        "undecided_told",
        "Placez les données",
    ),
    "a secret": ({"app.py": "import streamlit as st\nst.title(st.secrets['key'])\n"}, "undecided_setting", "secret"),
    "a library that is not here": (
        {"app.py": "import streamlit as st\nst.title('x')\nimport not_here\n"},
        "undecided_library",
        "not_here",
    ),
}


@pytest.mark.parametrize("case", STREAMLIT_FAULTS)
def test_why_a_streamlit_application_does_not_build_its_page(case: str, tmp_path: Path) -> None:
    files, ending, part = STREAMLIT_FAULTS[case]
    finding = run(tmp_path, files)
    assert finding.message.code == f"dashboard.starts.{ending}", said(finding)
    assert part.lower() in said(finding).lower()
    first = finding.evidence[0]
    if ending == "not_met":
        assert (first.path, first.line) == ("app.py", 5)
        assert first.kind is EvidenceKind.CODE


def test_a_dash_application_that_draws_its_first_page_is_met(tmp_path: Path) -> None:
    finding = run(tmp_path, {"app.py": DASH.replace("{height}", "4"), "Procfile": "web: gunicorn app:server"})
    assert finding.message.code == "dashboard.starts.met", said(finding)
    urls = [item.detail["request"]["url"] for item in finding.evidence]
    assert urls == ["/_dash-update-component", "/_dash-dependencies", "/_dash-layout", "/"]
    assert all(item.detail["response"]["status"] == 200 for item in finding.evidence)


def test_a_red_box_that_tells_of_no_failure_is_a_part_of_the_page(tmp_path: Path) -> None:
    script = "import streamlit as st\nst.title('x')\nst.metric('Score', 3)\nst.error('Crédit refusé')\n"
    finding = run(tmp_path, {"app.py": script})
    assert finding.message.code == "dashboard.starts.met", said(finding)


def test_a_file_whose_absence_the_page_tells_is_looked_for_from_the_folder_of_the_script(tmp_path: Path) -> None:
    script = (
        "import streamlit as st, pandas as pd\nst.title('x')\n"
        "try:\n    st.line_chart(pd.read_csv('clients.csv'))\nexcept OSError as error:\n    st.error(str(error))\n"
    )
    finding = run(tmp_path, {"board/app.py": script, "board/clients.csv": DATA, "README.md": "# x"})
    assert finding.message.code == "dashboard.starts.met", said(finding)


RECIPE = """
FROM python:3.11-slim
WORKDIR /app
COPY board/app.py .
COPY board/logo.txt .
COPY data/ data/
CMD streamlit run app.py
"""


@pytest.mark.parametrize(("recipe", "code"), [(RECIPE, "met"), ("FROM python:3.11-slim\n", "not_met")])
def test_folders_are_gathered_where_a_container_gathers_them(recipe: str, code: str, tmp_path: Path) -> None:
    script = (
        "import streamlit as st, pandas as pd\nst.title(open('logo.txt').read())\n"
        "st.line_chart(pd.read_csv('data/clients.csv'))\n"
    )
    files = {"board/app.py": script, "board/logo.txt": "x", "data/clients.csv": DATA, "board/Dockerfile": recipe}
    finding = run(tmp_path, files)
    assert finding.message.code == f"dashboard.starts.{code}", said(finding)


def test_a_dash_callback_that_fails_on_opening_is_not_met_where_it_raised(tmp_path: Path) -> None:
    finding = run(tmp_path, {"front/app.py": DASH.replace("{height}", "int('quatre')"), "README.md": "# x"})
    assert finding.message.code == "dashboard.starts.not_met", said(finding)
    assert (finding.evidence[0].path, finding.evidence[0].line) == ("front/app.py", 12)
    assert "invalid literal" in said(finding)


def test_a_dash_application_that_does_not_start_says_why(tmp_path: Path) -> None:
    finding = run(tmp_path, {"app.py": "from dash import Dash\napp = Dash(__name__)\nraise RuntimeError('réglage')\n"})
    assert finding.message.code == "dashboard.starts.not_met", said(finding)
    assert "RuntimeError: réglage (app.py:3)" in said(finding)


def test_no_dashboard_is_undecided(tmp_path: Path) -> None:
    assert run(tmp_path, {"a.py": "print(1)\n"}).message.code == "dashboard.none"


def judged(**known: Any) -> Finding:
    fact: dict[str, Any] = {
        "path": "app.py", "sha256": None, "kind": "streamlit", "error": None, "missing": None, "folder": "",
        "start_seconds": 1.0, "seconds": 2.0, "ended": "done", "exchanges": [], "elements": {"metric": 1}, "said": [],
        "errors": [], "exception": None, "runtime": {"digest": "", "origin": "default", "fault": None},
    }  # fmt: skip
    facts = {"files": [], "code": {"sources": {}}, "dependencies": {"files": []}, "dashboard_start": fact | known}
    return starts(facts, {})


def exchange(status: int) -> dict[str, Any]:
    response = {"status": status, "headers": {}, "body": ""}
    return {"case": "page", "request": {"method": "GET", "url": "/", "body": None}, "response": response, "seconds": 0}


RUNTIME = {"code": "runtime.not_built", "params": {"requirements": ["dash==1.0"]}}
FAILURE = {"reason": "ValueError: x", "path": None, "line": None, "frame": ""}
JUDGED: dict[str, tuple[dict[str, Any], str]] = {
    "too slow": ({"ended": "timeout", "exchanges": [exchange(200)]}, "dashboard.starts.undecided_slow"),
    "no page": ({"exchanges": [exchange(500)]}, "dashboard.starts.not_met_page"),
    "a session that is closed": ({"ended": "closed", "exchanges": [exchange(200)]}, "dashboard.starts.not_met_page"),
    "an empty page": ({"elements": {}, "exchanges": [exchange(200)]}, "dashboard.starts.not_met_empty"),
    "never listens": (
        {"error": {"code": "app.start_timeout", "params": {"seconds": 60}}},
        "dashboard.starts.undecided_slow",
    ),
    "an answer that we could not read": (
        {"error": {"code": "candidate.exception", "params": {"message": "x"}}},
        "dashboard.starts.undecided_unheard",
    ),
    "a limit": ({"error": {"code": "sandbox.memory", "params": {"limit": 1}}}, "sandbox.memory"),
    "another environment than its own": (
        {"exception": FAILURE, "runtime": {"origin": "default", "fault": RUNTIME}},
        "dashboard.starts.undecided_runtime",
    ),
    "a script that no environment reads": (
        {
            "exception": FAILURE | {"reason": "IndentationError: expected", "path": "app.py"},
            "runtime": {"origin": "default", "fault": RUNTIME},
        },
        "dashboard.starts.not_met",
    ),
    "a name that its library lacks here": (
        {"exception": FAILURE | {"reason": "AttributeError: module 'streamlit' has no attribute 'beta_columns'"}},
        "dashboard.starts.undecided_versions",
    ),
}


@pytest.mark.parametrize("case", JUDGED)
def test_what_is_not_the_candidate_s_is_told_apart(case: str) -> None:
    known, code = JUDGED[case]
    finding = judged(**known)
    assert finding.message.code == code
    assert "…" not in messages.render(finding.message, "fr")
