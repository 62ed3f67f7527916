"""What the project declares to need: requirements files, environments, project files, lock files."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts import requirements as forms
from evaluator.facts.access import fault, own_files, recorded
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.limits import MB

_TRACKING = "mlruns"
_FILES = 100
_BYTES = 8 * MB
_ENTRIES = 2_000
_DEPTH = 6

# In the order in which a project's main file is chosen among files of one folder.
_FORMS: tuple[tuple[str, str, Callable[[str], list[forms.Entry]]], ...] = (
    ("requirements.txt", "requirements", forms.requirements),
    ("requirement*.txt", "requirements", forms.requirements),
    ("environment*.y*ml", "conda", forms.conda),
    ("env*.y*ml", "conda", forms.conda),
    ("*environment*.y*ml", "conda", forms.conda),
    ("conda*.y*ml", "conda", forms.conda),
    ("pyproject.toml", "pyproject", forms.pyproject),
    ("pipfile", "pipfile", forms.pipfile),
    ("packages.txt", "pip_list", forms.pip_list),
    ("*requirements.txt", "requirements", forms.requirements),
    ("uv.lock", "uv.lock", forms.toml_lock),
    ("poetry.lock", "poetry.lock", forms.toml_lock),
    ("pdm.lock", "pdm.lock", forms.toml_lock),
    ("pipfile.lock", "pipfile.lock", forms.pipfile_lock),
)
_INCLUDED = 1  # read as a requirements file
_LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock"})


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"files": [{"path", "sha256", "format", "entries", "includes", "locked", "model", "error"}], "main"}``.

    An entry is ``{"name", "spec", "pinned", "line"}``, its name normalised as in PEP 503, ``line`` 1-based.
    ``includes`` are the files that ``-r`` names. ``model`` is true for what MLflow wrote beside a model.
    ``main`` is the path of the file nearest to the root that declares something, ``requirements.txt`` first; None
    without any.
    """
    mlflow = {str(PurePosixPath(entry.path).parent) for entry in own_files(workspace) if entry.path.endswith("MLmodel")}
    ranked: list[tuple[tuple[bool, int, int, str], dict[str, Any]]] = []
    for entry in own_files(workspace):
        rank = _rank(entry.path)
        depth = entry.path.count("/")
        if rank is None or depth > _DEPTH:
            continue
        fact = _read(workspace, entry, rank)
        fact["model"] = str(PurePosixPath(entry.path).parent) in mlflow or _TRACKING in PurePosixPath(entry.path).parts
        ranked.append(((not fact["entries"] or fact["model"], depth, rank, entry.path), fact))
    ranked.sort(key=lambda pair: pair[0])
    files = _with_included(workspace, [fact for _, fact in ranked[:_FILES]])
    main = next((fact["path"] for fact in files if not fact["locked"] and not fact["model"]), None)
    return {"files": files, "main": main}


def _with_included(workspace: Workspace, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the files that others include under names of their own (``-r base.txt``)."""
    known = {fact["path"] for fact in files}
    entries = {entry.path: entry for entry in workspace.files}
    for fact in files:
        for path in fact["includes"]:
            if path not in known and len(files) < _FILES:
                known.add(path)
                files.append(_read(workspace, entries[path], _INCLUDED) | {"model": fact["model"]})
    return files


def _rank(path: str) -> int | None:
    file = PurePosixPath(path.lower())
    if file.suffix == ".txt" and file.parent.name == "requirements":
        return _INCLUDED  # ``requirements/prod.txt``
    return next((rank for rank, (pattern, _, _) in enumerate(_FORMS) if fnmatch(file.name, pattern)), None)


def _read(workspace: Workspace, entry: FileEntry, rank: int) -> dict[str, Any]:
    _, form, parse = _FORMS[rank]
    fact: dict[str, Any] = {
        "path": entry.path,
        "sha256": entry.sha256,
        "format": form,
        "entries": [],
        "includes": [],
        "locked": form in _LOCKS,
        "error": None,
    }
    try:
        text = decode(workspace.read_bytes(entry.path, _BYTES))
        entries = parse(text)
    except SubmissionFault as error:
        return fact | {"error": recorded(error)}
    except forms.Unreadable as error:
        return fact | {"error": fault("dependencies.unreadable", path=entry.path, reason=str(error)[:300])}
    fact["entries"] = [found.to_json() for found in entries[:_ENTRIES]]
    if form == "requirements":
        fact["includes"] = _beside(entry.path, forms.includes(text), workspace)
    return fact


def _beside(path: str, names: list[str], workspace: Workspace) -> list[str]:
    """The included files that really exist, relative to the file that includes them."""
    known = {entry.path for entry in workspace.files}
    folder = PurePosixPath(path).parent
    paths = [str(PurePosixPath(*(part for part in (folder / name).parts if part != "."))) for name in names]
    return [found for found in paths if found in known and found != path]


EXTRACTOR = Extractor("dependencies", 3, extract)
