"""Notebooks such as candidates hand in: analysis, figures in colour, tables, models, words between the cells."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

_CODE = (
    "import pandas as pd\nimport matplotlib.pyplot as plt\nimport seaborn as sns\n"
    "df_{n} = pd.read_csv('data/table_{n}.csv')\ndf_{n}.head()",
    "# répartition de la variable {n}\nfig, ax = plt.subplots(figsize=(8, 5))\n"
    "sns.histplot(df_{n}['montant'], bins=30, ax=ax)\nax.set_title('Montant, lot {n}')\nplt.show()",
    "missing = df_{n}.isna().mean().sort_values(ascending=False)\ndf_{n} = df_{n}[missing[missing < 0.5].index]\n"
    "df_{n}['age'] = df_{n}['age'].fillna(df_{n}['age'].median())\ndf_{n}.describe()",
    "def prepare_{n}(table):\n    table = table.copy()\n    for name in table.select_dtypes('object'):\n"
    "        table[name] = table[name].astype('category').cat.codes\n    return table\n\nX_{n} = prepare_{n}(df_{n})",
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import cross_val_score\n"
    "model_{n} = RandomForestClassifier(200).fit(X_{n}, y)\ncross_val_score(model_{n}, X_{n}, y, cv=5)",
)
_WORDS = ("le modèle", "montre que", "la part", "des clients", "en défaut", "dépend", "du revenu", "et de", "l'âge")


def archive(target: Path, *, notebooks: int, cells: int) -> int:
    """Write a zip of ``notebooks`` notebooks of ``cells`` cells each; the bytes of the notebooks, unpacked."""
    size = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("projet/README.md", "# Projet\n\n## Installation\n\npip install -r requirements.txt\n")
        packed.writestr("projet/requirements.txt", "pandas==2.2.2\nscikit-learn==1.5.0\nseaborn==0.13.2\n")
        for number in range(notebooks):
            text = json.dumps(_notebook(random.Random(number), cells), indent=1)
            packed.writestr(f"projet/notebooks/analyse_{number}.ipynb", text)
            size += len(text.encode())
    return size


def _notebook(choice: random.Random, cells: int) -> dict[str, Any]:
    made = [_cell(choice, number) for number in range(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _cell(choice: random.Random, number: int) -> dict[str, Any]:
    identity = {"id": f"cell-{number}", "metadata": {}}
    if number % 3 == 0:
        words = " ".join(choice.choices(_WORDS, k=60))
        return identity | {"cell_type": "markdown", "source": f"## Étape {number}\n\n{words}."}
    source = _CODE[number % len(_CODE)].format(n=number // len(_CODE))
    outputs = [_figure(choice)] if number % 3 == 1 else [_table(choice)]
    return identity | {"cell_type": "code", "source": source, "outputs": outputs, "execution_count": number}


def _figure(choice: random.Random) -> dict[str, Any]:
    """A plot of a thousand points over a soft background: some seventy kilobytes, as matplotlib's."""
    picture = Image.effect_noise((640, 400), 12).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for _ in range(1000):
        x, y = choice.randrange(640), choice.randrange(400)
        pen.ellipse((x, y, x + 5, y + 5), fill=(choice.randrange(256), 80, 160))
    target = io.BytesIO()
    picture.quantize(64).save(target, "PNG")
    data = {"image/png": base64.b64encode(target.getvalue()).decode(), "text/plain": "<Figure size 640x400>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _table(choice: random.Random) -> dict[str, Any]:
    rows = [[f"{choice.uniform(0, 1e6):.4f}" for _ in range(12)] for _ in range(20)]
    body = "".join(f"<tr>{''.join(f'<td>{value}</td>' for value in row)}</tr>" for row in rows)
    head = "".join(f"<th>colonne_{number}</th>" for number in range(12))
    html = f'<div><table border="1" class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    text = "\n".join("  ".join(row) for row in rows)
    data = {"text/html": html, "text/plain": text}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
