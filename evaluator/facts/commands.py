"""What a command line starts: read as text, by the words that a shell would make of it, and never given to one.

``gunicorn --chdir api main:app`` starts the object ``app`` of ``api/main.py``; ``streamlit run home.py`` the script
``home.py``. Variables, pipes and whatever else a shell would work out are left as they are.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

_LONGEST = 2000
_WORDS = 200
_DEEPEST = 3
_BETWEEN = frozenset(";&|()")
_SETTING = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_OBJECT = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(?:\([^()]*\))?")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_SCRIPT = re.compile(r"[\w./ -]+\.py")
_PYTHON = re.compile(r"python(?:\d(?:\.\d+)?)?|py")
_BEFORE = {"exec", "nohup", "time", "env", "sudo", "command", "xvfb-run", "tini", "dumb-init", "--", "then", "do"}
_WITHIN = {"poetry": 2, "pipenv": 2, "uv": 2, "rye": 2, "pdm": 2, "hatch": 2}  # ``poetry run …``
_SHELLS = {"sh", "bash", "dash", "ash", "zsh"}
_SERVERS = {"gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "uwsgi"}
_DASHBOARDS = {"streamlit": ("run",), "panel": ("serve",), "gradio": ()}
_FOLDERS = {"--chdir", "--app-dir"}
_PROGRAM = re.compile(r"python|\bpy\b|flask|fastapi|gradio|panel|streamlit|corn|daphne|waitress|uwsgi|\bcd\b")
_FASTAPI = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py")
_FLASK = ("wsgi.py", "app.py")


@dataclass(frozen=True, slots=True)
class Launch:
    """``runner`` is the program that starts ``targets``, scripts in the order in which it would look for them.

    ``folder`` is where it stands, ``""`` or ending in ``/``, relative to where the command is given; ``object`` the
    name in the script that it serves, or ``""``.
    """

    runner: str
    targets: tuple[str, ...]
    object: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a shell would stand, and what it would have set, at some point of a line."""

    folder: str = ""
    flask: str = ""


def launches(text: str, flask: str = "") -> list[Launch]:
    """What the shell line ``text`` starts, in order; ``flask`` is the application that ``FLASK_APP`` names."""
    return list(_line(text, _Place(flask=flask), 0))


def launched(words: Sequence[str], flask: str = "") -> list[Launch]:
    """The same of a command given word by word."""
    return list(_command([str(word)[:_LONGEST] for word in words[:_WORDS]], _Place(flask=flask), 0))


def _line(text: str, place: _Place, depth: int) -> Iterator[Launch]:
    for words in _split(text):
        if words[0] == "cd" and len(words) > 1:
            place = replace(place, folder=_below(place.folder, words[1]))
            continue
        if words[0] == "export":
            words = words[1:]
        settings, words = _settings(words)
        place = replace(place, flask=settings.get("FLASK_APP", place.flask))
        yield from _command(words, place, depth)


def _split(text: str) -> Iterator[list[str]]:
    """The words of each command of a line; none of a line that no shell would read."""
    if not _PROGRAM.search(text):
        return
    reader = shlex.shlex(text[:_LONGEST], posix=True, punctuation_chars=";&|()")
    reader.whitespace_split = True
    reader.commenters = ""
    words: list[str] = []
    try:
        for word in [*list(reader)[:_WORDS], ";"]:
            if not _BETWEEN.issuperset(word):
                words.append(word)
            elif words:
                yield words
                words = []
    except ValueError:  # a quotation that is never closed
        return


