"""Which environment a bundle asks for, from its facts. Pure: nothing is installed here."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from evaluator.runtimes.companions import BOUND_TO_SERIES, SERIES, accompanied, series_of
from evaluator.versions import agrees, release

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLAUSE = re.compile(r"(==|>=|<=|~=|!=|<|>)\s*([0-9][0-9A-Za-z.*+!-]{0,30})")
_MOST = 200
_RENAMED = {"sklearn": "scikit-learn"}
# What the harness itself needs to put a question to a model.
_FOR_MODELS = ("joblib", "numpy", "pandas")
FRAMEWORKS = frozenset({"dash", "django", "fastapi", "flask", "gradio", "panel", "plotly", "pydantic", "starlette",
                         "streamlit", "werkzeug"})  # fmt: skip
_LIBRARIES = frozenset({"catboost", "imbalanced-learn", "keras", "lightgbm", "scikit-learn", "tensorflow", "torch",
                        "xgboost"})  # fmt: skip
RUN_BY = FRAMEWORKS | _LIBRARIES | {"cloudpickle", *_FOR_MODELS}
_WRITERS = frozenset({"mlflow"})  # it wrote the folder around a model that loads without it
_FOR_CELLS = frozenset({"ipython"})
_ASGI = frozenset({"fastapi", "starlette", "litestar", "quart"})
_NEW_NUMPY = "numpy._core."  # numpy 2 renamed its core: a pickle tells which side of it was used
_TRIED = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """Requirements to install together (``name``, or ``name`` and version clauses), in order.

    ``origin`` is ``"model"`` when a model file asks for them, ``"pins"`` when the project's own files do, and
    ``"nearest"`` when what was asked cannot be had and something close stands in. ``of_model`` tells that a model
    file is to be loaded in it, and nothing else done.
    """

    requirements: tuple[str, ...]
    origin: str
    of_model: bool = False

    @classmethod
    def of(cls, specs: Mapping[str, str], origin: str, *, of_model: bool = False) -> Wish:
        """From version clauses by name, ``""`` where any version does."""
        return cls(tuple(f"{name}{spec}" for name, spec in sorted(specs.items())), origin, of_model)

    @property
    def digest(self) -> str:
        """sha256 of the requirements and of the version of Python, in hexadecimal."""
        version = ".".join(str(part) for part in sys.version_info[:3])
        return hashlib.sha256("\n".join((*self.requirements, f"python {version}")).encode()).hexdigest()


def for_model(passport: Mapping[str, Any], path: str, dependencies: Mapping[str, Any]) -> list[Wish]:
    """What loading a model asks for, the best first; empty when neither it nor the project names a version.

    The versions inside the file come first: they are those it was saved with. What the project pins completes them.
    """
    inside = _inside(passport)
    classes = [str(name) for name in passport.get("classes", ())]
    wanted = {*passport.get("packages", ()), *inside, *_FOR_MODELS} - _WRITERS
    if any(".sklearn." in name for name in classes):  # the wrappers of other libraries, which do not sign its version
        wanted.add("scikit-learn")
    declared = {name: spec for name, spec in _declared(path, dependencies).items() if name in wanted}
    specs = dict.fromkeys(wanted, "") | declared | inside
    if not any(specs.values()):
        return []
    if any(name.startswith(_NEW_NUMPY) for name in classes):
        specs["numpy"] = specs["numpy"] or ">=2"
    wish = Wish.of(accompanied(specs), "model" if inside else "pins", of_model=True)
    return [wish, *_nearest(specs, wish)]


def _inside(passport: Mapping[str, Any]) -> dict[str, str]:
    """The versions that a model was saved with, but for what wrote the folder around it."""
    # Of an MLflow folder, the description comes first and what stands in the file itself last.
    signed = {name: versions[-1] for name, versions in passport.get("versions", {}).items()}
    return {name: f"=={version}" for name, version in signed.items() if _clean(version) and name not in _WRITERS}


def for_app(
    path: str, dependencies: Mapping[str, Any], served_by: str = "", passport: Mapping[str, Any] | None = None
) -> list[Wish]:
    """What an application asks for: the packages of the nearest file that declares some, whatever the versions.

    ``served_by`` is the library that serves it, which the file may leave out; of what the file leaves open, the model
    that the application serves tells the versions (``passport``). Then the same with the versions of its framework
    and of its model only, since one old package is often the one that cannot be had.
    """
    specs = _declared(path, dependencies)
    if not specs:
        return []
    if served_by:
        specs.setdefault(served_by, "")
    if _ASGI & set(specs):
        specs.setdefault("uvicorn", "")
    specs |= {name: spec for name, spec in _inside(passport or {}).items() if not specs.get(name)}
    kept = {name: spec if name in RUN_BY else "" for name, spec in specs.items()}
    return [Wish.of(accompanied(specs), "pins"), Wish.of(accompanied(kept), "nearest")]


def for_notebook(path: str, dependencies: Mapping[str, Any]) -> list[Wish]:
    """What a notebook asks for: as an application, and what runs its cells."""
    wishes = for_app(path, dependencies)
    return [wish if _names(wish) >= _FOR_CELLS else _with(wish, _FOR_CELLS) for wish in wishes]


def specs_of(wish: Wish) -> dict[str, str]:
    """The version clauses of ``wish`` by name, ``""`` where any version does."""
    return dict(map(_split, wish.requirements))


def _names(wish: Wish) -> set[str]:
    return set(specs_of(wish))


def _with(wish: Wish, names: frozenset[str]) -> Wish:
    return Wish(tuple(sorted({*wish.requirements, *(names - _names(wish))})), wish.origin)


def is_met(wish: Wish, installed: Mapping[str, str]) -> bool:
    """Whether an environment that holds ``installed`` (version by name) already has all of it, to the minor version."""
    return all(_holds(line, installed) for line in wish.requirements)


def _holds(line: str, installed: Mapping[str, str]) -> bool:
    name, spec = _split(line)
    version = installed.get(name)
    if version is None:
        return False
    if not spec:
        return True
    same_minor = spec.startswith("==") and release(spec[2:])[:2] == release(version)[:2]
    return same_minor or bool(agrees(name, version, spec))


def _split(line: str) -> tuple[str, str]:
    name = re.split(r"[=<>!~]", line, maxsplit=1)[0]
    return name, line[len(name) :]


def _declared(path: str, dependencies: Mapping[str, Any]) -> dict[str, str]:
    """The clean requirements of the file nearest to ``path``: in the folders above it, else the project's main one.

    Addresses, paths and options never pass: only names of packages with versions.
    """
    above = {str(parent) for parent in PurePosixPath(path).parents}
    files = [item for item in dependencies.get("files", ()) if item["entries"]]
    near = [item for item in files if str(PurePosixPath(item["path"]).parent) in above]
    chosen = sorted(near, key=lambda item: (-item["path"].count("/"), item["locked"])) or [
        item for item in files if item["path"] == dependencies.get("main")
    ]
    return dict(_clean_entries(chosen[0]["entries"])) if chosen else {}


def _clean_entries(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for entry in list(entries)[:_MOST]:
        name = _RENAMED.get(entry["name"], entry["name"])
        spec = str(entry["spec"]).split(";")[0].strip().strip("()")
        spec = f"={spec}" if re.match(r"=[^=]", spec) else spec  # conda's single sign
        if _NAME.fullmatch(name) and not (entry["name"] in _RENAMED and spec.startswith("==0.0")):
            yield name, _clean_spec(spec)


def _clean_spec(spec: str) -> str:
    """The clauses of ``spec``, or nothing when it holds anything else."""
    clauses = [part.strip() for part in spec.split(",") if part.strip()]
    matches = [_CLAUSE.fullmatch(part) for part in clauses]
    return ",".join(f"{match[1]}{match[2]}" for match in matches if match) if all(matches) else ""


def _clean(version: str) -> bool:
    return bool(_CLAUSE.fullmatch(f"=={version}"))


def _nearest(specs: Mapping[str, str], wish: Wish) -> Iterator[Wish]:
    """The closest series of scikit-learn that this Python may have, with the library of the model as it was."""
    asked = series_of(specs.get("scikit-learn", ""))
    names = dict.fromkeys(_FOR_MODELS, "") | {name: spec for name, spec in specs.items() if name in _LIBRARIES}
    ahead = [series for series in sorted(SERIES) if asked and series >= asked]
    for series in ahead[:_TRIED]:
        closest = names | {"scikit-learn": f"=={series[0]}.{series[1]}.*"}
        if series != asked:
            closest |= dict.fromkeys(BOUND_TO_SERIES & set(names), "")
        found = Wish.of(accompanied(closest), "nearest", of_model=True)
        if found.requirements != wish.requirements:
            yield found
