"""The forms in which Python dependencies are written, each read into entries. Pure: text in, entries out."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evaluator.facts.places import Places

_NAME = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL)
_EXACT = re.compile(r"\(?\s*===?\s*v?\d[^\s,;*]*\s*\)?")
_BARE = re.compile(r"v?\d+(\.\d+)*[^\s,;*]*")
_CONDA_EXACT = re.compile(r"={1,2}\s*v?\d[^\s,;*=]*(=[^\s,;]*)?")
_CONDA_LISTED = re.compile(r"=\d[^\s,;*=]*=[^\s,;*=]+")  # ``conda list --export``: name=version=build
_COMMIT = re.compile(r"(@[0-9a-f]{40}|#sha256=[0-9a-f]{64})", re.IGNORECASE)
_INCLUDE = re.compile(r"(?:-r|--requirement)[=\s]+(\S+)")
_PIP_ROW = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s+v?(\d\S*)(\s+\S.*)?")


class Unreadable(Exception):
    """The file is not in the form that its name announces."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One package: ``name`` normalised (PEP 503), ``spec`` as written, ``line`` 1-based."""

    name: str
    spec: str
    pinned: bool
    line: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def normalised(name: str) -> str:
    """PEP 503: one spelling for one project."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text: str, line: int) -> Entry | None:
    """One requirement specifier (PEP 508); None when it names nothing."""
    body = re.split(r"\s#|\s--", text, maxsplit=1)[0].strip()
    match = _NAME.fullmatch(body)
    if match is None:
        return None
    name, _, rest = match.groups()
    spec = rest.split(";", 1)[0].strip() if not rest.startswith("@") else rest
    if spec and spec[0] not in "=<>!~@(":
        return None
    exact = _EXACT.fullmatch(spec) or _CONDA_LISTED.fullmatch(spec)
    pinned = bool(exact) or bool(spec.startswith("@") and _COMMIT.search(spec))
    return Entry(normalised(name), spec[:200], pinned, line)


def requirements(text: str) -> list[Entry]:
    """A requirements file of pip: comments, options, continuations, hashes and editable installs are understood."""
    entries = []
    for number, line in _logical_lines(text):
        if line.startswith(("-e ", "--editable")):
            entries.append(_editable(line, number))
        elif line.startswith("-"):
            continue
        elif re.match(r"(git\+|https?:|file:|\.{1,2}/)", line):
            entries.append(_editable(line, number))
        elif found := requirement(line, number):
            entries.append(found)
    return entries


def includes(text: str) -> list[str]:
    """The files named by ``-r``, as written."""
    return [match[1] for _, line in _logical_lines(text) if (match := _INCLUDE.match(line))]


def conda(text: str) -> list[Entry]:
    """``environment.yml``; a single ``=`` pins, as conda exports it. Raises Unreadable."""
    loaded = yaml_texts(text)
    listed = loaded.get("dependencies") if isinstance(loaded, Mapping) else None
    places = Places(text)
    entries: list[Entry | None] = []
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, str):
            entries.append(_conda_entry(item, places.of(item)))
        elif isinstance(item, Mapping) and isinstance(item.get("pip"), list):
            inner = [value for value in item["pip"] if isinstance(value, str)]
            entries.extend(requirement(value, places.of(value)) for value in inner)
    return [entry for entry in entries if entry]


def pyproject(text: str) -> list[Entry]:
    """Runtime dependencies of PEP 621, else those of poetry. Raises Unreadable."""
    loaded = _toml(text)
    places = Places(text)
    listed = _table(loaded, "project").get("dependencies")
    if isinstance(listed, list):
        found = [requirement(item, places.of(item)) for item in listed if isinstance(item, str)]
        return [entry for entry in found if entry]
    poetry = _table(_table(_table(loaded, "tool"), "poetry"), "dependencies")
    return [_named(name, value, places) for name, value in poetry.items() if name.lower() != "python"]


def pipfile(text: str) -> list[Entry]:
    """Raises Unreadable."""
    places = Places(text)
    return [_named(name, value, places) for name, value in _table(_toml(text), "packages").items()]


def pip_list(text: str) -> list[Entry]:
    """What ``pip list`` or ``pip freeze`` printed."""
    rows = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    entries = []
    for number, line in rows:
        match = _PIP_ROW.fullmatch(line)
        if match:
            entries.append(Entry(normalised(match[1]), f"=={match[2]}", True, number))
        elif "==" in line and (found := requirement(line, number)):
            entries.append(found)
    return entries


def toml_lock(text: str) -> list[Entry]:
    """``uv.lock``, ``poetry.lock``, ``pdm.lock``. Raises Unreadable."""
    lines = text.splitlines()
    packages = _toml(text).get("package")
    places = {line.strip(): number for number, line in reversed(list(enumerate(lines, start=1)))}
    entries = []
    for package in packages if isinstance(packages, list) else []:
        name, version = (package.get(key) for key in ("name", "version")) if isinstance(package, dict) else (None, None)
        if isinstance(name, str) and isinstance(version, str):
            line = places.get(f'name = "{name}"', 1)
            entries.append(Entry(normalised(name), f"=={version}"[:200], True, line))
    return entries


def pipfile_lock(text: str) -> list[Entry]:
    """Raises Unreadable."""
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    places = Places(text)
    packages = _table(loaded, "default") if isinstance(loaded, dict) else {}
    return [_named(name, value, places) for name, value in packages.items()]


def yaml_texts(text: str) -> Any:
    """YAML with every scalar as it is written, and no merged keys, which grow without end. Raises Unreadable."""
    import yaml

    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (builds texts, lists and tables, nothing else)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(type(error).__name__) from error


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines joined over a final backslash, with the number of the first; without comments and blanks."""
    start, gathered = 0, ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip().lstrip("\ufeff").replace("\0", "")
        start = start if gathered else number
        if line.endswith("\\"):
            gathered += line[:-1] + " "
            continue
        whole, gathered = (gathered + line).strip(), ""
        if whole and not whole.startswith("#"):
            yield start, whole
    if gathered.strip() and not gathered.startswith("#"):
        yield start, gathered.strip()