def _settings(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The variables that are set before a command, and the command."""
    found: dict[str, str] = {}
    for number, word in enumerate(words):
        match = _SETTING.fullmatch(word)
        if match is None:
            return found, words[number:]
        found[match[1]] = match[2]
    return found, []


def _command(words: list[str], place: _Place, depth: int) -> Iterator[Launch]:
    words = _bare(words)
    if not words or depth > _DEEPEST:
        return
    program, rest = PurePosixPath(words[0]).name, words[1:]
    if program in _SHELLS:
        script = rest[rest.index("-c") + 1 :][:1] if "-c" in rest else []
        yield from (launch for line in script for launch in _line(line, place, depth + 1))
    elif _PYTHON.fullmatch(program):
        yield from _python(rest, place, depth)
    elif program in _SERVERS:
        yield from _served(program, rest, place)
    elif program in _DASHBOARDS:
        yield from _shown(program, rest, place)
    elif program == "flask":
        yield from _flask(rest, place)
    elif program == "fastapi" and rest[:1] in (["run"], ["dev"]):
        named = [word for word in rest[1:] if _SCRIPT.fullmatch(word)]
        yield Launch(program, tuple(named[:1]) or _FASTAPI, "", place.folder)


def _bare(words: list[str]) -> list[str]:
    """Without what stands before the command proper."""
    while words:
        name = PurePosixPath(words[0]).name
        if name in _BEFORE or _SETTING.fullmatch(words[0]):
            words = words[1:]
        elif name in _WITHIN and words[1:2] == ["run"]:
            words = words[_WITHIN[name] :]
        else:
            break
    return words


def _python(words: list[str], place: _Place, depth: int) -> Iterator[Launch]:
    """``python script.py``, ``python -m package.module``, ``python -m uvicorn …``."""
    for number, word in enumerate(words):
        if word == "-m" and words[number + 1 :]:
            module, rest = words[number + 1], words[number + 2 :]
            if module in _SERVERS | set(_DASHBOARDS) | {"flask", "fastapi"}:
                yield from _command([module, *rest], place, depth + 1)
            elif _MODULE.fullmatch(module):
                path = module.replace(".", "/")
                yield Launch("python", (f"{path}.py", f"{path}/__main__.py"), "", place.folder)
            return
        if not word.startswith("-"):
            if _SCRIPT.fullmatch(word):
                yield Launch("python", (_relative(word),), "", place.folder)
            return


def _served(program: str, words: list[str], place: _Place) -> Iterator[Launch]:
    """The object that a server of WSGI or ASGI is pointed at."""
    folder = place.folder
    for name, value in _options(words):
        folder = _below(folder, value) if name in _FOLDERS else folder
    for word in words:
        match = _OBJECT.fullmatch(word)
        if match:
            yield Launch(program, _files(match[1]), match[2], folder)
            return
    for before, word in zip(["", *words], words, strict=False):
        if _MODULE.fullmatch(word) and not (before.startswith("-") and "=" not in before):
            yield Launch(program, _files(word), "", folder)
            return


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    for word, following in zip(words, [*words[1:], ""], strict=False):
        name, equals, value = word.partition("=")
        yield name, value if equals else following


def _files(module: str) -> tuple[str, ...]:
    path = module.replace(".", "/")
    return (f"{path}.py", f"{path}/__init__.py")


def _shown(program: str, words: list[str], place: _Place) -> Iterator[Launch]:
    """The script that a dashboard server is given."""
    needed = _DASHBOARDS[program]
    if tuple(words[: len(needed)]) == needed:
        for word in words[len(needed) :]:
            if _SCRIPT.fullmatch(word):
                yield Launch(program, (_relative(word),), "", place.folder)
                return


def _flask(words: list[str], place: _Place) -> Iterator[Launch]:
    if "run" not in words:
        return
    named = next((value for name, value in _options(words) if name in ("--app", "-A")), place.flask)
    module, _, attribute = named.partition(":")
    attribute = re.sub(r"\(.*", "", attribute)
    if module.endswith(".py"):
        yield Launch("flask", (_relative(module),), attribute, place.folder)
    elif _MODULE.fullmatch(module):
        yield Launch("flask", _files(module), attribute, place.folder)
    elif not named:
        yield Launch("flask", _FLASK, "", place.folder)


def _relative(path: str) -> str:
    return str(PurePosixPath(path)).lstrip("/")


def _below(folder: str, step: str) -> str:
    """``folder`` after ``cd step``, ``""`` when that leaves where the command is given."""
    path = PurePosixPath(folder) / step
    if path.is_absolute() or ".." in path.parts or "$" in step:
        return ""
    text = str(path)
    return "" if text == "." else f"{text}/"
