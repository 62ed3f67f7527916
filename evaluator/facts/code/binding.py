"""How the arguments of a call reach the parameters of one of the project's functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluator.facts.code.values import UNKNOWN, Function, Group, Scope, Value


def bind_arguments(function: Function, scope: Scope, args: Sequence[Value], keywords: Mapping[str, Value]) -> None:
    """Bind the parameters of ``function`` in ``scope`` as Python would; what is missing is unknown."""
    spec = function.node.args
    names = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    given = [function.owner, *args] if function.owner is not None else list(args)
    for name, value in zip(names, given, strict=False):
        scope.names[name] = value
    every = {*names, *(arg.arg for arg in spec.kwonlyargs)}
    rest: dict[object, Value] = {}
    for key, value in keywords.items():
        if key in every:
            scope.names[key] = value
        else:
            rest[key] = value
    for name in every - scope.names.keys():
        scope.names[name] = function.defaults.get(name, UNKNOWN)
    if spec.vararg:
        scope.names[spec.vararg.arg] = Group(list(given[len(names) :]))
    if spec.kwarg:
        scope.names[spec.kwarg.arg] = Group(list(rest.values()), dict(rest))
