"""Web applications and their routes, noted while the code is walked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evaluator.facts.code import knowledge
from evaluator.facts.code.members import find_method
from evaluator.facts.code.mounting import note_included, router_key
from evaluator.facts.code.values import Const, Function, Group, Instance, Klass, Obj, Ref, Value, constants, options

if TYPE_CHECKING:
    from evaluator.facts.code.calling import Calling

Handler = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_APPLICATIONS = {
    "fastapi.FastAPI": "fastapi",
    "fastapi.applications.FastAPI": "fastapi",
    "flask.Flask": "flask",
    "flask.app.Flask": "flask",
} | dict.fromkeys(knowledge.DJANGO_ENTRIES, "django")
_OWNERS = {
    "fastapi.FastAPI": "fastapi", "fastapi.APIRouter": "fastapi", "fastapi.routing.APIRouter": "fastapi",
    "fastapi.applications.FastAPI": "fastapi", "flask.Flask": "flask",
    "flask.Blueprint": "flask", "flask.app.Flask": "flask",
    "flask_restx.Namespace": "flask", "flask_restx.Api": "flask", "flask_restful.Api": "flask",
    "ninja.NinjaAPI": "django", "ninja.Router": "django", "azure.functions.FunctionApp": "azure",
    "sanic.Sanic": "sanic", "quart.Quart": "quart", "bottle.Bottle": "bottle", "bottle": "bottle",
    "litestar": "litestar", "bentoml.Service": "bentoml", "bentoml": "bentoml", "functions_framework": "functions",
}  # fmt: skip
_BARE = {"bentoml"}  # whose decorators need no call: ``@bentoml.api``
_VERBS = {"get", "post", "put", "delete", "patch", "route", "api_route", "websocket", "api", "http"}
_HANDLER_METHODS = ("get", "post", "put", "list", "retrieve", "create")
_BESIDE = {"headers", "META", "COOKIES", "cookies", "session", "environ"}
_PREDICTS = re.compile(r"predict(?:_proba|_log_proba)?|decision_function|predict_on_batch").fullmatch
_SAYS_PREDICTION = re.compile(r"predict|prédi|proba|(?:^|_)(?:score|scoring)(?:$|_)", re.IGNORECASE).search
_PARAMETER = re.compile(r"{([^}:]+)(?::[^}]*)?}|<(?:[^>:]+:)?([^>]+)>")


def note_application(machine: Calling, target: ast.expr, value: Value, node: ast.AST) -> None:
    """``app = FastAPI()`` at the top of a module: something that a server can be pointed at."""
    if machine.record.muted or not isinstance(target, ast.Name) or machine.scope.outer is not None:
        return
    if not isinstance(value, Obj):
        return
    framework = _APPLICATIONS.get(value.type.removesuffix("()"))
    if framework is not None:
        place = machine.place(node)
        machine.record.apps.append(
            {"framework": framework, "path": place.path, "object": target.id, "cell": place.cell, "line": place.line}
        )


def note_decorated(machine: Calling, ref: Ref, decorator: ast.expr, function: Function) -> None:
    """A route given as a decorator: ``@app.get("/clients/{id}")`` above a function."""
    verb = knowledge.last(ref.name)
    framework = _OWNERS.get(ref.name.rpartition(".")[0])
    called = decorator if isinstance(decorator, ast.Call) else None
    if machine.record.muted or framework is None or verb not in _VERBS or (called is None and framework not in _BARE):
        return
    rule = (next(iter(called.args), None) or _keyword(called, {"path", "rule", "route"})) if called else None
    prefix = _prefix(ref.owner)
    for text in constants(machine.evaluate(rule)) or [None]:
        methods = _methods(machine, verb, called) if called else []
        _note(machine, framework, prefix + str(text or ""), methods, function, router_key(ref.owner))


def note_resource(machine: Calling, ref: Ref, decorator: ast.expr, klass: Klass) -> list[Function]:
    """A class given a route by a decorator, ``@api.route("/clients/<id>")``: its methods answer; they are returned."""
    if _OWNERS.get(ref.name.rpartition(".")[0]) != "flask" or knowledge.last(ref.name) != "route":
        return []
    rules = constants(machine.evaluate(next(iter(decorator.args), None))) if isinstance(decorator, ast.Call) else []
    handlers = _handlers(klass)
    for function in handlers:
        _note(machine, "flask", _prefix(ref.owner) + str(next(iter(rules), "")), [], function, router_key(ref.owner))
    return handlers


def note_registered(machine: Calling, name: str, args: Sequence[Value]) -> list[Function]:
    """Routes given as a call: Django's ``path``, Flask's ``add_url_rule`` and ``add_resource``; their handlers."""
    tail = knowledge.last(name)
    if name in {"django.urls.path", "django.urls.re_path", "django.conf.urls.url"}:
        framework, rule, views = "django", args[:1], args[1:2]
        note_included(machine, args)
    elif tail == "register" and knowledge.root(name) == "rest_framework":
        framework, rule, views = "django", args[:1], args[1:2]
    elif tail in {"add_url_rule", "add_resource"} and knowledge.root(name).startswith("flask"):
        framework, rule, views = "flask", [arg for arg in args if isinstance(arg, Const)][:1], args
    elif tail == "add_api_route" and knowledge.root(name) == "fastapi":
        framework, rule, views = "fastapi", args[:1], args[1:2]
    else:
        return []
    text = next((str(value) for item in rule for value in constants(item)), "")
    handlers = [function for view in views for function in _handlers(view)]
    module = machine.scope.module.path if framework == "django" else ""
    for function in handlers:
        _note(machine, framework, text, [], function, module)
    return handlers


def note_entry(machine: Calling, function: Function) -> None:
    """A cloud function is a route when it answers a request: a status, or a prediction that is called for."""
    node = function.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.args and _answers_request(node):
        _note(machine, "function", "", [], function, "")


def _answers_request(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    words = {_text(item) for item in _body(node) if isinstance(item, ast.expr)}
    called = {_called(item.func) for item in _body(node) if isinstance(item, ast.Call)}
    return "statusCode" in words or "HttpResponse" in called


def _handlers(view: Value) -> list[Function]:
    found: list[Function] = []
    for option in options(view):
        if isinstance(option, Function):
            found.append(option)
        elif isinstance(option, Klass | Instance):
            klass = option if isinstance(option, Klass) else option.klass
            verbs = (find_method(klass, name) for name in _HANDLER_METHODS)
            found.extend(verb.bound_to(Instance(klass)) for verb in verbs if isinstance(verb, Function))
    return found


def note_prediction(machine: Calling, function: Function, since: int) -> None:
    """Mark the routes of ``function`` when a model predicted among the calls recorded since."""
    predicted = any(_PREDICTS(knowledge.last(call["name"])) for call in machine.record.calls[since:])
    if predicted or _answers_prediction(function.node):
        for route in machine.record.routes:
            if route["path"] == function.scope.module.path and route["line"] == _first_line(function.node):
                route["predicts"] = True


def _answers_prediction(node: Handler) -> bool:
    """Whether a handler calls something named so, or answers under such a key, where the model is out of sight."""
    for item in _body(node):
        if isinstance(item, ast.Call) and _SAYS_PREDICTION(_called(item.func)):
            return True
        if isinstance(item, ast.Dict) and any(_SAYS_PREDICTION(_text(key)) for key in item.keys):
            return True
    return False


def _body(node: Handler) -> Iterator[ast.AST]:
    """Every node of the body, not of the decorators."""
    for statement in node.body if isinstance(node.body, list) else [node.body]:
        yield from ast.walk(statement)


def _called(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _note(
    machine: Calling, framework: str, rule: str, methods: list[str], function: Function, router: str = ""
) -> None:
    if machine.record.muted:
        return
    node = function.node
    inside = [one or other for one, other in _PARAMETER.findall(rule)]
    names = [arg.arg for arg in (*node.args.args, *node.args.kwonlyargs) if arg.arg not in {"self", "request"}]
    machine.record.routes.append(
        {
            "framework": framework,
            "path": function.scope.module.path,
            "cell": function.cell,
            "rule": rule[:300],
            "methods": methods,
            "function": getattr(node, "name", "<lambda>"),
            "line": _first_line(node),
            "end_line": node.end_lineno or node.lineno,
            "parameters": list(dict.fromkeys([*inside, *names])),
            "reads": sorted(_keys_read(node) | _model_fields(machine, function)),
            "predicts": False,
            "router": router,
        }
    )


def _first_line(node: Handler) -> int:
    """The line of the first decorator, where the route is written, or of the function."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _methods(machine: Calling, verb: str, decorator: ast.Call) -> list[str]:
    if verb not in {"route", "api_route"}:
        return [verb.upper()]
    listed = machine.evaluate(_keyword(decorator, {"methods"}))
    names = [item.value for item in listed.items if isinstance(item, Const)] if isinstance(listed, Group) else []
    return [str(name).upper() for name in names] or ["GET"]


