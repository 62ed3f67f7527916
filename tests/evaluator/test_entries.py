"""How a project says that it is started: command lines and the files that hold them, read and never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.facts import BY_NAME
from evaluator.facts.commands import Launch, launches
from evaluator.facts.dynamic.programs import applications, dashboards

from .builders import write
from .corpus_cases import facts_of

LINES: dict[str, list[tuple[Any, ...]]] = {
    "gunicorn api.main:app -w 4": [("gunicorn", "api/main.py", "app", "")],
    "gunicorn --chdir api --bind 0.0.0.0:$PORT 'main:create_app()'": [("gunicorn", "main.py", "create_app", "api/")],
    "gunicorn -w 4 site.wsgi --log-file -": [("gunicorn", "site/wsgi.py", "", "")],
    "uvicorn main:app --app-dir=src --host 0.0.0.0 --port $PORT": [("uvicorn", "main.py", "app", "src/")],
    "cd web && exec python3.11 -m uvicorn main:app": [("uvicorn", "main.py", "app", "web/")],
    "cd ../elsewhere; python app.py": [("python", "app.py", "", "")],
    "FLASK_APP=serve.py:api flask run -h 0.0.0.0": [("flask", "serve.py", "api", "")],
    "export FLASK_APP=serve; flask --debug run": [("flask", "serve.py", "", "")],
    "flask --app pkg.web:make run": [("flask", "pkg/web.py", "make", "")],
    "flask db upgrade": [],
    "fastapi run app/api.py --port 80": [("fastapi", "app/api.py", "", "")],
    'sh -c "streamlit run home.py --server.port ${PORT:-8501}"': [("streamlit", "home.py", "", "")],
    "mkdir -p ~/.s; streamlit run 'tableau de bord.py' &": [("streamlit", "tableau de bord.py", "", "")],
    "poetry run panel serve board.py": [("panel", "board.py", "", "")],
    "python -u dash/app.py --debug": [("python", "dash/app.py", "", "")],
    "python -m board.app": [("python", "board/app.py", "", "")],
    "python -c 'print(1)'": [],
    "echo streamlit run x.py": [],
    "streamlit hello": [],
    "gunicorn 'never closed": [],
    "": [],
    'sh -c \'sh -c "sh -c \\"sh -c streamlit\\""\'': [],
}


@pytest.mark.parametrize("line", LINES)
def test_what_a_command_line_starts(line: str) -> None:
    found = [(item.runner, item.targets[0], item.object, item.folder) for item in launches(line)]
    assert found == LINES[line]


@pytest.mark.parametrize(
    "line", ["(" * 5000, "a=" * 5000, "sh -c " * 900, "gunicorn " + "a." * 900, "\x00;\x00", "é:ü"]
)
def test_lines_of_any_kind_are_survived(line: str) -> None:
    assert all(isinstance(item, Launch) for item in launches(line))


COMPOSE = """
services:
  api:
    build: ./back
    command: uvicorn main:app --port 80
  board:
    build: {context: front}
    entrypoint: [streamlit, run, app.py]
"""
STAGES = """
FROM python:3.11 AS first
CMD ["python", "old.py"]
FROM python:3.11
ENV FLASK_APP=serve.py
COPY --from=first /x /y
COPY ./back /srv
# CMD ["python", "commented.py"]
CMD flask run \\
    --host 0.0.0.0
