"""Make again everything in the samples that is not written by hand: data, notebooks, models and notes.

``python -m assessments.samples._make`` needs the development requirements and a package index to make, under
``var/samples``, the two environments in which the notebooks run: the candidates' runtime for the good sample,
and an older scikit-learn for the flawed one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assessments.samples._make.notebooks import execute, install_kernel
from assessments.samples._make.notes import print_note

MAKE = Path(__file__).resolve().parent
TREES = MAKE.parent / "trees"
PROJECT = MAKE.parents[2]
WORK = PROJECT / "var" / "samples"
RUNTIME = PROJECT / "evaluator" / "runtimes" / "default" / "requirements.txt"
UV = (sys.executable, "-m", "uv")
PAGES = {"good": 2, "flawed": 5}


def make_environment(name: str, *requirements: str) -> Path:
    """The environment ``var/samples/venv-<name>`` holding the requirements given as arguments of uv."""
    environment = WORK / f"venv-{name}"
    if not environment.exists():
        _run(*UV, "venv", "--quiet", "--python", sys.executable, str(environment))
    _run(*UV, "pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), *requirements)
    return environment


def make_good() -> None:
    """Write the data, execute both notebooks (the second one saves the model) and print the note."""
    environment = make_environment("good", "-r", str(RUNTIME), "ipykernel")
    _run(str(environment / "bin" / "python"), "-B", "-m", "src.donnees", folder=TREES / "good")
    _execute_all("good", environment)


def make_flawed() -> None:
    """Write the data, execute the notebook, which saves the model, and print the note."""
    environment = make_environment("flawed", "-r", str(MAKE / "flawed" / "requirements.txt"))
    data = TREES / "flawed" / "data"
    _run(str(environment / "bin" / "python"), "-B", str(MAKE / "flawed" / "write_data.py"), str(data))
    _execute_all("flawed", environment)


def _execute_all(name: str, environment: Path) -> None:
    """Execute the notebooks of a sample in the order of their names, then print its note."""
    install_kernel(environment, WORK / "jupyter")
    for script in sorted((MAKE / name / "notebooks").glob("*.py")):
        execute(script, TREES / name / "notebooks" / f"{script.stem}.ipynb")
    pages = print_note(MAKE / name / "note.html", TREES / name / "note_methodologique.pdf")
    if pages != PAGES[name]:
        raise SystemExit(f"The note of {name} has {pages} pages instead of {PAGES[name]}.")


def _run(*command: str, folder: Path = PROJECT) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    make_good()
    make_flawed()
