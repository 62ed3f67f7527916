"""How the Python of a bundle is written: functions with their comments and complexity, imports that nothing uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import own_files
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.facts.code.parse import Parsed, parse_cell, parse_module
from evaluator.facts.notebooks import (
    NOTEBOOK_BYTES,
    cell_source,
    cell_type,
    is_notebook,
    language,
    load_notebook,
    raw_cells,
)
from evaluator.limits import MB

_SCRIPT_BYTES = 2 * MB
_ALL_BYTES = 60 * MB
_MOST = 5_000
_EXCERPT = 200
_COMMENT = re.compile(r"(?:^|\s)#+[!:]?\s*(.*\w.*)$")
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.match_case)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PYTHON = {"python", "ipython", "python2", "python3"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A script, or one cell of a notebook (``cell`` 0-based)."""

    entry: FileEntry
    cell: int | None
    lines: Sequence[str]
    parsed: Parsed


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"functions": [...], "unused": [...], "broken": [...], "files": n, "truncated", "errors": {path: fault}}``.

    Each has ``path``, ``cell``, ``line`` and ``excerpt``, the line pointed at. A function adds
    ``{end_line, name, comment, complexity, lines, sha256}``: ``comment`` is ``docstring``, ``comment`` or None,
    ``complexity`` is McCabe's (A complexity measure, IEEE TSE, 1976). An unused import adds its ``name``; what is
    broken is a statement that does not parse.
    """
    found: dict[str, list[dict[str, Any]]] = {"functions": [], "unused": [], "broken": []}
    errors: dict[str, Any] = {}
    files, room = 0, _ALL_BYTES
    for entry in own_files(workspace):
        room -= entry.size if is_notebook(entry.path) or _is_script(entry.path) else 0
        if room < 0:
            break
        try:
            pieces = list(_pieces(workspace, entry))
        except SubmissionFault as fault:
            errors[entry.path] = {"code": fault.code, "params": fault.params}
            continue
        files += bool(pieces)
        _note(pieces, found)
    truncated = room < 0 or any(len(items) > _MOST for items in found.values())
    kept = {name: items[:_MOST] for name, items in found.items()}
    return {**kept, "files": files, "truncated": truncated, "errors": errors}


def _is_script(path: str) -> bool:
    return path.lower().endswith((".py", ".pyw"))


def _pieces(workspace: Workspace, entry: FileEntry) -> Iterator[Piece]:
    """The code of a file; nothing when it is not Python."""
    if _is_script(entry.path):
        text = decode(workspace.read_bytes(entry.path, _SCRIPT_BYTES))
        yield Piece(entry, None, text.splitlines(), parse_module(text))
    elif is_notebook(entry.path):
        document = load_notebook(workspace.read_bytes(entry.path, NOTEBOOK_BYTES), entry.path)
        cells = enumerate(raw_cells(document)) if language(document) in _PYTHON else ()
        for number, cell in cells:
            if cell_type(cell) == "code":
                source = cell_source(cell)
                yield Piece(entry, number, source.splitlines(), parse_cell(source))


def _note(pieces: Sequence[Piece], found: dict[str, list[dict[str, Any]]]) -> None:
    for piece in pieces:
        found["functions"].extend(_functions(piece))
        found["broken"].extend(_place(piece, line) for line in piece.parsed.broken)
    if pieces and not any(piece.parsed.broken for piece in pieces):
        found["unused"].extend(_unused(pieces))


def _place(piece: Piece, line: int) -> dict[str, Any]:
    excerpt = piece.lines[line - 1].strip()[:_EXCERPT] if line <= len(piece.lines) else ""
    return {"path": piece.entry.path, "cell": piece.cell, "line": line, "excerpt": excerpt}


def _functions(piece: Piece) -> Iterator[dict[str, Any]]:
    told = _constructors_told(piece.parsed.body)
    for node in _walk(piece.parsed.body):
        if isinstance(node, _FUNCTIONS):
            end = node.end_lineno or node.lineno
            yield _place(piece, node.lineno) | {
                "end_line": end,
                "name": node.name[:200],
                "comment": "docstring" if node in told else _commented(node, piece.lines),
                "complexity": complexity(node),
                "lines": end - node.lineno + 1,
                "sha256": piece.entry.sha256,
            }


def _constructors_told(body: Iterable[ast.stmt]) -> set[ast.AST]:
    """``__init__`` of the classes that have a docstring, which tells how they are built."""
    classes = (node for node in _walk(body) if isinstance(node, ast.ClassDef) and ast.get_docstring(node))
    return {item for node in classes for item in node.body if isinstance(item, _FUNCTIONS) and item.name == "__init__"}


def _walk(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)


def _commented(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: Sequence[str]) -> str | None:
    if (ast.get_docstring(node) or "").strip():
        return "docstring"
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    start = first - 1 if first > 0 and lines[first - 1].lstrip().startswith("#") else first
    return "comment" if any(_is_comment(line) for line in lines[start : node.end_lineno]) else None


def _is_comment(line: str) -> bool:
    """Words after a ``#``: code put out of the way is not a comment."""
    found = _COMMENT.search(line)
    return found is not None and _quotes_are_even(line[: found.start()]) and not _is_code(found[1].strip())


def _quotes_are_even(before: str) -> bool:
    """Whether a ``#`` after this text stands outside a string, as far as one line tells."""
    return before.count('"') % 2 == 0 and before.count("'") % 2 == 0


def _is_code(text: str) -> bool:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text.rstrip().endswith((":", "(", "[", "{", ",")) and "=" in text
    return not all(isinstance(item, ast.Expr) and isinstance(item.value, ast.Name | ast.Constant) for item in body)


def complexity(node: ast.AST) -> int:
    """One, plus one for each place where the way parts; functions inside count for themselves."""
    total, queue = 1, list(ast.iter_child_nodes(node))
    while queue:
        item = queue.pop()
        if isinstance(item, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            continue
        total += isinstance(item, _BRANCHES)
        total += len(item.values) - 1 if isinstance(item, ast.BoolOp) else 0
        queue.extend(ast.iter_child_nodes(item))
    return total


def _unused(pieces: Sequence[Piece]) -> Iterator[dict[str, Any]]:
    """Imported names that no cell, or no line of the script, reads."""
    if pieces[0].entry.path.endswith("__init__.py"):
        return  # a package imports in order to offer
    used = set().union(*(_names_read(piece.parsed.body) for piece in pieces))
    for piece in pieces:
        for node in _walk(piece.parsed.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                unread = [name for name in _imported(node) if name not in used]
                yield from (_place(piece, node.lineno) | {"name": name[:200]} for name in unread)


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    names = node.names if node.module != "__future__" else []
    return [alias.asname or alias.name for alias in names if alias.name != "*"]


def _names_read(body: Iterable[ast.stmt]) -> set[str]:
    read: set[str] = set()
    for node in _walk(body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            read.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            read.add(node.value)  # ``__all__``, or a name looked up
    return read


EXTRACTOR = Extractor("quality", 3, extract)
