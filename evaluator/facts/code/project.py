"""The project's own modules: read, found by the names they are imported by, loaded once."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from evaluator.facts.code import knowledge
from evaluator.facts.code.machine import Machine, OutOfBudget
from evaluator.facts.code.values import UNKNOWN, Const, Function, Klass, Module, ModuleCode, Ref, Scope, Value

if TYPE_CHECKING:
    from evaluator.facts.code.record import Record


class Project:
    """Every readable module and notebook of the bundle."""

    def __init__(self, modules: Iterable[ModuleCode], record: Record) -> None:
        self.modules = list(modules)
        self.record = record
        self._scripts = {module.path: module for module in self.modules if not module.is_notebook}
        self._loaded: dict[str, Scope] = {}
        self._definitions: dict[str, list[ModuleCode]] = {}
        for module in self._scripts.values():
            for name, (_, statement) in module.hoisted.items():
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    self._definitions.setdefault(name, []).append(module)
        for module in self.modules:
            sources = _imported(module)
            module.libraries = {knowledge.root(source) for source in sources}
            module.open_imports = any(self._is_open(source, module) for source in sources)

    def _is_open(self, source: str, module: ModuleCode) -> bool:
        return not knowledge.is_library(source) and self.find(source, module) is None

    def find(self, dotted: str, importer: ModuleCode) -> ModuleCode | None:
        """The module that ``importer`` means by ``dotted``, nearest first; None when it is not in the bundle."""
        level = len(dotted) - len(dotted.lstrip("."))
        inner = PurePosixPath(*dotted.lstrip(".").split("."))
        here = PurePosixPath(importer.path).parent
        if level:
            for _ in range(level - 1):
                here = here.parent
            return self._at(here / inner) if dotted.strip(".") else self._at(here)
        for folder in (here, *here.parents):
            found = self._at(folder / inner)
            if found is not None:
                return found
        return None if knowledge.is_library(dotted) else self._by_suffix(inner, here)

    def _at(self, path: PurePosixPath) -> ModuleCode | None:
        return self._scripts.get(f"{path}.py") or self._scripts.get(str(path / "__init__.py"))

    def _by_suffix(self, inner: PurePosixPath, here: PurePosixPath) -> ModuleCode | None:
        """A module in a folder put on the path by other means (``sys.path``, ``PYTHONPATH``, a working folder)."""
        ends = (f"/{inner}.py", f"/{inner}/__init__.py")
        found = [module for path, module in self._scripts.items() if f"/{path}".endswith(ends)]
        return max(found, key=lambda module: _shared_folders(module.path, here), default=None)

    def module_value(self, machine: Machine, dotted: str, importer: ModuleCode) -> Value:
        """What ``import dotted`` binds: a module of the project, else the library's name."""
        found = self.find(dotted, importer)
        if found is not None and found is not importer:
            return Module(self._load(machine, found))
        return Ref(knowledge.canonical(dotted)) if dotted.strip(".") else UNKNOWN

    def submodule(self, package: ModuleCode, name: str) -> Value | None:
        """``name`` as a module of ``package``, when it was already loaded or stands beside it."""
        found = self._at(PurePosixPath(package.path).parent / name)
        return Module(self._loaded[found.path]) if found is not None and found.path in self._loaded else None

    def executed(self, machine: Machine, path: str, importer: ModuleCode) -> Value:
        """What running the script or the notebook ``path`` in place defines; nothing known when it is not there."""
        name = _composed(PurePosixPath(path.replace("\\", "/")).name)
        here = PurePosixPath(importer.path).parent
        found = [module for module in self.modules if _composed(PurePosixPath(module.path).name) == name]
        nearest = max(found, key=lambda module: _shared_folders(module.path, here), default=None)
        return UNKNOWN if nearest is None or nearest is importer else Module(self._load(machine, nearest))

    def only_definition(self, name: str) -> Value | None:
        """The one top-level function or class of that name in the project's modules, when there is exactly one."""
        modules = self._definitions.get(name, [])
        scope = self._loaded.get(modules[0].path) if len(modules) == 1 else None
        value = scope.names.get(name) if scope is not None else None
        return value if isinstance(value, Function | Klass) else None

    def load_all(self, machine: Machine) -> None:
        """Load every module that defines something, so that notebooks find it whatever the import was."""
        for module in self._scripts.values():
            self._load(machine, module)

    def _load(self, machine: Machine, module: ModuleCode) -> Scope:
        if module.path in self._loaded:
            return self._loaded[module.path]
        scope = Scope(module, names={"__name__": Const(module.dotted)})
        self._loaded[module.path] = scope
        loader = type(machine)(self, self.record)
        self.record.muted += 1
        try:
            run_module(loader, module, scope)
        finally:
            self.record.muted -= 1
        return scope


def run_module(machine: Machine, module: ModuleCode, scope: Scope) -> None:
    """Run every block of ``module`` in ``scope``; a statement out of budget or too deep is left out."""
    for cell, body in module.blocks:
        for statement in body:
            if not machine.begin(scope, cell):
                return
            try:
                machine.run([statement])
            except (OutOfBudget, RecursionError):
                machine.record.truncated.add(module.path)


def _imported(module: ModuleCode) -> set[str]:
    names: set[str] = set()
    for _, body in module.blocks:
        for statement in body:
            if isinstance(statement, ast.Import):
                names.update(alias.name for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom):
                names.add("." * statement.level + (statement.module or ""))
    return names


def _composed(name: str) -> str:
    """A file name with its accents composed: archives made on macOS decompose them."""
    return unicodedata.normalize("NFC", name)


def _shared_folders(path: str, here: PurePosixPath) -> int:
    folders = PurePosixPath(path).parent.parts
    return sum(one == other for one, other in zip(folders, here.parts, strict=False))