def _keyword(call: ast.Call, names: set[str]) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def labels(kind: str, keywords: Mapping[str, Value]) -> dict[str, str]:
    """What a router or a blueprint must remember of how it was built."""
    if kind not in _OWNERS:
        return {}
    given = keywords.get("prefix") or keywords.get("url_prefix")
    text = constants(given) if given is not None else []
    return {"prefix": str(text[0])} if text and text[0] else {}


def _prefix(owner: Value | None) -> str:
    """The prefix that a router or a blueprint was built with."""
    return owner.labels.get("prefix", "") if isinstance(owner, Obj) else ""


def _keys_read(node: Handler) -> set[str]:
    """Constant keys that a handler reads from what it received: ``request.json["id"]``, ``args.get("id")``."""
    received = {"request", *(arg.arg for arg in node.args.args)}
    found: set[Any] = set()
    for item in _body(node):
        if isinstance(item, ast.Assign) and _mentions(item.value, received):
            received.update(target.id for target in item.targets if isinstance(target, ast.Name))
        elif isinstance(item, ast.Subscript) and isinstance(item.slice, ast.Constant):
            found.update([item.slice.value] if _mentions(item.value, received) else [])
        elif isinstance(item, ast.Call) and isinstance(item.func, ast.Attribute) and item.func.attr in {"get", "pop"}:
            given = item.args[:1] if _mentions(item.func.value, received) else []
            found.update(arg.value for arg in given if isinstance(arg, ast.Constant))
    return {key[:100] for key in found if isinstance(key, str)}


def _mentions(node: ast.AST, names: set[str]) -> bool:
    """Whether ``node`` holds one of ``names``, or the request as an attribute: ``flask.request``, ``self.request``.

    What goes with every request (headers, cookies, the session) is no part of what an API is asked.
    """
    if any(isinstance(item, ast.Attribute) and item.attr in _BESIDE for item in ast.walk(node)):
        return False
    return any(
        item.id in names if isinstance(item, ast.Name) else isinstance(item, ast.Attribute) and item.attr == "request"
        for item in ast.walk(node)
    )


def _model_fields(machine: Calling, function: Function) -> set[str]:
    """Fields of the body's model: the class that annotates a parameter."""
    fields: set[str] = set()
    for arg in function.node.args.args:
        if isinstance(arg.annotation, ast.Name):
            value = machine.lookup(arg.annotation.id)
            fields.update(value.fields if isinstance(value, Klass) else ())
    return fields
