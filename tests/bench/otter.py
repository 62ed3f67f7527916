"""otter-grader in an environment of its own, pinned by ``otter.txt``, grading a notebook that does the same work."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LOCK = Path(__file__).with_name("otter.txt")
_FOLDER = _ROOT / "var" / "bench" / "otter"
_STAMP = _FOLDER / ".installed"
_SECONDS = 300
_TEST = '''OK_FORMAT = True
test = {"name": "score", "points": 1, "suites": [{"cases": [{"code": r""">>> assert abs(score - %s) < 1e-9
""", "hidden": False, "locked": False}], "scored": True, "setup": "", "teardown": "", "type": "doctest"}]}
'''


class Unavailable(Exception):
    """It cannot be installed or run here; the text says why."""


def install() -> None:
    """Make the environment unless exactly this one is there.

    Raises:
        Unavailable: with the last lines of the installer.
    """
    digest = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if _STAMP.exists() and _STAMP.read_text() == digest:
        return
    sys.path.insert(0, str(_ROOT / ".ci"))
    import bootstrap  # type: ignore[import-not-found]  # a program of the terminal, that knows the package sources

    environment = bootstrap.uv_environment()
    python = str(_FOLDER / "bin" / "python")
    uv = [str(bootstrap.UV)]
    _run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(_FOLDER)], _ROOT, environment)
    _run(
        [*uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", python, str(_LOCK)],
        _ROOT,
        environment,
    )
    _STAMP.write_text(digest)


def prepare(folder: Path, code: str, score: float) -> None:
    """In ``folder``, where the model and its data are: a notebook of one cell, and a grader that knows the answer."""
    cell = {"cell_type": "code", "id": "score", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    (folder / "tests").mkdir()
    (folder / "tests" / "score.py").write_text(_TEST % repr(score))
    generate = ["generate", "--tests-dir", "tests", "--output-path", "grader.zip", "--no-environment"]
    _otter(folder, *generate, "data.csv", "model.joblib")


def grade(folder: Path) -> None:
    """Grade the notebook once.

    Raises:
        Unavailable: it did not find the answer right.
    """
    _otter(folder, "run", "work.ipynb", "--autograder", "grader.zip", "--output-dir", ".")
    results = json.loads((folder / "results.json").read_text())
    if not any(test.get("score") == 1.0 for test in results["tests"]):
        raise Unavailable(f"it refused a right answer: {json.dumps(results)[:300]}")


def _otter(folder: Path, *arguments: str) -> None:
    binaries = _FOLDER / "bin"
    environment = os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}", "OMP_NUM_THREADS": "2"}
    _run([str(binaries / "otter"), *arguments], folder, environment)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)[:300]) from error
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name} {command[1]}: {done.stderr.strip()[-300:]}")