def _editable(line: str, number: int) -> Entry:
    """A package by its address; pinned by a whole commit or digest only."""
    egg = re.search(r"#egg=([A-Za-z0-9._-]+)", line)
    address = line.split()[-1]
    name = egg[1] if egg else re.split(r"[/\\]", address.split("@")[0].rstrip("/"))[-1].removesuffix(".git")
    name = name if re.search(r"[A-Za-z0-9]", name) else "local"
    return Entry(normalised(name), address[:200], bool(_COMMIT.search(address)), number)


def _conda_entry(item: str, line: int) -> Entry | None:
    body = item.rpartition("::")[2].strip()
    match = re.fullmatch(r"([A-Za-z0-9_][A-Za-z0-9._-]*)\s*(.*)", body, re.DOTALL)
    if match is None:
        return None
    spec = match[2].strip()
    spec = f"={spec}" if re.match(r"\d", spec) else spec
    return Entry(normalised(match[1]), spec[:200], bool(_CONDA_EXACT.fullmatch(spec)), line)


def _named(name: str, value: Any, places: Places) -> Entry:
    """``name = "spec"`` or ``name = {version = "spec"}``; a bare version is exact for poetry."""
    spec = value.get("version", "") if isinstance(value, Mapping) else value
    spec = spec.strip() if isinstance(spec, str) else ""
    pinned = bool(_EXACT.fullmatch(spec) or _BARE.fullmatch(spec))
    return Entry(normalised(name), spec[:200], pinned, places.of(name))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise Unreadable(type(error).__name__) from error


def _table(loaded: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = loaded.get(name)
    return table if isinstance(table, dict) else {}
