"""How a project is built, tested and shipped: continuous integration, container recipes, SQL scripts, tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import own_files
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.facts.code.parse import parse_module
from evaluator.limits import KB, MB

_RECIPE_BYTES = 500 * KB
_SCRIPT_BYTES = 2 * MB
_FILES = 200
_LINES = 400
_LONGEST = 300
_TESTS = 2_000
_INTEGRATION = re.compile(
    r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)\.gitlab-ci\.ya?ml$|(?:^|/)Jenkinsfile$|(?:^|/)azure-pipelines[\w.-]*\.ya?ml$"
    r"|(?:^|/)\.circleci/config\.ya?ml$|(?:^|/)\.travis\.ya?ml$|(?:^|/)bitbucket-pipelines\.ya?ml$|(?:^|/)buildspec\.ya?ml$"
    r"|(?:^|/)cloudbuild\.ya?ml$|(?:^|/)\.drone\.ya?ml$"
)
_CONTAINER = re.compile(r"(?:^|/)(?:[\w.-]+\.)?(?:dockerfile|containerfile)(?:\.[\w-]+)?$", re.IGNORECASE)
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests?)\.py$")


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"files": {path: {"kind", "sha256", "lines": [[number, text]]}}, "tests": [...], "errors": {path: fault}}``.

    ``kind`` is ``integration``, ``container`` or ``sql``; ``lines`` are the first 400 that are neither empty nor
    comments, with their 1-based number. A test is ``{path, line, end_line, name, asserts, calls, sha256}``: a function
    that a test runner finds by its name, ``asserts`` the number of its assertions, ``calls`` the names that it calls.
    """
    files: dict[str, Any] = {}
    tests: list[dict[str, Any]] = []
    errors: dict[str, Any] = {}
    for entry in own_files(workspace):
        kind = _kind(entry.path)
        try:
            if kind and len(files) < _FILES:
                files[entry.path] = _recipe(workspace, entry, kind)
            elif _TEST_FILE.search(entry.path) and len(tests) < _TESTS:
                tests.extend(_tests(workspace, entry))
        except SubmissionFault as fault:
            errors[entry.path] = {"code": fault.code, "params": fault.params}
    return {"files": files, "tests": tests[:_TESTS], "errors": errors}


def _kind(path: str) -> str | None:
    if _INTEGRATION.search(path):
        return "integration"
    if _CONTAINER.search(path):
        return "container"
    return "sql" if path.lower().endswith(".sql") else None


def _recipe(workspace: Workspace, entry: FileEntry, kind: str) -> dict[str, Any]:
    text = decode(workspace.read_bytes(entry.path, _RECIPE_BYTES))
    mark = "--" if kind == "sql" else "//" if PurePosixPath(entry.path).name == "Jenkinsfile" else "#"
    lines = [
        [number, line.rstrip()[:_LONGEST]]
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith(mark)
    ]
    return {"kind": kind, "sha256": entry.sha256, "lines": lines[:_LINES]}


def _tests(workspace: Workspace, entry: FileEntry) -> Iterator[dict[str, Any]]:
    body = parse_module(decode(workspace.read_bytes(entry.path, _SCRIPT_BYTES))).body
    helpers = _asserting(body)
    for node in _functions(body):
        calls = sorted({name for item in ast.walk(node) if isinstance(item, ast.Call) and (name := _called(item))})
        yield {
            "path": entry.path,
            "line": node.lineno,
            "end_line": node.end_lineno or node.lineno,
            "name": node.name[:200],
            "asserts": _asserts(node) + sum(name.rpartition(".")[2] in helpers for name in calls),
            "calls": [name[:100] for name in calls[:40]],
            "sha256": entry.sha256,
        }


def _functions(body: Sequence[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions that a runner finds: ``test…`` at the top, or in a class."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node


def _asserting(body: Sequence[ast.stmt]) -> set[str]:
    """Names of the functions of a file that assert something for its tests."""
    functions = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.FunctionDef))
    return {node.name for node in functions if not node.name.startswith("test") and _asserts(node)}


def _called(call: ast.Call) -> str:
    names: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([*([node.id] if isinstance(node, ast.Name) else []), *reversed(names)])


def _asserts(node: ast.AST) -> int:
    """``assert``, unittest's ``assert…`` methods, ``pytest.raises`` and numpy's and pandas' ``assert_…``."""
    count = 0
    for item in ast.walk(node):
        if isinstance(item, ast.Assert):
            count += 1
        elif isinstance(item, ast.Call):
            last = _called(item).rpartition(".")[2]
            count += last.startswith("assert") or last in {"raises", "warns"}
    return count


EXTRACTOR = Extractor("delivery", 2, extract)
