"""Expressions evaluated over abstract values."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import takewhile

from evaluator.facts.code import knowledge
from evaluator.facts.code.members import element, member, subscript
from evaluator.facts.code.operators import Operators
from evaluator.facts.code.values import (
    UNKNOWN,
    UNSEEN,
    Const,
    Function,
    Group,
    Obj,
    Ref,
    Scope,
    Unknown,
    Value,
    chosen,
    constants,
    either,
    grow,
    known,
    options,
)


class Expressions(Operators):
    """Evaluates expressions; an expression that raises here would be a bug, so each kind is explicit."""

    def evaluate(self, node: ast.expr | None) -> Value:
        if node is None:
            return UNKNOWN
        self.spend()
        handler = getattr(self, "_" + type(node).__name__.lower(), None)
        return handler(node) if handler else self._other(node)

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a test is always true, always false, or neither (None)."""
        values = {bool(value) for value in constants(self.evaluate(node))}
        return values.pop() if len(values) == 1 else None

    def _other(self, node: ast.expr) -> Value:
        inside = [self.evaluate(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        return Unknown(any(chosen(value) for value in inside))

    def _constant(self, node: ast.Constant) -> Value:
        return known(node.value)

    def _name(self, node: ast.Name) -> Value:
        value = self.lookup(node.id)
        if isinstance(value, Ref) and knowledge.is_word_list(value.name):
            self.record.read(value.name, self.place(node), self.frames)
        return value

    def _attribute(self, node: ast.Attribute) -> Value:
        value = self.evaluate(node.value)
        found = [self.read(option, node.attr, node) for option in options(value)]
        return either(self._property(item, node) for item in found)

    def read(self, value: Value, name: str, node: ast.AST) -> Value:
        """The attribute ``name`` of ``value``, noted when its name tells something."""
        found = self.member(value, name)
        if isinstance(found, Ref) and knowledge.tells(found.name):
            self.record.read(found.name, self.place(node), self.frames)
        return found

    def _property(self, value: Value, node: ast.AST) -> Value:
        computed = isinstance(value, Function) and value.kind == "property" and value.owner is not None
        return self.call(value, [], {}, node) if computed else value

    def member(self, value: Value, name: str) -> Value:
        return member(self.project, value, name)

    def _call(self, node: ast.Call) -> Value:
        callee = self.evaluate(node.func)
        args: list[Value] = []
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                spread = self.evaluate(arg.value)
                args.extend(spread.items if isinstance(spread, Group) and spread.keys is None else [element(spread)])
            else:
                args.append(self.evaluate(arg))
        keywords: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            else:
                keywords.update(_spread(value))
        return self.call(callee, args, keywords, node)

    def _subscript(self, node: ast.Subscript) -> Value:
        value, index = self.evaluate(node.value), self.evaluate(node.slice)
        self.note_filter("operator.getitem", value, index, node)
        self.note_cut(value, node)
        return either(subscript(option, index) for option in options(value))

    def _ifexp(self, node: ast.IfExp) -> Value:
        test = self.evaluate(node.test)
        values = {bool(value) for value in constants(test)}
        if len(values) == 1:
            return self.evaluate(node.body if values.pop() else node.orelse)
        return either([self.evaluate(node.body), self.evaluate(node.orelse)])

    def _joinedstr(self, node: ast.JoinedStr) -> Value:
        parts: list[str] = []
        choice = whole = False
        for item in node.values:
            value = self.evaluate(item.value if isinstance(item, ast.FormattedValue) else item)
            choice = choice or chosen(value)
            whole = whole or not isinstance(value, Const)
            parts.append(str(value.value) if isinstance(value, Const) else "")
        if not whole:
            return known("".join(parts))
        start = "".join(takewhile(bool, parts))
        return Obj(UNSEEN, self.place(node), choice=choice, labels={"starts": start}) if start else Unknown(choice)

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        items: list[Value] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                spread = self.evaluate(item.value)
                items.extend(spread.items if isinstance(spread, Group) else [element(spread)])
            else:
                items.append(self.evaluate(item))
        return Group(items)

    _tuple = _list
    _set = _list

    def _dict(self, node: ast.Dict) -> Value:
        group = Group([], {})
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.evaluate(item)
            if key is None:
                merge(group, value)
                continue
            put(group, self.evaluate(key), value)
        return group

    def _listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        return Group([self._comprehended(node.generators, [node.elt])[0]])

    _setcomp = _listcomp
    _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp) -> Value:
        group = Group([], {})
        key, value = self._comprehended(node.generators, [node.key, node.value])
        put(group, key, value)
        return group

    def _comprehended(self, generators: Sequence[ast.comprehension], results: Sequence[ast.expr]) -> list[Value]:
        outer = self.scope
        self.scope = Scope(outer.module, outer)
        self.loops += 1
        try:
            for generator in generators:
                self.assign(generator.target, element(self.evaluate(generator.iter)))
                for test in generator.ifs:
                    self.evaluate(test)
            return [self.evaluate(result) for result in results]
        finally:
            self.scope = outer
            self.loops -= 1

    def _lambda(self, node: ast.Lambda) -> Value:
        return Function(node, self.scope, self.cell)

    def _namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.assign(node.target, value)
        return value

    def _starred(self, node: ast.Starred) -> Value:
        return self.evaluate(node.value)

    def _await(self, node: ast.Await | ast.YieldFrom) -> Value:
        return self.evaluate(node.value)

    _yieldfrom = _await

    def _yield(self, node: ast.Yield) -> Value:
        value = self.evaluate(node.value)
        if self.returns:
            self.returns[-1].append(Group([value]))
        return UNKNOWN


def _spread(value: Value) -> dict[str, Value]:
    """The arguments that ``**value`` gives; each may have the value of any dictionary that ``value`` may be."""
    given: dict[str, list[Value]] = {}
    for option in options(value):
        for key, item in (option.keys or {}).items() if isinstance(option, Group) else ():
            if isinstance(key, str):
                given.setdefault(key, []).append(item)
    return {key: either(items) for key, items in given.items()}


def put(group: Group, key: Value, value: Value) -> None:
    """Bind ``value`` to ``key`` in a dictionary, or to one of its keys when the key is not known."""
    grow(group, [value])
    for constant in constants(key):
        if group.keys is not None and len(group.keys) <= len(group.items):
            group.keys[constant] = value


def merge(group: Group, value: Value) -> None:
    for option in options(value):
        if isinstance(option, Group):
            grow(group, list(option.items))
            if group.keys is not None and option.keys:
                group.keys.update(option.keys)
