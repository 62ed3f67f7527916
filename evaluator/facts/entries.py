"""How a project says that it is started: ``Procfile``, container recipes, descriptions of deployments, scripts.

Read as text from beginning to end; nothing of it is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import own_files, recorded
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.facts.commands import Launch, launched, launches
from evaluator.facts.places import Places
from evaluator.facts.requirements import Unreadable, yaml_texts
from evaluator.limits import KB

_BYTES = 16 * KB
_FILES = 30
_LINES = 400
_NESTED = 600
_LAUNCHES = 100
_HINTS = 10
_TEXT = 300
_PROCESS = re.compile(r"([A-Za-z0-9_-]+)\s*:\s*(.+)")
_INSTRUCTION = re.compile(r"\s*(FROM|CMD|ENTRYPOINT|ENV|COPY|ADD)\s+(.*)", re.IGNORECASE | re.DOTALL)
_FLASK = re.compile(r"FLASK_APP[=\s]+[\"']?([\w./:-]+)")
_FRONT = re.compile(r"\A---\s*\n(.{0,4000}?)\n---\s*(?:\n|\Z)", re.DOTALL)

_Found = tuple[int, Launch, tuple[str, ...]]  # line, what is started, folders in which it may stand


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"launches": [{"path", "line", "runner", "targets", "object", "folders", "sha256"}], "errors"}``.

    ``targets`` are the scripts that the command would start, in its order, relative to one of ``folders``: paths of
    the bundle, ``""`` or ending in ``/``, the likeliest first. A ``Procfile`` comes before a container, that before
    what describes a deployment, and scripts last; the nearest to the root first.
    """
    found: list[dict[str, Any]] = []
    errors: dict[str, Any] = {}
    for entry, read in _files(workspace):
        try:
            rows = list(read(decode(workspace.read_bytes(entry.path, _BYTES))))
        except SubmissionFault as fault:
            errors[entry.path] = recorded(fault)
        except (Unreadable, RecursionError):
            continue
        else:
            found.extend(_told(entry, row) for row in rows)
    return {"launches": found[:_LAUNCHES], "errors": errors}


def _told(entry: FileEntry, row: _Found) -> dict[str, Any]:
    line, launch, hints = row
    parent = str(PurePosixPath(entry.path).parent)
    own = "" if parent == "." else f"{parent}/"
    folders = dict.fromkeys([own + launch.folder, *(own + hint for hint in hints), *hints])
    return {
        "path": entry.path,
        "line": line,
        "runner": launch.runner,
        "targets": [target[:_TEXT] for target in launch.targets],
        "object": launch.object[:_TEXT],
        "folders": [folder[:_TEXT] for folder in folders][:_HINTS],
        "sha256": entry.sha256,
    }


def _files(workspace: Workspace) -> list[tuple[FileEntry, Callable[[str], Iterator[_Found]]]]:
    ranked = []
    for entry in own_files(workspace):
        for rank, (pattern, read) in enumerate(_FORMS):
            if pattern.search(entry.path):
                ranked.append((rank, entry.path.count("/"), entry.path, (entry, read)))
                break
    return [pair for *_, pair in sorted(ranked, key=lambda row: row[:3])[:_FILES]]


def _procfile(text: str) -> Iterator[_Found]:
    """``web: command`` on each line; the process that answers on the web comes first."""
    rows = [(number, _PROCESS.fullmatch(line.strip())) for number, line in enumerate(text.splitlines(), start=1)]
    named = [(number, match[1], match[2]) for number, match in rows if match]
    for number, _, command in sorted(named, key=lambda row: row[1] != "web"):
        for launch in launches(command):
            yield number, launch, ()


def _recipe(text: str) -> Iterator[_Found]:
    """The last ``ENTRYPOINT`` and ``CMD`` of the last stage, in either of their two forms."""
    stage: dict[str, tuple[int, str]] = {}
    flask, copied = "", list[str]()
    for number, name, value in _instructions(text):
        if name == "FROM":
            stage, flask, copied = {}, "", []
        elif name == "ENV":
            match = _FLASK.search(value)
            flask = match[1] if match else flask
        elif name in ("COPY", "ADD"):
            copied.extend(_copied(value))
        else:
            stage[name] = (number, value)
    hints = tuple(dict.fromkeys(copied))[:_HINTS]
    for number, launch in _started(stage, flask):
        yield number, launch, hints


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """``(line, name, value)``, continued lines joined and comments dropped."""
    start, gathered = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        start = start if gathered else number
        if line.rstrip().endswith("\\"):
            gathered += line.rstrip()[:-1] + " "
            continue
        match = _INSTRUCTION.fullmatch(gathered + line)
        gathered = ""
        if match:
            yield start, match[1].upper(), match[2].strip()


def _copied(value: str) -> Iterator[str]:
    """The folders of the project from which a container takes its files."""
    words = [word for word in value.split() if not word.startswith("--")]
    for word in words[:-1]:
        path = PurePosixPath(word.strip("/\"',[]"))
        folder = path.parent if path.suffix else path
        if folder.parts and ".." not in folder.parts and "*" not in str(folder):
            yield f"{folder}/"


