"""Definitions and imports: functions with their decorators, classes, modules."""

from __future__ import annotations

import ast

from evaluator.facts.code import knowledge, web
from evaluator.facts.code.calling import Calling
from evaluator.facts.code.mounting import is_entry
from evaluator.facts.code.values import Function, Klass, Module, Ref, Scope, Value, options

_METHOD_KINDS = {
    "staticmethod": "static",
    "classmethod": "class",
    "property": "property",
    "cached_property": "property",
}


class Definitions(Calling):
    """Binds what the project defines and imports."""

    def _do_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        function = Function(node, self.scope, self.cell, self._defaults(node.args))
        value: Value = function
        for decorator in reversed(node.decorator_list):
            value = self._decorated(decorator, function, value)
        self.scope.bind(node.name, value)
        if self.scope.outer is None and is_entry(node, self.scope.module.libraries):
            web.note_entry(self, function)
            self.serve(function, node)
        return False

    _do_asyncfunctiondef = _do_functiondef

    def _defaults(self, spec: ast.arguments) -> dict[str, Value]:
        names = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
        values = [self.evaluate(default) for default in spec.defaults]
        defaults = dict(zip(names[len(names) - len(values) :], values, strict=True))
        for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            if default is not None:
                defaults[arg.arg] = self.evaluate(default)
        return defaults

    def _decorated(self, decorator: ast.expr, function: Function, value: Value) -> Value:
        callee = decorator.func if isinstance(decorator, ast.Call) else decorator
        names = [option for option in options(self.evaluate(callee)) if isinstance(option, Ref)]
        applied = self.evaluate(decorator)
        if not names:
            wrapped = self.call(applied, [value], {}, decorator)
            return wrapped if isinstance(wrapped, Function) else value
        for ref in names:
            function.kind = _METHOD_KINDS.get(knowledge.last(ref.name), function.kind)
            web.note_decorated(self, ref, decorator, function)
            if knowledge.calls_decorated(ref.name):
                self.serve(function, decorator)
        return value

    def _do_classdef(self, node: ast.ClassDef) -> bool:
        bases = [self.evaluate(base) for base in node.bases]
        outer = self.scope
        self.scope = Scope(outer.module, outer)
        try:
            self.run(node.body)
            klass = Klass(node.name, bases, self.scope.names, _fields(node))
        finally:
            self.scope = outer
        for function in klass.body.values():
            if isinstance(function, Function):
                function.scope = outer  # a method does not see the names of its class
        self.scope.bind(node.name, klass)
        self._serve_resource(node, klass)
        return False

    def _serve_resource(self, node: ast.ClassDef, klass: Klass) -> None:
        for decorator in node.decorator_list:
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            for ref in options(self.evaluate(callee)):
                for handler in web.note_resource(self, ref, decorator, klass) if isinstance(ref, Ref) else ():
                    self.serve(handler, decorator)

    def _do_import(self, node: ast.Import) -> bool:
        for alias in node.names:
            value = self.project.module_value(self, alias.name, self.scope.module)
            if alias.asname is None and "." in alias.name:
                top = knowledge.root(alias.name)
                self.scope.bind(top, self.project.module_value(self, top, self.scope.module))
            else:
                self.scope.bind(alias.asname or alias.name, value)
        return False

    def _do_importfrom(self, node: ast.ImportFrom) -> bool:
        source = "." * node.level + (node.module or "")
        value = self.project.module_value(self, source, self.scope.module)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(value)
            else:
                self.scope.bind(alias.asname or alias.name, self._imported(value, source, alias.name))
        return False

    def _imported(self, package: Value, source: str, name: str) -> Value:
        """``name`` of a package, or the module of that name in a folder that is no package."""
        if not isinstance(package, Module):
            inside = f"{source}{name}" if source.endswith(".") else f"{source}.{name}"
            if self.project.find(inside, self.scope.module) is not None:
                return self.project.module_value(self, inside, self.scope.module)
        return self.member(package, name)

    def _import_all(self, value: Value) -> None:
        if isinstance(value, Module):
            public = {name: item for name, item in value.scope.names.items() if not name.startswith("_")}
            self.scope.names.update(public)
        elif isinstance(value, Ref) and value.name not in self.scope.module.stars:
            self.scope.module.stars.append(value.name)


def _fields(node: ast.ClassDef) -> list[str]:
    return [
        item.target.id for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
