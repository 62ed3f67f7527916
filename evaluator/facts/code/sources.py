"""The Python of a bundle: scripts and notebooks parsed into modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import FileEntry, Workspace, decode
from evaluator.facts.code.parse import parse_cell, parse_module, script_written
from evaluator.facts.code.values import ModuleCode
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
_ALL_SCRIPTS = 30 * MB
_FOREIGN_FOLDERS = {
    "site-packages", "node_modules", "__pycache__", ".git", ".venv", "venv", "env", ".ipynb_checkpoints", ".tox",
    "dist-packages", "__MACOSX",
}  # fmt: skip


def read_modules(workspace: Workspace) -> tuple[list[ModuleCode], dict[str, Any]]:
    """Every module of the bundle, and the error of each file that could not be read."""
    modules: list[ModuleCode] = []
    errors: dict[str, Any] = {}
    room = _ALL_SCRIPTS
    for entry in workspace.files:
        if _FOREIGN_FOLDERS & set(PurePosixPath(entry.path).parts[:-1]):
            continue
        try:
            if is_notebook(entry.path):
                modules.extend(_notebook(workspace, entry))
            elif entry.path.lower().endswith((".py", ".pyw")):
                room -= entry.size
                if room < 0:
                    raise SubmissionFault("code.too_much", path=entry.path, limit=_ALL_SCRIPTS)
                modules.append(_script(workspace, entry))
        except SubmissionFault as fault:
            errors[entry.path] = {"code": fault.code, "params": fault.params}
    return modules, errors


def _script(workspace: Workspace, entry: FileEntry) -> ModuleCode:
    text = decode(workspace.read_bytes(entry.path, _SCRIPT_BYTES))
    parsed = parse_module(text)
    module = _module(entry, [(None, parsed.body)])
    module.broken = [[None, line] for line in parsed.broken]
    module.source = text
    return module


def _notebook(workspace: Workspace, entry: FileEntry) -> Iterable[ModuleCode]:
    document = load_notebook(workspace.read_bytes(entry.path, NOTEBOOK_BYTES), entry.path)
    if language(document) not in {"python", "ipython", "python3", "python2"}:
        return
    blocks: list[tuple[int | None, tuple[ast.stmt, ...]]] = []
    broken: list[list[int | None]] = []
    for number, cell in enumerate(raw_cells(document)):
        if cell_type(cell) == "code":
            source = cell_source(cell)
            written = script_written(source)
            if written is not None:
                yield _module(entry, [(number, parse_module(written).body)])
            parsed = parse_cell(source)
            blocks.append((number, parsed.body))
            broken.extend([number, line] for line in parsed.broken)
    module = _module(entry, blocks)
    module.is_notebook, module.broken = True, broken
    yield module


def _module(entry: FileEntry, blocks: list[tuple[int | None, tuple[ast.stmt, ...]]]) -> ModuleCode:
    pure = PurePosixPath(entry.path)
    module = ModuleCode(entry.path, pure.stem, blocks, entry.sha256)
    for cell, body in blocks:
        for statement in body:
            for name in _defined(statement):
                module.hoisted.setdefault(name, (cell, statement))
            module.bound.update(_bound(statement))
    return module


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in statement.names if alias.name != "*"]
    return []


def _bound(statement: ast.stmt) -> set[str]:
    names = set(_defined(statement))
    try:
        names.update(
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
    except RecursionError:
        return names
    return names