def _started(stage: Mapping[str, tuple[int, str]], flask: str) -> Iterator[tuple[int, Launch]]:
    """``CMD`` completes an ``ENTRYPOINT`` that is given word by word, and one that is a shell line stands alone."""
    forms = {name: (number, value, _words(value)) for name, (number, value) in stage.items()}
    entry, command = forms.get("ENTRYPOINT"), forms.get("CMD")
    if entry and entry[2] is not None:
        words = [*entry[2], *((command[2] or []) if command else [])]
        yield from ((entry[0], launch) for launch in launched(words, flask))
        if command and command[2] is not None:  # a script that ends with exec "$@"
            yield from ((command[0], launch) for launch in launched(command[2], flask))
        return
    for given in (entry, command):
        if given is None:
            continue
        found = launches(given[1], flask) if given[2] is None else launched(given[2], flask)
        yield from ((given[0], launch) for launch in found)
        return


def _words(value: str) -> list[str] | None:
    """The words of the exec form, None for a shell line."""
    try:
        words = json.loads(value) if value.startswith("[") else None
    except ValueError:
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _compose(text: str) -> Iterator[_Found]:
    """The ``command`` and ``entrypoint`` of each service, in the folder that it is built from."""
    places = Places(text)
    for service in _tables(_at(_description(text), "services")):
        build = service.get("build")
        context = build if isinstance(build, str) else _at(build, "context")
        hints = _folder(context)
        for key in ("command", "entrypoint"):
            yield from _given(service.get(key), places, hints)


def _heroku(text: str) -> Iterator[_Found]:
    places = Places(text)
    run = _at(_description(text), "run")
    for value in run.values() if isinstance(run, Mapping) else ():
        yield from _given(_at(value, "command") if isinstance(value, Mapping) else value, places, ())


def _render(text: str) -> Iterator[_Found]:
    places = Places(text)
    services = _at(_description(text), "services")
    for service in services if isinstance(services, list) else []:
        for key in ("startCommand", "dockerCommand"):
            yield from _given(_at(service, key), places, _folder(_at(service, "rootDir")))


def _app_engine(text: str) -> Iterator[_Found]:
    yield from _given(_at(_description(text), "entrypoint"), Places(text), ())


def _space(text: str) -> Iterator[_Found]:
    """The heading of a ``README`` that tells a hosting service what to start: ``sdk`` and ``app_file``."""
    front = _FRONT.match(text)
    if front is None:
        return
    loaded = _description(front[1])
    kind, script = _at(loaded, "sdk"), _at(loaded, "app_file")
    if kind in ("streamlit", "gradio") and isinstance(script, str):
        yield Places(text).of(script), Launch(kind, (script.removeprefix("./"),)), ()


def _script(text: str) -> Iterator[_Found]:
    for number, line in enumerate(text.splitlines()[:_LINES], start=1):
        if not line.lstrip().startswith("#"):
            for launch in launches(line):
                yield number, launch, ()


def _description(text: str) -> Any:
    """Raises Unreadable, also for more lists and tables than anyone writes: each takes its reader long."""
    if sum(map(text.count, ("[", "{", "- ", "? "))) > _NESTED:
        raise Unreadable("nested")
    return yaml_texts(text)


def _given(value: Any, places: Places, hints: tuple[str, ...]) -> Iterator[_Found]:
    """A command that is a line, or a list of words."""
    if isinstance(value, str):
        first = value.strip().splitlines()[:1]
        for launch in launches(" ; ".join(value.splitlines())):
            yield places.of(first[0]), launch, hints
    elif isinstance(value, list) and all(isinstance(word, str) for word in value):
        found = launched(value) or [launch for word in value for launch in launches(word)]
        for launch in found:
            yield places.of(value[0]), launch, hints


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _tables(value: Any) -> Iterator[Mapping[str, Any]]:
    for item in value.values() if isinstance(value, Mapping) else ():
        if isinstance(item, Mapping):
            yield item


def _folder(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str):
        return ()
    path = PurePosixPath(value.strip("/") or ".")
    return (f"{path}/",) if path.parts and ".." not in path.parts else ()


_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[_Found]]], ...] = tuple(
    (re.compile(rf"(?:^|/)(?:{pattern})$", re.IGNORECASE), read)
    for pattern, read in (
        (r"Procfile(?:\.\w+)?", _procfile),
        (r"(?:[\w.-]+\.)?(?:dockerfile|containerfile)(?:\.[\w-]+)?", _recipe),
        (r"(?:docker-)?compose[\w.-]*\.ya?ml", _compose),
        (r"heroku\.ya?ml", _heroku),
        (r"render\.ya?ml", _render),
        (r"app\.ya?ml", _app_engine),
        (r"README\.md", _space),
        (r"(?:[\w-]*(?:start|run|launch|entry|serve|deploy|startup)[\w-]*)\.(?:sh|bat|cmd|txt)|Makefile", _script),
    )
)

EXTRACTOR = Extractor("entries", 1, extract)
