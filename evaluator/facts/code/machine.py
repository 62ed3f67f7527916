"""The state shared by the parts of the interpreter: where it stands, what it may still spend, how names are found."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluator.facts.code import knowledge
from evaluator.facts.code.record import Record
from evaluator.facts.code.values import Function, Place, Ref, Scope, Value, either

if TYPE_CHECKING:
    from evaluator.facts.code.project import Project

_MODULE_STEPS = 400_000
_STATEMENT_STEPS = 60_000
_BUILTINS = set(dir(builtins)) | {"display", "get_ipython"}


class OutOfBudget(Exception):
    """The code asks for more steps than a statement or a module may use."""


class Machine:
    """Base of the interpreter. One machine walks one entry: a notebook, or a script run as a program."""

    def __init__(self, project: Project, record: Record) -> None:
        self.project = project
        self.record = record
        self.cell: int | None = None
        self.scope: Scope
        self.frames: list[Place] = []
        self.active: list[Function] = []
        self.returns: list[list[Value]] = []
        self.choice = 0
        self.loops = 0
        self.cuts: dict[tuple[int, str], tuple[Value, set[bool]]] = {}  # tables cut at a position, on which sides
        self.left = _MODULE_STEPS
        self.stop_at = 0

    def spend(self) -> None:
        self.left -= 1
        if self.left < self.stop_at:
            raise OutOfBudget

    def begin(self, scope: Scope, cell: int | None) -> bool:
        """Stand before a statement at the top of a module, with its share of steps; False when none are left."""
        self.scope, self.cell, self.choice = scope, cell, 0
        self.stop_at = max(0, self.left - _STATEMENT_STEPS)
        return self.left > 0

    def place(self, node: ast.AST) -> Place:
        line = getattr(node, "lineno", 1)
        return Place(self.scope.module.path, self.cell, line, getattr(node, "end_lineno", None) or line)

    def lookup(self, name: str) -> Value:
        """The value of a name; a name bound further down, or by a usual alias, when it is not bound yet."""
        found = self.scope.find(name)
        if found is not None:
            return found
        hoisted = self.scope.module.hoisted.get(name)
        if hoisted is not None:
            return self.hoist(name, *hoisted)
        if name in _BUILTINS:
            return Ref(f"builtins.{name}")
        if name in knowledge.USUAL_ALIASES and name not in self.scope.module.bound:
            return Ref(knowledge.USUAL_ALIASES[name])
        if self.scope.module.open_imports and (local := self.project.only_definition(name)) is not None:
            return local
        return either(Ref(knowledge.canonical(f"{source}.{name}")) for source in self.scope.module.stars)

    def hoist(self, name: str, cell: int | None, statement: ast.stmt) -> Value:
        raise NotImplementedError

    def evaluate(self, node: ast.expr | None) -> Value:
        raise NotImplementedError

    def run(self, statements: Sequence[ast.stmt]) -> bool:
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value) -> None:
        raise NotImplementedError

    def call(self, callee: Value, args: Sequence[Value], keywords: Mapping[str, Value], node: ast.AST) -> Value:
        raise NotImplementedError
