"""Arithmetic, logic and comparisons over abstract values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from evaluator.facts.code import knowledge
from evaluator.facts.code.machine import Machine
from evaluator.facts.code.marks import (
    BOUNDS,
    COUNT,
    DIFFERENCE,
    MASK,
    SCALED,
    SPREAD,
    after_comparison,
    after_operator,
    marks_of,
)
from evaluator.facts.code.values import (
    NUMBERS,
    UNSEEN,
    Const,
    Group,
    Obj,
    Ref,
    Unknown,
    Value,
    beginning,
    chosen,
    constants,
    either,
    grow,
    known,
    reachable,
)

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.Is: operator.is_,
    ast.NotEq: operator.ne,
    ast.IsNot: operator.is_not,
}
_ORDERS = {ast.Lt: "operator.lt", ast.LtE: "operator.le", ast.Gt: "operator.gt", ast.GtE: "operator.ge"}


NO_ESTIMATOR = ("pandas.", "numpy.", "matplotlib.", "plotly.", "builtins.", "pathlib.")
_SET_INSIDE = 30


class Operators(Machine):
    """What operators make of values; a comparison or a power that tells something is noted as a call."""

    def _binop(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if isinstance(left, Group) and isinstance(right, Group) and isinstance(node.op, ast.Add):
            return grow(grow(Group(), left.items), right.items)
        if isinstance(left, Const) and isinstance(right, Const):
            folded = _fold(node.op, left.value, right.value)
            if folded is not None:
                return folded
        return self._computed(node, left, right)

    def _computed(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        """What an operator makes of values that are not all constants."""
        choice, marks, place = chosen(left) or chosen(right), after_operator(node.op, left, right), self.place(node)
        if _is_step(node):
            marks -= {DIFFERENCE}
        if isinstance(node.op, ast.Pow):
            self.record.call("operator.pow", [left, right], {}, place, self.frames, choice, self.loops)
        if SCALED in marks and SPREAD not in marks:
            self.record.call("operator.scale", [left, right], {}, place, self.frames, choice, self.loops)
        if start := _start(node.op, left):
            return Obj(UNSEEN, place, choice=choice, labels={"starts": start})
        if is_frame(left) or is_frame(right):
            return Obj(knowledge.FRAME, place, choice=choice, marks=marks)
        if isinstance(left, Group) and len(left.items) == 1 and isinstance(node.op, ast.Mult):
            return Obj("constant", place, choice=choice)
        if is_numbers(left) or is_numbers(right):
            return Obj(NUMBERS, place, choice=choice, marks=marks)
        return Obj(UNSEEN, place, choice=choice, marks=marks) if marks else Unknown(choice)

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            values = {not item for item in constants(value)}
            return Const(values.pop()) if len(values) == 1 else Unknown(chosen(value))
        if isinstance(node.op, ast.USub) and isinstance(value, Const) and isinstance(value.value, int | float):
            return known(-value.value)
        return value

    def _boolop(self, node: ast.BoolOp) -> Value:
        decisive = isinstance(node.op, ast.Or)
        kept: list[Value] = []
        for operand in node.values:
            value = self.evaluate(operand)
            values = {bool(item) for item in constants(value)}
            if values == {decisive}:
                return either([*kept, value]) if decisive else Const(False)
            if not values or operand is node.values[-1]:
                kept.append(value)
        return either(kept)

    def _compare(self, node: ast.Compare) -> Value:
        left = self.evaluate(node.left)
        rights = [self.evaluate(item) for item in node.comparators]
        if len(rights) == 1:
            values = {_compared(node.ops[0], item, rights[0]) for item in constants(left)}
            if len(values) == 1 and None not in values:
                return Const(values.pop())
        if any(type(kind) in _ORDERS for kind in node.ops):
            return self._ordered(node, [left, *rights])
        return Unknown(chosen(left) or any(chosen(item) for item in rights))

    def _ordered(self, node: ast.Compare, values: list[Value]) -> Value:
        """An order comparison: a mask over rows, when rows are compared; told when a bound was computed."""
        choice, marks, place = any(chosen(item) for item in values), after_comparison(values), self.place(node)
        if marks & BOUNDS:
            name = next(_ORDERS[type(kind)] for kind in node.ops if type(kind) in _ORDERS)
            self.record.call(name, values, {}, place, self.frames, choice, self.loops)
        return Obj(UNSEEN, place, choice=choice, marks=marks)

    def note_filter(self, name: str, value: Value, index: Value, node: ast.AST) -> None:
        """Rows of a table picked, or set, by an order comparison: ``frame[frame.x < 10]``, ``frame.loc[mask]``."""
        rows = index.items[0] if isinstance(index, Group) and index.items else index
        if MASK in marks_of(rows) and not isinstance(value, Group | Const):
            self.record.call(name, [value, rows], {}, self.place(node), self.frames, False, self.loops)

    def note_cut(self, value: Value, node: ast.Subscript) -> None:
        """The rows of a table before a computed position, and those after it: ``frame[:n]`` and ``frame[n:]``."""
        cut = node.slice
        if not isinstance(cut, ast.Slice) or (cut.lower is None) == (cut.upper is None):
            return
        bound = cut.lower or cut.upper
        table = value.owner if isinstance(value, Ref) and knowledge.last(value.name) in {"iloc", "loc"} else value
        if bound is None or table is None or not is_frame(table) or COUNT not in marks_of(self.evaluate(bound)):
            return
        sides = self.cuts.setdefault((id(table), ast.dump(bound)), (table, set()))[1]
        sides.add(cut.lower is None)
        if len(sides) == 2:
            self.record.call("operator.hold_out", [value], {}, self.place(node), self.frames, False, self.loops)

    def note_scaled(self, target: ast.expr, value: Value, node: ast.Assign) -> None:
        """Columns replaced by themselves less their mean, divided by their deviation."""
        if SCALED in marks_of(value) and SPREAD in marks_of(value):
            key = ast.dump(target.slice) if isinstance(target, ast.Subscript) else _named(target)
            if any(_named(item) == key for item in ast.walk(node.value)):
                self.record.call("operator.scale", [value], {}, self.place(node), self.frames, False, self.loops)

    def note_setting(self, holder: Value, name: str, value: Value, node: ast.AST) -> None:
        """A parameter of an estimator set as an attribute in a loop, as ``set_params`` would."""
        if not self.loops or not isinstance(holder, Obj):
            return
        for part in reachable(holder, _SET_INSIDE):
            if isinstance(part, Obj) and knowledge.is_class(part.type) and not part.type.startswith(NO_ESTIMATOR):
                given = {name: value}
                self.record.call(f"{part.type}.set_params", [], given, self.place(node), self.frames, False, self.loops)


def _is_step(node: ast.BinOp) -> bool:
    """The step from one item of a list to the next, ``x[i] - x[i - 1]``, which is no error."""
    one, other = node.left, node.right
    if not isinstance(one, ast.Subscript) or not isinstance(other, ast.Subscript):
        return False
    computed = isinstance(one.slice, ast.BinOp) or isinstance(other.slice, ast.BinOp)
    return computed and ast.dump(one.value) == ast.dump(other.value)


def _named(node: ast.AST) -> str:
    """The columns that a subscript picks, or a name."""
    if isinstance(node, ast.Subscript):
        return ast.dump(node.slice)
    return node.id if isinstance(node, ast.Name) else ""


def _start(kind: ast.operator, left: Value) -> str:
    """How a text that is joined or formatted starts, where that much is known."""
    if isinstance(kind, ast.Mod) and isinstance(left, Const):
        return beginning(left).partition("%")[0]
    return beginning(left) if isinstance(kind, ast.Add) else ""


def is_frame(value: Value) -> bool:
    """A frame, or a column taken from one as an attribute."""
    owner = value.owner if isinstance(value, Ref) else value
    return isinstance(owner, Obj) and owner.type == knowledge.FRAME


def is_numbers(value: Value) -> bool:
    """Whether ``value`` is a number that takes several values in turn."""
    if isinstance(value, Obj):
        return value.type == NUMBERS
    numbers = [item for item in constants(value) if isinstance(item, int | float) and not isinstance(item, bool)]
    return len(numbers) > 1


def _fold(kind: ast.operator, left: Any, right: Any) -> Value | None:
    """The constant that two constants make; only strings joined or formatted, sums and quotients."""
    if isinstance(kind, ast.Add) and type(left) is type(right) and isinstance(left, str | int | float):
        return known(left + right)
    if isinstance(kind, ast.Div) and isinstance(left, int | float) and isinstance(right, int | float) and right:
        return known(left / right)
    if isinstance(kind, ast.Mod) and isinstance(left, str) and "%s" in left and left.count("%") == 1:
        return known(left.replace("%s", str(right)))
    return None


def _compared(kind: ast.cmpop, left: Any, right: Value) -> bool | None:
    if isinstance(kind, ast.In | ast.NotIn) and isinstance(right, Group):
        members = [item.value for item in right.items if isinstance(item, Const)] + list(right.keys or ())
        if len(members) < len(right.items):
            return None
        return (left in members) == isinstance(kind, ast.In)
    if type(kind) in _COMPARE and isinstance(right, Const):
        return _COMPARE[type(kind)](left, right.value)
    return None
