"""Static analysis of the project's Python: what is really called, on what, and from where.

Notebooks and scripts are walked by an abstract interpreter: names are resolved to the libraries they come from,
objects are followed from construction to use, the project's own functions and classes are entered with the
arguments given to them. What stands in comments, strings, dead branches or functions that nothing calls leaves
no trace.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evaluator.facts.base import Extractor, Workspace
from evaluator.facts.code.mounting import under_prefixes
from evaluator.facts.code.project import Project, run_module
from evaluator.facts.code.record import Record
from evaluator.facts.code.sources import read_modules
from evaluator.facts.code.statements import Interpreter
from evaluator.facts.code.values import Const, ModuleCode, Scope
from evaluator.limits import MB

_STACK = 12_000
_SOURCES = 8 * MB


def extract(workspace: Workspace) -> dict[str, Any]:
    """Facts of the whole bundle.

    ``{"modules": {path: {"sha256", "notebook", "broken": [[cell, line]]}}, "sources": {path: text of a script},
    "errors": {path: {code, params}}, "truncated": [path], "calls": [...], "reads": [...], "fits": [...],
    "lost": [...], "apps": [...], "routes": [...]}``; places are ``[path, cell, line, end_line]``.
    """
    modules, errors = read_modules(workspace)
    record = Record()
    with _deep_stack():
        project = Project(modules, record)
        project.load_all(Interpreter(project, record))
        for module in _in_reading_order(modules):
            scope = Scope(module, names={"__name__": Const("__main__")})
            run_module(Interpreter(project, record), module, scope)
    under_prefixes(record.routes, record.mounts)
    return {
        "modules": {
            module.path: {"sha256": module.sha256, "notebook": module.is_notebook, "broken": module.broken}
            for module in modules
        },
        "sources": _sources(modules, record),
        "errors": errors,
        "truncated": sorted(record.truncated),
        "calls": record.calls,
        "reads": record.reads,
        "fits": record.fits,
        "lost": record.lost,
        "apps": record.apps,
        "routes": record.routes,
    }


def _sources(modules: list[ModuleCode], record: Record) -> dict[str, str]:
    """The text of the scripts that something points at, within a total."""
    named: set[str] = {place[0] for event in record.events() for place in (event["at"], *event["via"])}
    named.update(fit["built"][0] for fit in record.fits)
    named.update(route["path"] for route in record.routes)
    kept: dict[str, str] = {}
    room = _SOURCES
    for module in modules:
        if module.path in named and not module.is_notebook and len(module.source) <= room:
            kept[module.path] = module.source
            room -= len(module.source)
    return kept


def _in_reading_order(modules: list[ModuleCode]) -> list[ModuleCode]:
    """Notebooks first: they show the work in the order in which it is told."""
    return sorted(modules, key=lambda module: (not module.is_notebook, module.path))


@contextmanager
def _deep_stack() -> Iterator[None]:
    """Long method chains nest deeply; the limit is put back because the caller may be another program."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


EXTRACTOR = Extractor(name="code", version=12, extract=extract)
