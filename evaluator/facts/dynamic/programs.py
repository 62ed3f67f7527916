"""Which applications of a bundle are started, and from where: those that the project says it starts come first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from evaluator.facts.base import Facts
from evaluator.facts.dynamic import subject

_MOST = 3
_SERVERS = frozenset({"gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "uwsgi"})
_KINDS = {"streamlit": "streamlit", "dash": "dash", "jupyter_dash": "dash", "gradio": "gradio", "panel": "panel"}
_BARE = frozenset({"streamlit.cache", "streamlit.cache_data", "streamlit.cache_resource", "panel.extension"})
_NAMES = ("app", "main", "dashboard", "home", "accueil", "streamlit_app", "index")
_PAGES = "pages"
_CONTAINER = re.compile(r"(?:docker|container)file|compose[^/]*\.ya?ml$", re.IGNORECASE)
_DEFAULT_OBJECT = "application"  # PEP 3333's name, which WSGI servers suppose


@dataclass(frozen=True, slots=True)
class Program:
    """A script to start. ``folders`` are those of the bundle from which it may be, the likeliest first.

    ``object`` is what it serves, for an API; ``kind`` the library of a dashboard. ``gathered`` tells that a container
    starts it, which may gather several folders into one.
    """

    path: str
    folders: tuple[str, ...]
    object: str = ""
    kind: str = ""
    gathered: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """A script of the bundle that a command of the project starts from ``folder``."""

    path: str
    folder: str
    runner: str
    object: str
    contained: bool


def applications(facts: Facts) -> list[Program]:
    """The APIs, at most three: the declared one alone, else those that a command names, then those seen in code."""
    app = subject.declared(facts, "api", "app")
    if app is not None:
        module, _, name = str(app).partition(":")
        path = f"{subject.base(facts)}{module.replace('.', '/')}.py"
        return [Program(path, _above(facts, path), name or "app")]
    shown = set(_dashboard_kinds(facts))
    named = [item for item in _named(facts) if item.path not in shown]
    served = [(item.path, item.object or _DEFAULT_OBJECT) for item in named if item.runner in _SERVERS]
    # One written by a cell of a notebook has no file that could be imported.
    apps = [(path, str(app["object"])) for app in _apps(facts) if (path := str(app["path"])).endswith(".py")]
    files = [item.path for item in named]
    found = sorted(dict.fromkeys([*served, *apps]), key=lambda place: _rank(place, served, files))
    return [
        Program(path, _folders(facts, path, named), name, gathered=_gathered(path, named))
        for path, name in found[:_MOST]
    ]


def _apps(facts: Facts) -> list[Mapping[str, Any]]:
    """Those of the code; of the two entries that Django writes, the one that every server takes comes first."""
    return sorted(facts.get("code", {}).get("apps", []), key=lambda app: str(app["path"]).endswith("asgi.py"))


def _rank(place: tuple[str, str], served: Sequence[tuple[str, str]], files: Sequence[str]) -> tuple[int, int]:
    """The place in the commands, those that name the object before those that only name the file."""
    if place in served:
        return 0, served.index(place)
    return (1, files.index(place[0])) if place[0] in files else (2, 0)


def dashboards(facts: Facts) -> list[Program]:
    """The dashboards, at most three: the declared one alone, else by what commands name, their names and their size."""
    kinds = _dashboard_kinds(facts)
    declared = subject.declared(facts, "dashboard", "app")
    if declared is not None:
        path = subject.base(facts) + str(declared)
        return [Program(path, _above(facts, path), kind=kinds.get(path, "streamlit"))]
    named = [item for item in _named(facts) if item.path in kinds or item.runner in ("streamlit", "gradio", "panel")]
    files = list(dict.fromkeys(item.path for item in named))
    others = [path for path in kinds if not _is_page(path, kinds)]
    runners = {item.path: item.runner for item in reversed(named)}
    chosen = list(dict.fromkeys([*files, *sorted(others, key=_by_name)]))[:_MOST]
    return [
        Program(
            path, _folders(facts, path, named), kind=kinds.get(path) or runners[path], gathered=_gathered(path, named)
        )
        for path in chosen
    ]


def _gathered(path: str, named: Sequence[_Named]) -> bool:
    return any(item.contained for item in named if item.path == path)


def _dashboard_kinds(facts: Facts) -> dict[str, str]:
    """The scripts that build a dashboard with the library they use, the fullest first."""
    sites: dict[str, Counter[str]] = {}
    for call in facts.get("code", {}).get("calls", []):
        kind = _KINDS.get(str(call["name"]).partition(".")[0])
        if kind and call["name"] not in _BARE:
            program = str((call["via"][0] if call["via"] else call["at"])[0])
            sites.setdefault(program, Counter())[kind] += 1
    scripts = [path for path in sites if path.endswith(".py")]
    ordered = sorted(scripts, key=lambda path: -sites[path].total())
    return {path: sites[path].most_common(1)[0][0] for path in ordered}


def _is_page(path: str, kinds: Mapping[str, str]) -> bool:
    """Whether it is a page of a program that stands above its folder, and is not started by itself."""
    parts = PurePosixPath(path).parts
    if _PAGES not in parts[:-1]:
        return False
    above = PurePosixPath(*parts[: parts.index(_PAGES)])
    return any(PurePosixPath(other).parent == above for other in kinds)


def _by_name(path: str) -> tuple[bool, int]:
    """A name that says where to begin, then what is nearest to the root; the fullest first among equals."""
    stem = PurePosixPath(path).stem.lower().strip("0123456789_-")
    return not any(stem.startswith(name) or stem.endswith(name) for name in _NAMES), path.count("/")


def _named(facts: Facts) -> list[_Named]:
    """The scripts of the bundle that its commands start, in the order of the commands."""
    files = {str(row["path"]) for row in facts["files"] if str(row["path"]).endswith(".py")}
    found = []
    for launch in facts.get("entries", {}).get("launches", []):
        place = _resolved(launch, files, subject.base(facts))
        if place is not None:
            contained = _CONTAINER.search(str(launch["path"])) is not None
            found.append(_Named(*place, str(launch["runner"]), str(launch["object"]), contained))
    return found


def _resolved(launch: Mapping[str, Any], files: set[str], base: str) -> tuple[str, str] | None:
    """The script of a command and the folder where it stands: as written, else the only one that ends so."""
    for target in launch["targets"]:
        for folder in dict.fromkeys([*launch["folders"], base]):
            if f"{folder}{target}" in files:
                return f"{folder}{target}", str(folder)
    for target in launch["targets"]:
        ending = [path for path in files if path.endswith(f"/{target}")]
        if len(ending) == 1:
            return ending[0], ending[0].removesuffix(target)
    return None


def _folders(facts: Facts, path: str, named: Sequence[_Named]) -> tuple[str, ...]:
    own = [item.folder for item in named if item.path == path]
    return tuple(dict.fromkeys([*own, *_above(facts, path)]))


def _above(facts: Facts, path: str) -> tuple[str, ...]:
    """The folders from the project's root down to that of the script."""
    base = subject.base(facts)
    parts = PurePosixPath(path.removeprefix(base)).parts[:-1]
    return tuple(base + "".join(f"{part}/" for part in parts[:depth]) for depth in range(len(parts) + 1))


def reads(facts: Facts) -> Iterator[dict[str, Any]]:
    """``{"rule", "keys", "predicts"}`` of the routes whose code predicts, or reads what their declaration may omit."""
    for route in facts.get("code", {}).get("routes", []):
        if route["reads"] or route["predicts"]:
            yield {"rule": route["rule"], "keys": list(route["reads"])[:40], "predicts": route["predicts"]}
