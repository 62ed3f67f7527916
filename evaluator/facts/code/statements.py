"""Statements: names bound, branches taken when they can be, dead code left alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from evaluator.facts.code import knowledge, web
from evaluator.facts.code.definitions import Definitions
from evaluator.facts.code.expressions import put
from evaluator.facts.code.marks import note_columns, settle
from evaluator.facts.code.members import element, subscript
from evaluator.facts.code.values import (
    NUMBERS,
    UNKNOWN,
    Const,
    Group,
    Instance,
    Klass,
    Obj,
    Value,
    chosen,
    constants,
    either,
    grow,
    options,
)


class Interpreter(Definitions):
    """Runs blocks of statements; ``run`` answers whether the block always leaves (return, raise, continue)."""

    def run(self, statements: Sequence[ast.stmt]) -> bool:
        for statement in statements:
            self.spend()
            handler = getattr(self, "_do_" + type(statement).__name__.lower(), None)
            if handler is not None and handler(statement):
                return True
        return False

    def hoist(self, name: str, cell: int | None, statement: ast.stmt) -> Value:
        """A definition or an import that stands further down: cells are not always run in order."""
        here, at = self.scope, self.cell
        self.scope, self.cell = self.scope.top(), cell
        self.record.muted += 1
        try:
            self.run([statement])
            return self.scope.names.get(name, UNKNOWN)
        finally:
            self.record.muted -= 1
            self.scope, self.cell = here, at

    # Bindings

    def assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                settle(value)
                self.scope.bind(name, value)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._unpack(targets, value)
            case ast.Starred(value=inner):
                self.assign(inner, Group([element(value)]))
            case ast.Attribute(value=owner, attr=name):
                holder = self.evaluate(owner)
                self._set_attribute(holder, name, value)
                self.note_setting(holder, name, value, target)
            case ast.Subscript(value=owner, slice=index):
                holder, key = self.evaluate(owner), self.evaluate(index)
                self.note_filter("operator.setitem", holder, key, target)
                self._set_item(holder, key, value)

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        starred = any(isinstance(target, ast.Starred) for target in targets)
        for position, target in enumerate(targets):
            parts = []
            for option in options(value):
                known = isinstance(option, Group) and option.keys is None and len(option.items) == len(targets)
                parts.append(subscript(option, Const(position)) if known and not starred else element(option))
            self.assign(target, either(parts))

    def _set_attribute(self, owner: Value, name: str, value: Value) -> None:
        for option in options(owner):
            if isinstance(option, Instance):
                option.attributes[name] = value
            elif isinstance(option, Klass):
                option.body[name] = value

    def _set_item(self, owner: Value, index: Value, value: Value) -> None:
        for option in options(owner):
            if isinstance(option, Group):
                put(option, index, value)
            elif isinstance(option, Obj) and option.type in knowledge.CONSTANTS:
                option.type = "numpy.ndarray"  # filled item by item: no longer one constant
            else:
                note_columns(option, index, value)

    def _do_assign(self, node: ast.Assign) -> bool:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.note_scaled(target, value, node)
            self.assign(target, value)
            web.note_application(self, target, value, node)
        return False

    def _do_annassign(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            value = self.evaluate(node.value)
            self.assign(node.target, value)
            web.note_application(self, node.target, value, node)
        return False

    def _do_augassign(self, node: ast.AugAssign) -> bool:
        value = self.evaluate(node.value)
        before = self.evaluate(node.target)
        if isinstance(before, Group) and isinstance(value, Group):
            grow(before, list(value.items))
        else:
            self.assign(node.target, either([before, value]))
        return False

    def _do_expr(self, node: ast.Expr) -> bool:
        self.evaluate(node.value)
        if isinstance(node.value, ast.Call):
            for path in self._executed(node.value):
                self._import_all(self.project.executed(self, path, self.scope.module))
        return False

    def _executed(self, node: ast.Call) -> Iterator[str]:
        """Scripts and notebooks run in place: ``exec(open("tools.py").read())``, ``%run tools.ipynb``."""
        called = node.func
        if isinstance(called, ast.Name) and called.id == "exec":
            for call in ast.walk(node):
                opens = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "open"
                if opens and isinstance(call, ast.Call) and call.args:
                    yield from map(str, constants(self.evaluate(call.args[0])))
        elif isinstance(called, ast.Attribute) and called.attr in {"run_line_magic", "magic"} and node.args:
            yield from (str(text).removeprefix("run ").strip() for text in constants(self.evaluate(node.args[-1])))

    def _do_global(self, node: ast.Global | ast.Nonlocal) -> bool:
        self.scope.shared.update(node.names)
        return False

    _do_nonlocal = _do_global

    # Leaving

    def _do_return(self, node: ast.Return) -> bool:
        value = self.evaluate(node.value) if node.value else Const(None)
        if self.returns:
            self.returns[-1].append(value)
        return True

    def _do_raise(self, node: ast.Raise) -> bool:
        self.evaluate(node.exc)
        return True

    def _do_continue(self, node: ast.Continue | ast.Break) -> bool:
        return True

    _do_break = _do_continue

    # Branches

    def _do_if(self, node: ast.If) -> bool:
        test = self.evaluate(node.test)
        known = {bool(option.value) if isinstance(option, Const) else None for option in options(test)}
        if len(known) == 1 and None not in known and not self._is_switch(node.test):
            return self.run(node.body if known.pop() else node.orelse)
        return self._branches([node.body, node.orelse], chosen(test))

    def _is_switch(self, test: ast.expr) -> bool:
        """A flag at the top of a module (``RETRAIN = False``) is turned by hand: what it guards was run once."""
        name = test.operand if isinstance(test, ast.UnaryOp) else test
        return isinstance(name, ast.Name) and name.id in self.scope.top().names and not self._is_local(name.id)

    def _is_local(self, name: str) -> bool:
        return self.scope.outer is not None and name in self.scope.names

    def _branches(self, blocks: Sequence[Sequence[ast.stmt]], choice: bool) -> bool:
        """Each block from the same start; afterwards a name may have the value of any block that does not leave."""
        before, after, left = dict(self.scope.names), list[dict[str, Value]](), list[bool]()
        self.choice += choice
        for block in blocks:
            self.scope.names = dict(before)
            left.append(self.run(block))
            if not left[-1]:
                after.append(self.scope.names)
        self.choice -= choice
        self.scope.names = _joined(before, after) if after else before
        return all(left)

    def _do_for(self, node: ast.For | ast.AsyncFor) -> bool:
        self.assign(node.target, element(self.evaluate(node.iter)))
        self.loops += 1
        self.run(node.body)
        self.loops -= 1
        self.run(node.orelse)
        return False

    _do_asyncfor = _do_for

    def _do_while(self, node: ast.While) -> bool:
        if self.truth(node.test) is not False:
            self._count_on(node)
            self.loops += 1
            self.run(node.body)
            self.loops -= 1
        return self.run(node.orelse) and False

    def _count_on(self, node: ast.While) -> None:
        """A number that the body of a loop adds to takes several values in turn."""
        for item in ast.walk(node):
            if isinstance(item, ast.AugAssign) and isinstance(item.target, ast.Name):
                before = self.scope.names.get(item.target.id)
                if isinstance(before, Const) and isinstance(before.value, int | float):
                    self.scope.bind(item.target.id, Obj(NUMBERS, self.place(item)))

    def _do_with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            value = self.evaluate(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        return self.run(node.body)

    _do_asyncwith = _do_with

    def _do_try(self, node: ast.Try) -> bool:
        left = self.run(node.body)
        for handler in node.handlers:
            self._branches([handler.body, []], False)
        left = (not left and self.run(node.orelse)) or (left and not node.handlers)
        return self.run(node.finalbody) or left

    _do_trystar = _do_try

    def _do_match(self, node: ast.Match) -> bool:
        subject = self.evaluate(node.subject)
        for case in node.cases:
            for name in ast.walk(case.pattern):
                if isinstance(name, ast.MatchAs) and name.name:
                    self.scope.bind(name.name, subject)
        return self._branches([*(case.body for case in node.cases), []], chosen(subject))


def _joined(before: dict[str, Value], after: Sequence[dict[str, Value]]) -> dict[str, Value]:
    names = {name for names in after for name in names}
    joined: dict[str, Value] = {}
    for name in names:
        values = [scope[name] for scope in after if name in scope]
        same = all(value is values[0] for value in values)
        joined[name] = values[0] if same else either(values)
    return joined
