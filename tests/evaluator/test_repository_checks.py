"""READMEs held against the real tree, and the share of pinned lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.checks import _readme
from evaluator.checks.repository import CHECKS
from evaluator.facts import dependencies, texts
from evaluator.versions import agrees

from .builders import workspace, write

RUN = {check.code: check.run for check in CHECKS}
GOAL = "# Projet\n\n## Objectif\n\nPrédire le prix des logements à partir de leurs caractéristiques principales.\n\n"
LOCK = '[[package]]\nname = "a"\nversion = "1"\n'
TREE = {"notebooks/eda.ipynb": "{}", "src/main.py": "", "model/m.joblib": "x"}


def readme(root: Path, text: str | None, files: dict[str, str] = TREE) -> str:
    place = workspace(write(root, {**files, **({"README.md": text} if text is not None else {})}))
    facts = {"texts": texts.extract(place), "files": [{"path": entry.path} for entry in place.files]}
    return RUN["repository.readme"](facts, {}).message.code.removeprefix("repository.readme.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "not_met_none"),
        ("# Projet 4", "not_met_short"),
        (GOAL + "- `notebooks/` : exploration\n- `src/main.py` : le code\n", "met"),
        (GOAL + "```\n.\n├── notebooks\n│   └── eda.ipynb   # exploration\n└── src\n```\n", "met"),
        (GOAL + "Le dossier notebooks contient l'exploration et le dossier src le code.\n", "met"),
        (GOAL + "- `notebooks/`\n- `src/`\n- `api/app.py`\n", "met_but"),
        (GOAL + "- `notebooks/`, `src/`, et les données dans `data/train.csv` et `data/test.csv`\n", "met"),
        (
            GOAL + "- `api/main.py`\n- `dashboard/app.py`\n- `notebooks/modelisation.ipynb`\n- `src/`\n",
            "not_met_missing",
        ),
        (
            GOAL + "Le modèle est une forêt, voir https://host.test/notebooks/eda.ipynb.\n",
            "not_met_structure",
        ),
        (GOAL + "Appeler `/predict` puis `GET /clients/{id}`, avec `pip install -U pandas`.\n", "not_met_structure"),
        (GOAL + "Essais avec/sans le loyer, aller/retour et moyenne/médiane, en Node.js.\n", "not_met_structure"),
        (GOAL + "- notebooks/eda.ipynb\n- src/main.py\n- avec/sans, oui/non, texte/image\n", "met"),
        (GOAL + "Tout est dans notebooks/eda.ipynb ou `api/`.\n", "undecided_structure"),
        ("# P\n\n" + "- `notebooks/`\n- `src/main.py`\n- `model/m.joblib`\n" * 5, "undecided_goal"),
    ],
)
def test_readme(text: str | None, code: str, tmp_path: Path) -> None:
    assert readme(tmp_path, text) == code


def test_names_are_found_without_case_nor_accents_and_below_a_top_folder(tmp_path: Path) -> None:
    files = {"Projet/Données/x.py": "", "Projet/Notebooks/a.ipynb": "{}"}
    assert readme(tmp_path, GOAL + "- `donnees/x.py`\n- `notebooks/`\n", files) == "met"


def test_headings_are_read_outside_code() -> None:
    found = texts.headings("# Un\n\n```\n# pas un titre\n```\n\nDeux\n====\n\n### Trois ###\n")
    assert [(item["level"], item["text"], item["line"]) for item in found] == [
        (1, "Un", 1),
        (1, "Deux", 7),
        (3, "Trois", 10),
    ]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "not_met_none"),
        ({"requirements.txt": ""}, "not_met_empty"),
        ({"requirements.txt": "a==1\nb==1\nc==1\nd==1\ne"}, "met"),
        ({"requirements.txt": "a==1\nb==1\nc==1\nd\ne"}, "not_met"),
        ({"requirements.txt": "a==1"}, "met_all"),
        ({"requirements.txt": "-r base.txt", "base.txt": "x==1"}, "met_all"),
        ({"requirements.txt": "-r requirements-base.txt", "requirements-base.txt": "x"}, "not_met"),
        (
            {"pyproject.toml": '[project]\ndependencies = ["a>=1"]', "uv.lock": '[[package]]\nname="a"\nversion="1"'},
            "met_lock",
        ),
        ({"requirements.txt": "a", "autre/uv.lock": '[[package]]\nname="a"\nversion="1"'}, "not_met"),
    ],
)
def test_requirements_pinned(files: dict[str, str], code: str, tmp_path: Path) -> None:
    facts = {"dependencies": dependencies.extract(workspace(write(tmp_path, files)))}
    finding = RUN["repository.requirements_pinned"](facts, {})
    assert finding.message.code == f"repository.requirements_pinned.{code}"


@pytest.mark.parametrize(
    ("name", "version", "spec", "expected"),
    [
        ("scikit-learn", "1.4.1.post1", "==1.4.2", True),
        ("scikit-learn", "1.2.2", "==1.4.0", False),
        ("scikit-learn", "1.2.2", ">=1.2,<1.3", True),
        ("scikit-learn", "1.2.2", "^1.0", True),
        ("scikit-learn", "1.2.2", "=1.2", True),
        ("scikit-learn", "0.24.2", "==1.*", False),
        ("xgboost", "2.0.1", "==2.0.3", False),
        ("xgboost", "2.0.3", "==2.0.3", True),
        ("xgboost", "2.0.3", "!=2.0.3", False),
        ("scikit-learn", "1.2.2", "==0.0", None),
        ("scikit-learn", "1.2.2", "==0.0.post1", None),
        ("xgboost", "2.0.3", "", None),
        ("scikit-learn", "1.0.2", "@ file:///opt/conda/build/scikit-learn_1642601761909", None),
        ("xgboost", "unknown", "==2.0.3", None),
    ],
)
def test_versions_agree(name: str, version: str, spec: str, expected: bool | None) -> None:
    assert agrees(name, version, spec) is expected


def test_plain_words() -> None:
    assert _readme.plain("L’Été, DÉJÀ") == "l'ete, deja"
