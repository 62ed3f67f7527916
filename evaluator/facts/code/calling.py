"""Calls: of libraries (recorded), of the project's own functions and classes (followed)."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from evaluator.facts.code import figures, knowledge, web
from evaluator.facts.code.binding import bind_arguments
from evaluator.facts.code.containers import call_builtin
from evaluator.facts.code.expressions import Expressions
from evaluator.facts.code.handing import Besides, given_besides
from evaluator.facts.code.marks import after_call, after_columns, marks_of
from evaluator.facts.code.members import element, find_method, library_bases, of_instance
from evaluator.facts.code.mounting import note_mounted
from evaluator.facts.code.operators import NO_ESTIMATOR, is_frame
from evaluator.facts.code.values import (
    NO_MARKS,
    UNKNOWN,
    UNSEEN,
    Const,
    Function,
    Group,
    Instance,
    Klass,
    Obj,
    Partial,
    Place,
    Ref,
    Scope,
    Unknown,
    Value,
    beginning,
    chosen,
    constants,
    either,
    options,
    reachable,
)

_DEPTH = 14
_PARTS = 200
_QUERY_NAME = re.compile(r"@(\w+)")
_KEEP_MARKS = {"abs", "round", "sum", "min", "max", "list", "sorted", "int"}
Keywords = Mapping[str, Value]


class Calling(Expressions):
    """Follows a call to what it does."""

    def call(self, callee: Value, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        return either(self._call_one(option, args, keywords, node) for option in options(callee))

    def _call_one(self, callee: Value, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        match callee:
            case Ref(name=name) if name.startswith("builtins."):
                return self._builtin(callee, args, keywords, node)
            case Ref():
                return self._library(callee, args, keywords, node)
            case Function():
                return self.invoke(callee, args, keywords, node)
            case Klass():
                return self._instantiate(callee, args, keywords, node)
            case Partial(target=target, args=first, keywords=preset):
                return self.call(target, [*first, *args], {**dict(preset), **keywords}, node)
            case Instance():
                return self.call(of_instance(callee, "__call__"), args, keywords, node)
            case Obj():
                self.record.call(
                    f"{callee.type}.__call__", args, keywords, self.place(node), self.frames, self.choice > 0
                )
                callee.parts.extend(args[:4])  # a layer applied to a layer
                return callee
        self._hand_over([*args, *keywords.values()], False, node)
        self._lose(callee, [*args, *keywords.values()], node)
        return Unknown(any(chosen(value) for value in args))

    def _builtin(self, callee: Ref, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        tail = knowledge.last(callee.name)
        if tail == "super":
            return self._super()
        if tail == "getattr" and len(args) > 1:
            names = [item.value for item in options(args[1]) if isinstance(item, Const)]
            return either(
                self.read(value, name, node) for value in options(args[0]) for name in names if isinstance(name, str)
            )
        if tail in {"map", "filter"} and args and isinstance(args[0], Function | Partial | Ref):
            return Group([self.call(args[0], [element(either(args[1:]))], {}, node)])
        if tail in _KEEP_MARKS and (marks := after_call(callee.name, None, args, {})):
            return Obj(UNSEEN, self.place(node), marks=marks)
        return call_builtin(callee, args, keywords)

    def _library(self, callee: Ref, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        name, values = callee.name, [*args, *keywords.values()]
        if name in {"os.path.join", "functools.partial"} and args:
            return self._prepared(name, args, keywords, node)
        choice = self.choice > 0 or any(chosen(value) for value in (*values, callee))
        place = self.place(node)
        self._note(callee, args, keywords, node, choice)
        if knowledge.keeps_arguments(name) and isinstance(callee.owner, Obj) and len(callee.owner.parts) < _PARTS:
            callee.owner.parts.extend(values)
        if knowledge.returns_owner(name) and callee.owner is not None:
            return callee.owner
        if name == "matplotlib.pyplot.subplots" or (name.startswith(knowledge.FIGURE) and name.endswith("subplots")):
            axes = Obj(knowledge.AXES, place, choice=choice)
            return Group([Obj(knowledge.FIGURE, place), axes]) if callee.owner is None else axes
        return _given_back(name, args) or self._result(callee, args, keywords, place, choice)

    def _note(self, callee: Ref, args: Sequence[Value], keywords: Keywords, node: ast.AST, choice: bool) -> None:
        """Note a library's call and what it leads to: fits, routes, functions called back."""
        name, values, place = callee.name, [*args, *keywords.values()], self.place(node)
        on = NO_MARKS if callee.owner is None else marks_of(callee.owner)
        args = [*args, *self._named_in_query(name, args)]
        self.record.call(name, args, keywords, place, self.frames, choice, self.loops, on)
        if knowledge.last(name) == "drop" and self._drops_a_sample(callee.owner, values):
            self.record.call("operator.hold_out", args, keywords, place, self.frames, choice, self.loops)
        for trace, given in figures.traces(name, values):
            self.record.call(trace, [], given, place, self.frames, choice, self.loops)
        self._fits(callee, values, node)
        note_mounted(self, callee, args, keywords, place)
        for handler in web.note_registered(self, name, args):
            self.serve(handler, node)
        self._by_reference(name, values, node, choice)
        interface = knowledge.root(name) in {"gradio", "dash", "ipywidgets", "panel", "streamlit"}
        self._hand_over(values, interface, node, given_besides(name, keywords))
        self._lose(callee, values, node)

    def _drops_a_sample(self, table: Value | None, values: Sequence[Value]) -> bool:
        """Whether the rows dropped from a table are those of a sample of it: ``frame.drop(train.index)``."""
        indexes = [item for value in values for item in options(value) if isinstance(item, Ref)]
        samples = [item.owner for item in indexes if knowledge.last(item.name) == "index"]
        return any(isinstance(sample, Obj) and table is not None and table in sample.parts for sample in samples)

    def _named_in_query(self, name: str, args: Sequence[Value]) -> list[Value]:
        """The variables that the text of a query names: ``frame.query("price < @limit")``."""
        if knowledge.last(name) != "query" or not args:
            return []
        texts = [text for text in constants(args[0]) if isinstance(text, str)]
        names = dict.fromkeys(found for text in texts for found in _QUERY_NAME.findall(text))
        return [self.lookup(found) for found in names]

    def _result(self, callee: Ref, args: Sequence[Value], keywords: Keywords, place: Place, choice: bool) -> Obj:
        """The object that a library's call gives."""
        name, values = callee.name, [*args, *keywords.values()]
        kept = knowledge.keeps_parts(name)
        parts = [*values, *([callee.owner] if callee.owner else [])] if kept else []
        if name == f"{knowledge.FRAME}.sample" and callee.owner is not None:
            parts = [callee.owner]
        kind = knowledge.result_type(name)
        marks = after_call(name, callee.owner, args, keywords)
        columns = after_columns(callee.owner, values, keywords) if kind == knowledge.FRAME else {}
        chosen_here = choice or knowledge.is_choice(name)
        return Obj(kind, place, parts, chosen_here, web.labels(kind, keywords), marks, columns)

    def _prepared(self, name: str, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        """A path that is joined, a call whose first arguments are given now."""
        if name == "functools.partial":
            return Partial(args[0], tuple(args[1:]), tuple(keywords.items()))
        return Obj(UNSEEN, self.place(node), labels={"starts": start} if (start := beginning(args[0])) else {})

    def _lose(self, callee: Value, values: Sequence[Value], node: ast.AST) -> None:
        """Objects of a library given to a function out of sight, which may do anything with them."""
        if isinstance(callee, Ref) and (knowledge.is_library(callee.name) or knowledge.is_fit(callee.name)):
            return
        for value in values:
            for item in options(value):
                if isinstance(item, Obj) and knowledge.is_class(item.type) and not item.type.startswith(NO_ESTIMATOR):
                    self.record.lose(item.type, self.place(node), self.frames)

    def _fits(self, callee: Ref, values: Sequence[Value], node: ast.AST) -> None:
        if knowledge.fits_arguments(callee.name):
            fitted: Sequence[Value] = values[:1]
        elif knowledge.is_fit(callee.name) and callee.owner is not None:
            fitted = [callee.owner]
        else:
            return
        for value in fitted:
            self._fit(value, knowledge.last(callee.name), node)

    def _fit(self, value: Value, how: str, node: ast.AST) -> None:
        place = self.place(node)
        for item in reachable(value, closed=knowledge.is_imputer):
            if isinstance(item, Obj) and knowledge.is_class(item.type) and not item.type.startswith(NO_ESTIMATOR):
                inner = [part.type for part in reachable(item) if isinstance(part, Obj) and part is not item]
                self.record.fit(item.type, how, item.place, place, self.frames, inner[:12])
            elif isinstance(item, Instance):
                self._fit_instance(item, node)

    def _fit_instance(self, instance: Instance, node: ast.AST) -> None:
        """A class of the project fitted by a library, or by the method that it inherits from a library."""
        for name in ("fit", "transform", "predict"):
            method = find_method(instance.klass, name)
            if isinstance(method, Function):
                self.invoke(method.bound_to(instance), [UNKNOWN, UNKNOWN], {}, node)
        place = self.place(node)
        for base in library_bases(instance.klass):
            self.record.fit(base, "fit", place, place, self.frames, [])

    def _by_reference(self, name: str, values: Sequence[Value], node: ast.AST, choice: bool) -> None:
        """A library function handed to ``map`` and its like is called there: ``grid.map(plt.hist)``."""
        if not knowledge.calls_by_reference(name):
            return
        for value in values:
            for option in options(value):
                if isinstance(option, Ref) and not option.name.startswith("builtins."):
                    self.record.call(option.name, [UNKNOWN], {}, self.place(node), self.frames, choice)
                elif isinstance(option, Obj) and knowledge.is_tool(option.type):
                    self.record.call(f"{option.type}.__call__", [UNKNOWN], {}, self.place(node), self.frames, choice)

    def _hand_over(self, values: Sequence[Value], choice: bool, node: ast.AST, besides: Besides | None = None) -> None:
        """A function of the project, or an object that is called as one, handed to a library is called by it."""
        for value in values:
            for item in options(value) if not isinstance(value, Group) else [*value.items]:
                called = of_instance(item, "__call__") if isinstance(item, Instance) else item
                if isinstance(called, Function | Partial):
                    self._call_blindly(called, choice, node, besides)

    def serve(self, handler: Function, node: ast.AST) -> None:
        """A function that a web framework calls, with arguments that a user chose."""
        since = len(self.record.calls)
        self._call_blindly(handler, True, node)
        web.note_prediction(self, handler, since)

    def _call_blindly(
        self, function: Function | Partial, choice: bool, node: ast.AST, besides: Besides | None = None
    ) -> None:
        """Call a function with arguments out of sight; with one item and what is given ``besides`` when it is known."""
        target = function.target if isinstance(function, Partial) else function
        if not isinstance(target, Function):
            return
        if besides is not None:
            self.call(function, [Unknown(choice), *besides.args], besides.keywords, node)
            return
        names = [arg.arg for arg in target.node.args.args][target.owner is not None :]
        preset = function.args if isinstance(function, Partial) else ()
        given = [either([target.defaults.get(name, UNKNOWN), Unknown(choice)]) for name in names[len(preset) :]]
        self.call(function, given, {}, node)

    def _super(self) -> Value:
        """The instance seen through the bases of its class."""
        owner = self.active[-1].owner if self.active else None
        if not isinstance(owner, Instance):
            return UNKNOWN
        view = Klass(owner.klass.name, owner.klass.bases, {})
        return Instance(view, owner.attributes)

    def _instantiate(self, klass: Klass, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        instance = Instance(klass)
        instance.attributes.update(dict(zip(klass.fields, args, strict=False)))
        instance.attributes.update({key: value for key, value in keywords.items() if key in klass.fields})
        start = find_method(klass, "__init__")
        if isinstance(start, Function):
            self.invoke(start.bound_to(instance), args, keywords, node)
        return instance

    def invoke(self, function: Function, args: Sequence[Value], keywords: Keywords, node: ast.AST) -> Value:
        """Run the body of one of the project's functions with these arguments."""
        deep = len(self.active) >= _DEPTH
        if deep or sum(active.node is function.node for active in self.active) >= 2:
            return UNKNOWN
        self.spend()
        frame, cell, outer = self.place(node), self.cell, self.scope
        scope = Scope(function.scope.module, function.scope)
        bind_arguments(function, scope, args, keywords)
        self.frames.append(frame)
        self.active.append(function)
        self.returns.append([])
        self.scope, self.cell = scope, function.cell
        try:
            if isinstance(function.node, ast.Lambda):
                return self.evaluate(function.node.body)
            self.run(function.node.body)
            return either(self.returns[-1])
        finally:
            self.scope, self.cell = outer, cell
            self.returns.pop()
            self.active.pop()
            self.frames.pop()


def _given_back(name: str, args: Sequence[Value]) -> Value | None:
    """What some functions of libraries make of the values themselves that they are given."""
    if name == "itertools.product":
        return Group([Group([element(value) for value in args])])
    if not args:
        return None
    if knowledge.last(name) == "broadcast":  # Spark's: what the workers find in ``value``
        return Instance(Klass("Broadcast", [], {}), {"value": args[0]})
    if knowledge.last(name) == "train_test_split":
        return Group([part for value in args for part in (value, value)])
    return args[0] if name in {"copy.copy", "copy.deepcopy"} and is_frame(args[0]) else None