"""
FORMS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "Procfile": ("worker: python w.py\nweb: gunicorn a:app\n", [("gunicorn", "a.py"), ("python", "w.py")]),
    "Dockerfile": (STAGES, [("flask", "serve.py")]),
    "api.Dockerfile": (
        'FROM x\nENTRYPOINT ["uvicorn"]\nCMD ["m:app", "--port", "80"]\n',
        [("uvicorn", "m.py")],
    ),
    "Dockerfile.web": ('FROM x\nENTRYPOINT ["/wait.sh"]\nCMD ["python", "m.py"]\n', [("python", "m.py")]),
    "docker-compose.yml": (COMPOSE, [("uvicorn", "main.py"), ("streamlit", "app.py")]),
    "heroku.yml": ("run:\n  web: gunicorn a:app\n", [("gunicorn", "a.py")]),
    "render.yaml": ("services:\n- type: web\n  rootDir: web\n  startCommand: python s.py\n", [("python", "s.py")]),
    "README.md": ("---\nsdk: streamlit\napp_file: home.py\n---\n# Titre\n", [("streamlit", "home.py")]),
    "start.sh": ("#!/bin/sh\n# streamlit run old.py\nstreamlit run new.py\n", [("streamlit", "new.py")]),
    "app.yaml": ("entrypoint: gunicorn -b :$PORT a:app\n", [("gunicorn", "a.py")]),
}


@pytest.mark.parametrize("name", FORMS)
def test_files_that_tell_how_a_project_is_started(name: str, tmp_path: Path) -> None:
    text, expected = FORMS[name]
    rows = facts_of(write(tmp_path, {name: text}))["entries"]["launches"]
    assert [(row["runner"], row["targets"][0]) for row in rows] == expected
    assert all(text.splitlines()[row["line"] - 1].strip() for row in rows)


@pytest.mark.parametrize(
    "text", ["services: *a", "services: [1, {startCommand: [1]}]", "- 1", "[" * 3000, "run: {web: {command: {a: b}}}"]
)
def test_descriptions_that_make_no_sense_start_nothing(text: str, tmp_path: Path) -> None:
    files = dict.fromkeys(("render.yaml", "heroku.yml", "compose.yaml", "Procfile", "Dockerfile", "app.yml"), text)
    assert facts_of(write(tmp_path, files))["entries"]["launches"] == []


FLASK = "from flask import Flask\n{name} = Flask(__name__)\n@{name}.route('/x')\ndef x(): return ''\n"
BOARD = "import streamlit as st\nst.title('{name}')\n"


def test_the_application_that_a_command_names_comes_first(tmp_path: Path) -> None:
    files = {
        "a.py": FLASK.format(name="app"),
        "back/b.py": FLASK.format(name="app") + FLASK.format(name="other"),
        "back/Procfile": "web: gunicorn b:other\n",
    }
    found = applications(facts_of(write(tmp_path, files)))
    assert [(item.path, item.object) for item in found] == [
        ("back/b.py", "other"),
        ("back/b.py", "app"),
        ("a.py", "app"),
    ]
    assert found[0].folders == ("back/", "")


def test_a_factory_that_only_a_command_names_is_an_application(tmp_path: Path) -> None:
    files = {"srv/web.py": "def make(): ...\n", "Dockerfile": "FROM x\nCOPY srv /srv\nCMD uvicorn web:make --factory\n"}
    assert [(item.path, item.object) for item in applications(facts_of(write(tmp_path, files)))] == [
        ("srv/web.py", "make")
    ]


def test_a_dashboard_served_as_an_api_is_no_api(tmp_path: Path) -> None:
    source = "from dash import Dash, html\napp = Dash(__name__)\nserver = app.server\napp.layout = html.Div()\n"
    facts = facts_of(write(tmp_path, {"app.py": source, "Procfile": "web: gunicorn app:server\n"}))
    assert applications(facts) == []
    assert [(item.path, item.kind) for item in dashboards(facts)] == [("app.py", "dash")]


def test_the_dashboard_that_a_command_names_comes_first_and_pages_do_not_count(tmp_path: Path) -> None:
    files = {
        "first.py": BOARD.format(name="a"),
        "front/second.py": BOARD.format(name="b"),
        "front/pages/third.py": BOARD.format(name="c"),
        "Procfile": "web: cd front && streamlit run second.py\n",
    }
    found = dashboards(facts_of(write(tmp_path, files)))
    assert [item.path for item in found] == ["front/second.py", "first.py"]
    assert found[0].folders == ("front/", "")


def test_a_declared_dashboard_is_the_only_one(tmp_path: Path) -> None:
    files = {
        "a.py": BOARD.format(name="a"),
        "b.py": BOARD.format(name="b"),
        "jalon.toml": "[dashboard]\napp = 'b.py'\n",
    }
    assert [item.path for item in dashboards(facts_of(write(tmp_path, files)))] == ["b.py"]


def test_django_s_own_entries_are_applications(tmp_path: Path) -> None:
    entry = "from django.core.{0} import get_{0}_application\nserved = get_{0}_application()\n"
    files = {f"site/{name}.py": entry.format(name) for name in ("asgi", "wsgi")}
    facts = facts_of(write(tmp_path, files))
    assert [(item.path, item.object) for item in applications(facts)] == [
        ("site/wsgi.py", "served"),
        ("site/asgi.py", "served"),
    ]
    assert {app["framework"] for app in facts["code"]["apps"]} == {"django"}


def test_the_extractor_is_registered() -> None:
    assert BY_NAME["entries"].version == 1
