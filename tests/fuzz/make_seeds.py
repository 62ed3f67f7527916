"""Writes the seeds again: ``python -m tests.fuzz.make_seeds``. Small things of each kind, from the tests' builders."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import joblib
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.evaluator.builders import fitted, pdf
from tests.evaluator.office import slides, word

SEEDS = Path(__file__).parent / "seeds"
_SCRIPT = b"""import pandas as pd
import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split, GridSearchCV
from sklearn.dummy import DummyClassifier
from fastapi import FastAPI
app = FastAPI()

def draw(df, kind="box"):
    '''Une figure.'''
    return df.plot(kind=kind)

@app.get("/clients/{client_id}")
def predict(client_id: int):
    return {"score": model.predict_proba([[client_id]])[0]}

df = pd.read_csv("a.csv").drop_duplicates()
for k in ["box", "pie"]:
    draw(df, k)
if False:
    plt.hist(df.a)
model = GridSearchCV(DummyClassifier(), {"strategy": ["prior"]}, cv=5).fit(df[["a"]], df.b)
"""


def main() -> None:
    for target, files in _seeds().items():
        folder = SEEDS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)


def _seeds() -> Mapping[str, Mapping[str, bytes]]:
    model = make_pipeline(StandardScaler(), fitted())
    return {
        "archive": _archives({"projet/a.py": _SCRIPT, "projet/données/é.csv": b"a,b\n1,2\n"}),
        "notebook": {"three-cells": json.dumps(_notebook()).encode(), "broken": json.dumps(_notebook()).encode()[:-30]},
        "code": {"script": _SCRIPT, "half": _SCRIPT[: len(_SCRIPT) // 2], "latin": _SCRIPT.decode().encode("latin-1")},
        "model": {"pickle": pickle.dumps(model), "text": pickle.dumps(fitted(), 0), "joblib": _dumped(model)},
        "dependencies": {
            "requirements": b"-r base.txt\nnumpy==1.26.4 ; python_version > '3'\nscikit-learn>=1.2,<2\ngit+https://e.org/a\n",
            "conda": b"name: a\ndependencies:\n  - python=3.11\n  - numpy=1.26\n  - pip:\n      - flask==3.0\n",
            "pyproject": b"[project]\ndependencies = ['flask>=2']\n[tool.poetry.dependencies]\npandas = '^2.0'\n",
            "lock": b"[[package]]\nname = 'numpy'\nversion = '1.26.4'\n",
            "utf-16": "numpy==1.26.4\n".encode("utf-16"),
        },
        "document": {
            "pdf": pdf([["# Note", "## 1. Coût", "Texte"], ["## 2. Limites"]]),
            "docx": word([["# Note", "Texte"], ["## Fin"]]),
            "pptx": slides(["Accueil"]),
        },
        "text": {
            "readme": b"# Projet\n\nL'objectif est de pr\xc3\xa9dire.\n\n- `src/`\n- a.py\n\n```\ncode\n```\n",
            "declaration": b"[model]\npath = 'm.pkl'\n[api]\napp = 'a:b'\nidentifier = 3\n[metric]\nclaimed = 0.8\n",
            "head": b"ref: refs/heads/main\n",
        },
    }


def _archives(files: Mapping[str, bytes]) -> dict[str, bytes]:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    plain = tarred.getvalue()
    return {
        "zip": zipped.getvalue(),
        "tar": plain,
        "tar.gz": gzip.compress(plain, mtime=0),
        "tar.bz2": bz2.compress(plain),
    }


def _notebook() -> dict[str, object]:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Analyse"},
        _cell(1, _SCRIPT.decode(), [{"output_type": "stream", "name": "stdout", "text": ["a\n"]}]),
        _cell(2, "%matplotlib inline\n!ls\ndf.describe()", [
            {"output_type": "error", "ename": "KeyError", "evalue": "a", "traceback": []},
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo=", "text/html": "<b>"}},
        ]),
    ]  # fmt: skip
    return {"cells": cells, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def _cell(count: int, source: str, outputs: list[dict[str, object]]) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "execution_count": count, "source": source, "outputs": outputs}


def _dumped(model: object) -> bytes:
    target = io.BytesIO()
    joblib.dump(model, target, compress=3)
    return target.getvalue()


if __name__ == "__main__":
    main()
