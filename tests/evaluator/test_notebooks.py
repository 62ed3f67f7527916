"""Notebooks read tolerantly, and nothing that could run in a browser kept."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from evaluator.facts import notebooks
from evaluator.facts.base import FileEntry, Workspace


def _picture() -> str:
    stream = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def _read(folder: Path, document: Any, name: str = "n.ipynb") -> dict[str, Any]:
    text = document if isinstance(document, str) else json.dumps(document)
    path = folder / "project" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    attachments = folder / "attachments"
    attachments.mkdir(exist_ok=True)
    workspace = Workspace(folder / "project", (FileEntry(name, len(text), "0" * 64),), attachments)
    return notebooks.extract(workspace)


def _outputs(folder: Path, *outputs: Any) -> list[dict[str, Any]]:
    cell = {"cell_type": "code", "execution_count": 1, "source": "x", "outputs": list(outputs)}
    return _read(folder, {"nbformat": 4, "cells": [cell]})["n.ipynb"]["cells"][0]["outputs"]


def _display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {key.replace("_", "/", 1): value for key, value in data.items()}}


def test_cells_keep_their_order_and_their_source(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": "a = 1", "execution_count": 7},
        {"cell_type": "strange", "source": None},
        "not a cell",
    ]
    fact = _read(tmp_path, {"nbformat": 4, "metadata": {}, "cells": cells})["n.ipynb"]
    assert fact["error"] is None
    assert fact["language"] == "python"
    assert [cell["type"] for cell in fact["cells"]] == ["markdown", "code", "raw", "raw"]
    assert fact["cells"][0]["source"] == "# Title\ntext"
    assert fact["cells"][1] == {"type": "code", "source": "a = 1", "execution_count": 7, "outputs": []}


def test_format_3_is_read_through_its_worksheets(tmp_path: Path) -> None:
    cell = {
        "cell_type": "code",
        "input": ["1 + 1"],
        "prompt_number": 3,
        "outputs": [{"output_type": "pyout", "png": _picture(), "text": ["<Figure>"]}],
    }
    heading = {"cell_type": "heading", "source": "Title", "level": 1}
    fact = _read(tmp_path, {"nbformat": 3, "worksheets": [{"cells": [heading, cell]}]})["n.ipynb"]
    assert [item["type"] for item in fact["cells"]] == ["markdown", "code"]
    assert fact["cells"][1]["execution_count"] == 3
    assert fact["cells"][1]["outputs"][0]["kind"] == "image"
    assert fact["cells"][1]["outputs"][0]["attachment"]


def test_a_broken_notebook_is_an_error_of_that_path_only(tmp_path: Path) -> None:
    for broken in ('{"cells": [', "[]", '{"metadata": {}}', "", "[" * 100_000):
        fact = _read(tmp_path, broken)["n.ipynb"]
        assert fact["error"]["code"] == "notebook.broken"
        assert fact["cells"] == []


def test_checkpoints_are_not_notebooks(tmp_path: Path) -> None:
    assert _read(tmp_path, {"cells": []}, ".ipynb_checkpoints/n-checkpoint.ipynb") == {}


def test_pictures_are_attached_and_broken_ones_are_not(tmp_path: Path) -> None:
    good, broken, vector = _outputs(
        tmp_path,
        _display(image_png=[_picture()]),
        _display(image_png="bm90IGEgcGljdHVyZQ=="),
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='alert(1)'/>"}},
    )
    assert (tmp_path / "attachments" / good["attachment"]).is_file()
    assert broken["attachment"] is None
    assert (vector["media_type"], vector["attachment"], vector["text"]) == ("image/svg+xml", None, "SVG")


def test_tables_become_rows_and_markup_is_dropped(tmp_path: Path) -> None:
    html = (
        "<style>td{color:red}</style><table><thead><tr><th></th><th>age</th></tr></thead><tbody>"
        + "".join(f"<tr><th>{row}</th><td><b>{row}</b>&nbsp;ans</td></tr>" for row in range(80))
        + "</tbody></table><script>alert(1)</script>"
    )
    table, text = _outputs(tmp_path, _display(text_html=html), _display(text_html="<p>a<script>b()</script></p><p>c"))
    assert table["kind"] == "table"
    assert table["columns"] == ["", "age"]
    assert table["rows"][2] == ["2", "2 ans"]
    assert len(table["rows"]) == 50
    assert (text["kind"], text["text"]) == ("html", "a\n\nc".replace("\n\n", "\n"))


def test_interactive_figures_are_counted_with_their_traces(tmp_path: Path) -> None:
    figure = {"data": [{"type": "box"}, {"x": [1]}, {"type": "box"}], "layout": {}}
    page = '<div></div><script>Plotly.newPlot("a", [{"type":"pie"}], {})</script>'
    data, html, vega = _outputs(
        tmp_path,
        {"output_type": "display_data", "data": {"application/vnd.plotly.v1+json": figure, "text/html": page}},
        _display(text_html=page),
        {"output_type": "display_data", "data": {"application/vnd.vegalite.v4+json": {}}},
    )
    assert (data["kind"], data["figures"], data["traces"]) == ("plotly", 1, ["box", "scatter"])
    assert (html["kind"], html["traces"]) == ("plotly", ["pie"])
    assert vega["traces"] == ["vega"]


def test_errors_and_texts_lose_terminal_escapes(tmp_path: Path) -> None:
    error, stream, long = _outputs(
        tmp_path,
        {
            "output_type": "error",
            "ename": "KeyError",
            "evalue": "\x1b[31m'age'\x1b[0m",
            "traceback": ["\x1b[0;31mKeyError\x1b[0m: 'age'"],
        },
        {"output_type": "stream", "text": ["10%\r100%\n", "\x1b]0;title\x07done"]},
        {"output_type": "stream", "text": "x" * 200_000},
    )
    assert (error["kind"], error["ename"], error["evalue"]) == ("error", "KeyError", "'age'")
    assert error["text"] == "KeyError: 'age'"
    assert stream["text"].startswith("100%\n")
    assert "\x1b" not in stream["text"]
    assert len(long["text"]) == 20 * 1024


def test_halves_of_surrogate_pairs_can_be_written_again(tmp_path: Path) -> None:
    fact = _read(tmp_path, r'{"cells": [{"cell_type": "code", "source": "a = \"\ud83d\""}]}')["n.ipynb"]
    assert fact["cells"][0]["source"].encode()


def test_all_texts_together_stay_within_what_may_leave_the_sandbox(tmp_path: Path) -> None:
    output = {"output_type": "stream", "text": "x" * 20_000}
    cells = [{"cell_type": "code", "source": "y" * 1000, "outputs": [output] * 150} for _ in range(12)]
    fact = _read(tmp_path, {"cells": cells})
    assert len(json.dumps(fact)) < 30 * 1024 * 1024
    assert fact["n.ipynb"]["cells"][0]["outputs"][0]["text"] == "x" * 20_000
    assert len(fact["n.ipynb"]["cells"][-1]["outputs"][-1]["text"]) == 200
