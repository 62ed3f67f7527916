"""How code is written: what counts as a comment, a branch, an import that nothing uses, a test that checks."""

from __future__ import annotations

import ast
import json
import time
from pathlib import Path
from typing import Any

import pytest

from evaluator.facts import delivery, quality
from evaluator.facts.base import FileEntry, Workspace


def _extract(extractor: Any, folder: Path, files: dict[str, str]) -> dict[str, Any]:
    entries = []
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        entries.append(FileEntry(name, len(text.encode()), "0" * 64))
    return extractor.extract(Workspace(folder, tuple(entries)))


@pytest.mark.parametrize(
    ("source", "comment"),
    [
        ('def f():\n    """Dit ce qu\'elle fait."""\n    return 1', "docstring"),
        ("# Arrondit au centime.\ndef f(x):\n    return round(x, 2)", "comment"),
        ("def f(x):\n    return x  # le taux, en pour cent", "comment"),
        ("def f(x):\n    # y = x + 1\n    return x", None),
        ("def f(x):\n    # print(x)\n    return x", None),
        ('def f(x):\n    return "# un dièse"', None),
        ("# Un titre.\n\ndef f(x):\n    return x", None),
        ("@cache\ndef f(x):\n    return x", None),
    ],
)
def test_what_counts_as_a_comment(source: str, comment: str | None, tmp_path: Path) -> None:
    functions = _extract(quality, tmp_path, {"a.py": source})["functions"]
    assert [item["comment"] for item in functions] == [comment]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return x", 1),
        ("if x:\n        return 1\n    elif y:\n        return 2\n    return 3", 3),
        ("for a in x:\n        while a:\n            a -= 1", 3),
        ("return x and y or z", 3),
        ("return [a for a in x if a]", 2),
        ("try:\n        return x\n    except ValueError:\n        return y", 2),
        ("def g():\n        if x:\n            return 1\n    return g", 1),
    ],
)
def test_complexity_counts_where_the_way_parts(body: str, expected: int) -> None:
    (function,) = ast.parse(f"def f(x, y, z):\n    {body}").body
    assert quality.complexity(function) == expected


def test_an_import_that_nothing_reads_is_told_once_for_the_notebook(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": "import json\nimport numpy as np\nfrom math import pi, tau"},
        {"cell_type": "code", "source": "print(np.array([pi]))"},
    ]
    notebook = json.dumps({"nbformat": 4, "cells": cells})
    unused = _extract(quality, tmp_path, {"a.ipynb": notebook, "pkg/__init__.py": "from pkg.a import b"})["unused"]
    assert [(item["name"], item["cell"], item["excerpt"]) for item in unused] == [
        ("json", 0, "import json"),
        ("tau", 0, "from math import pi, tau"),
    ]


def test_a_file_that_does_not_parse_whole_accuses_no_import(tmp_path: Path) -> None:
    facts = _extract(quality, tmp_path, {"a.py": "import json\n\ndef f(:\n    json\n\nx = 1\n"})
    assert facts["unused"] == []
    assert [item["line"] for item in facts["broken"]] == [3]


def test_tests_are_told_with_what_they_assert_and_call(tmp_path: Path) -> None:
    source = (
        "import pytest\n\ndef test_a():\n    assert modele.predict(X)\n\nclass TestB:\n    def test_c(self):\n"
        "        with pytest.raises(ValueError):\n            lire('x')\n\n    def aide(self):\n        assert 1\n"
    )
    tests = _extract(delivery, tmp_path, {"tests/test_a.py": source, "a.py": source})["tests"]
    assert [(item["name"], item["asserts"], "modele.predict" in item["calls"]) for item in tests] == [
        ("test_a", 1, True),
        ("test_c", 1, False),
    ]


def test_a_test_may_assert_through_a_function_of_its_file(tmp_path: Path) -> None:
    helper = "def proche(a, b):\n    assert abs(a - b) < 1\n\n"
    source = f"{helper}def test_a():\n    proche(prix(3), 4)\n\ndef test_b():\n    prix(3)\n"
    tests = _extract(delivery, tmp_path, {"tests/test_a.py": source})["tests"]
    assert [(item["name"], item["asserts"]) for item in tests] == [("test_a", 1), ("test_b", 0)]


def test_the_docstring_of_a_class_tells_of_its_constructor(tmp_path: Path) -> None:
    methods = "    def __init__(self):\n        self.x = 1\n    def f(self):\n        return self.x\n"
    source = f'class A:\n    """Un outil."""\n{methods}'
    functions = _extract(quality, tmp_path, {"a.py": source})["functions"]
    assert {item["name"]: item["comment"] for item in functions} == {"__init__": "docstring", "f": None}


@pytest.mark.parametrize("unit", ["def f():\n    # a b\n    pass\n", "import a\n", "def test_a():\n    assert f()\n"])
def test_a_very_long_script_is_read_in_a_bounded_time(unit: str, tmp_path: Path) -> None:
    started = time.process_time()
    facts = _extract(quality, tmp_path, {"test_a.py": unit * 20_000})
    assert facts["truncated"]
    assert time.process_time() - started < 20
