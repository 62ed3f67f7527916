"""Python source made parseable: IPython's magics neutralised, broken statements left out, line numbers kept."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

# Cell magics whose body is Python run in place.
_PYTHON_CELLS = {
    "time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "python3", "python", "heat", "snakeviz",
}  # fmt: skip
_STATEMENT_MAGIC = re.compile(r"^(\s*)%(?:time|timeit|prun|memit|lprun|mprun)((?:\s+-\w+(?:\s+\d+)?)*)\s+(.*)$")
_MAGIC = re.compile(r"^\s*(?:[%!?]|\.\.\.\s*[%!])|^\s*[\w.\[\]'\"()]+\?\??\s*$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*[\w.\[\]'\"][\w, .\[\]'\"]*=\s*)[!%].*$")
_WRITES = re.compile(r"%%writefile\s+(?:-a\s+)?\S+\.py\s*$")
_RUN = re.compile(r"^\s*%run\s+(?:-i\s+)?['\"]?(?:[^\s'\"]*/)?([A-Za-z_]\w*)\.py\b")
_RUN_NOTEBOOK = re.compile(r"^\s*%run\s+(?:-\w\s+)*(['\"]?)(.+?\.ipynb)\1\s*(?:#.*)?$")
_PYLAB = re.compile(r"^\s*%pylab\b")
# Commands that move files of a cloud storage: the only ones of the shell that a check looks at.
_COPY = re.compile(
    r"^\s*!\s*((?:aws\s+s3|gsutil|gcloud\s+storage|s3cmd|azcopy|hdfs\s+dfs|hadoop\s+fs)\s[^\\]*?)\s*(?:#.*)?$"
)
_CONTINUES = re.compile(r"^(?:else|elif|except|finally)\b|^[)\]}]")
_PRINT = re.compile(r"^(\s*)print\s+[^(=\s].*$|^(\s*)print\s*$")
_TRIPLE = re.compile(r"\"\"\"|'''")


@dataclass(frozen=True, slots=True)
class Parsed:
    """``body`` in order; ``broken`` holds the 1-based first line of each statement left out."""

    body: tuple[ast.stmt, ...]
    broken: tuple[int, ...] = ()


def parse_cell(source: str) -> Parsed:
    """Parse the source of a notebook cell."""
    lines = source.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].lstrip().startswith("%%"):
        words = lines[first].lstrip()[2:].split()
        if not words or words[0] not in _PYTHON_CELLS:
            return Parsed(())
        lines[first] = ""
        source = "\n".join(lines)
    return parse_module(source)


def script_written(source: str) -> str | None:
    """The script that a ``%%writefile name.py`` cell writes, line for line; None for any other cell."""
    lines = source.split("\n")
    return "\n".join(["", *lines[1:]]) if _WRITES.match(lines[0]) else None


def parse_module(source: str) -> Parsed:
    """Parse as a whole, then without magics, then statement by statement."""
    for text in (source, neutralise(source)):
        tree = _try(text)
        if tree is not None:
            return Parsed(tuple(tree))
    return _salvage(source)


def neutralise(source: str) -> str:
    """Magics and shell lines replaced by ``pass``, line for line; the statement of ``%time`` is kept."""
    kept: list[str] = []
    continued = False
    for line in source.splitlines():
        magic = continued or bool(_MAGIC.match(line))
        kept.append(_plain(line) if magic and not continued else ("" if continued else _assigned(line)))
        continued = magic and line.rstrip().endswith("\\")
    return "\n".join(kept)


def _plain(line: str) -> str:
    timed = _STATEMENT_MAGIC.match(line)
    if timed:
        return timed[1] + timed[3]
    indent = line[: len(line) - len(line.lstrip())]
    script = _RUN.match(line)
    if script:
        return f"{indent}from {script[1]} import *"
    notebook = _RUN_NOTEBOOK.match(line)
    if notebook:
        return f"{indent}get_ipython().run_line_magic('run', {notebook[2]!r})"
    command = _COPY.match(line)
    if command:
        return f"{indent}get_ipython().system({command[1]!r})"
    return indent + ("from pylab import *" if _PYLAB.match(line) else "pass")


def _assigned(line: str) -> str:
    found = _ASSIGNED_MAGIC.match(line)
    return f"{found[1]}None" if found else line


def _try(source: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # ast.parse raises any of these for hostile or broken source


def _salvage(source: str) -> Parsed:
    body: list[ast.stmt] = []
    broken: list[int] = []
    for start, lines in _blocks(source.splitlines()):
        text = "\n".join(lines)
        bare = neutralise(text)
        forms = (text, bare, _without_prints(bare))
        tree = next((found for form in forms if (found := _try(form)) is not None), None)
        if tree is None:
            broken.append(start + 1)
        else:
            body.extend(_moved(tree, start))
    return Parsed(tuple(body), tuple(broken))


def _moved(tree: list[ast.stmt], lines: int) -> list[ast.stmt]:
    """The statements, said to stand that many lines further down."""
    return [ast.increment_lineno(statement, lines) for statement in tree]


def _without_prints(source: str) -> str:
    """Python 2 print statements replaced, so that the function around them can still be read."""
    return "\n".join(
        (found[1] or found[2] or "") + "pass" if (found := _PRINT.match(line)) else line for line in source.split("\n")
    )


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that start at the margin; a triple-quoted string is never cut."""
    start, block, quote = 0, list[str](), ""
    for number, line in enumerate(lines):
        fresh = bool(line.strip()) and not line[0].isspace() and not _CONTINUES.match(line) and not quote
        decorated = bool(block) and block[-1].startswith("@")
        if fresh and block and not decorated:
            yield start, block
            block = []
        if not block:
            start = number
        block.append(line)
        quote = _open_quote(line, quote)
    if block:
        yield start, block


def _open_quote(line: str, quote: str) -> str:
    for mark in _TRIPLE.findall(line.split("#")[0] if not quote else line):
        if not quote:
            quote = mark
        elif mark == quote:
            quote = ""
    return quote
