"""Projects to compare: a study, the same one rewritten in every way that should not matter, and another study."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluator.facts import fingerprints
from tests.evaluator.builders import workspace, write

HERE = Path(__file__).parent
STUDY = (HERE / "study.py.txt").read_text().split("# %%\n")
OTHER = (HERE / "other.py.txt").read_text().split("# %%\n")
NAMES = {
    "clients": "df_base",
    "colonnes": "cols",
    "montants": "values",
    "seuil": "limite",
    "nettoyer": "prepare_table",
    "resultats": "scores",
    "pipeline": "chaine",
    "modele": "clf",
    "bornes": "iqr_bounds",
}


def notebook(cells: Sequence[str], kind: str = "code") -> str:
    rows = [{"cell_type": kind, "metadata": {}, "source": text, "outputs": []} for text in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": rows})


def renamed(cells: Sequence[str]) -> list[str]:
    """Every name of the author's own replaced by another, and libraries imported under other names."""
    texts = []
    for text in cells:
        for name, other in NAMES.items():
            text = re.sub(rf"\b{name}\b", other, text)
        text = re.sub(r"import pandas as pd", "import pandas as pnd", text)
        texts.append(re.sub(r"\bpd\.", "pnd.", text))
    return texts


def facts_of(folder: Path, files: dict[str, str | bytes]) -> dict[str, Any]:
    return fingerprints.extract(workspace(write(folder, files)))
