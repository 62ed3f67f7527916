"""Routers put under a prefix, and functions that a platform calls by their name or form."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evaluator.facts.code import knowledge
from evaluator.facts.code.values import Const, Obj, Place, Ref, Value, constants, options

if TYPE_CHECKING:
    from evaluator.facts.code.machine import Machine

_MOUNTING = {"include_router", "register_blueprint", "add_router"}
_INCLUDES = {"django.urls.include", "django.conf.urls.include"}
_LONGEST_RULE = 300


def router_key(owner: Value | None) -> str:
    """What tells a router from the others, however often its module is loaded: where it was built."""
    return _key(owner.place) if isinstance(owner, Obj) else ""


def _key(place: Place) -> str:
    return f"{place.path}:{place.cell}:{place.line}"


def note_mounted(
    machine: Machine, callee: Ref, args: Sequence[Value], keywords: Mapping[str, Value], place: Place
) -> None:
    """A router put under a prefix: ``include_router(router, prefix="/v1")``, ``register_blueprint``, ``include``."""
    if machine.record.muted:
        return
    if callee.name in _INCLUDES:
        for text in constants(args[0]) if args else ():
            module = machine.project.find(str(text), machine.scope.module)
            if module is not None:
                machine.record.included[_key(place)] = module.path
    elif knowledge.last(callee.name) in _MOUNTING:
        prefix = _prefix(args, keywords)
        for router in (router_key(option) for arg in args for option in options(arg)):
            if router:
                machine.record.mounts[router] = (prefix, router_key(callee.owner))


def _prefix(args: Sequence[Value], keywords: Mapping[str, Value]) -> str:
    """The prefix given by name, or as the one text among the arguments."""
    given = keywords.get("prefix") or keywords.get("url_prefix")
    texts = [given] if given is not None else [arg for arg in args if isinstance(arg, Const)]
    return next((str(text) for value in texts for text in constants(value) if text), "")


def note_included(machine: Machine, args: Sequence[Value]) -> None:
    """Django's ``path("api/", include("scores.urls"))``: the routes of that module stand under the prefix."""
    prefixes = constants(args[0]) if args else []
    for value in args[1:2]:
        module = machine.record.included.get(router_key(value))
        if module and prefixes:
            machine.record.mounts[module] = (str(prefixes[0]), machine.scope.module.path)


def under_prefixes(routes: Sequence[dict[str, Any]], mounts: Mapping[str, tuple[str, str]]) -> None:
    """Complete the rule of each route with the prefixes under which its router was put, from the inside out."""
    for route in routes:
        router, seen = route.pop("router"), set[str]()
        while router in mounts and router not in seen:
            seen.add(router)
            prefix, router = mounts[router]
            route["rule"] = (prefix + route["rule"])[:_LONGEST_RULE]


def is_entry(node: ast.FunctionDef | ast.AsyncFunctionDef, libraries: set[str]) -> bool:
    """Whether a platform calls this function: a cloud function, or Kedro, which looks for pipelines by their name."""
    names = [arg.arg for arg in node.args.args]
    if names[:2] == ["event", "context"]:
        return True
    if "azure" in libraries and any(_is_annotated(arg, "HttpRequest") for arg in node.args.args):
        return True
    return "kedro" in libraries and node.name in {"create_pipeline", "register_pipelines"}


def _is_annotated(arg: ast.arg, name: str) -> bool:
    return arg.annotation is not None and ast.unparse(arg.annotation).endswith(name)
