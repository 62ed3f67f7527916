"""Which route of an API answers a prediction for an identifier, which identifiers it may know, and how it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from evaluator.identifiers import folded, is_identifier

_TEXT = 500
_EXAMPLE = 5000
_PREDICTS = re.compile(r"predi|score|proba|infer|classif|credit|decision|recommend")
_POSITION = re.compile(r"(^|_)(index|idx|position|row|ligne)($|_)")
_FROM_TABLES = 5
_BRACES = re.compile(r"{(\w+)[^}]*}|<(?:\w+:)?(\w+)>")

Route = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier that the API may know, and the rest of its row: column to text."""

    value: str
    row: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manner:
    """How an identifier is put: ``place`` is ``path``, ``query``, ``body`` or ``form``; ``text`` quotes digits."""

    place: str
    text: bool = False


def reduced(route: Mapping[str, Any]) -> Route:
    """What a server claims of a route, in the expected shape; raises KeyError or TypeError for another."""
    return {
        "path": str(route["path"])[:_TEXT],
        "methods": [str(method)[:10] for method in route["methods"]],
        "parameters": [
            {key: str(parameter[key])[:100] for key in ("name", "in", "type")}
            | {"required": bool(parameter.get("required")), "example": _short(parameter.get("example"))}
            for parameter in route["parameters"]
        ],
    }


def _short(example: Any) -> Any:
    """The value that the API's own description gives, unless it is long."""
    return example if len(json.dumps(example)) <= _EXAMPLE else None


def choose(routes: Sequence[Route], declared: str | None, reads: Sequence[Mapping[str, Any]]) -> Route | None:
    """The declared route, else the one that most looks like a prediction for an identifier.

    ``reads`` tells of the code of a route what it reads of a request that its declaration does not name, and whether
    it predicts: ``{"rule", "keys", "predicts"}``. Where routes predict, no other is chosen: one that looks a client
    up is not the answer. A route chosen has an ``identifier``, one of its parameters, ``in`` ``"code"`` where only
    the code tells it.
    """
    complete = _with_reads(routes, reads)
    if declared is not None:
        return _declared(complete, declared)
    eligible = [route for route in complete if _answers(route)] or complete
    candidates = [route for route in map(_with_identifier, eligible) if route]
    return max(candidates, key=_likelihood, default=None)


def by_values(
    routes: Sequence[Route], reads: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, str]]
) -> tuple[Route, Mapping[str, str]] | None:
    """The route that predicts from values instead of an identifier, and the row of a table that has them all.

    The row is empty where the examples of the API's description do. None where something would have to be invented.
    """
    complete = [route | {"identifier": None} for route in _with_reads(routes, reads)]
    likely = [route for route in complete if _answers(route) and any(_others(route))]
    for route in sorted(likely, key=lambda route: -len(list(_others(route)))):
        for row in (*rows, {}):
            if not unfilled(route, Known("", row)):
                return route, row
    return None


def shape(path: str) -> str:
    """A path or a rule without the names of its parameters, so that two ways of writing it are one."""
    return "/" + re.sub(r"{[^}]*}|<[^>]*>", "{}", path).strip("/")


def _answers(route: Route) -> bool:
    """Whether its code or its path says that it predicts."""
    return bool(route["predicts"] or _PREDICTS.search(folded(route["path"])))


def _with_reads(routes: Sequence[Route], reads: Sequence[Mapping[str, Any]]) -> list[Route]:
    known = {shape(str(item["rule"])): item for item in reads}
    return [_with_read(route, known) for route in routes]


def _with_read(route: Route, read: Mapping[str, Mapping[str, Any]]) -> Route:
    named = {parameter["name"] for parameter in route["parameters"]}
    path = shape(route["path"])
    # A router may be put under a prefix that the code does not tell.
    rule = max((rule for rule in read if rule != "/" and path.endswith(rule)), key=len, default=path)
    told = read.get(rule, {})
    keys = [key for key in told.get("keys", ()) if key not in named]
    found = [{"name": str(key)[:100], "in": "code", "type": "", "required": True} for key in keys]
    return route | {"parameters": [*route["parameters"], *found], "predicts": bool(told.get("predicts"))}


def _declared(routes: Sequence[Route], declared: str) -> Route | None:
    """A declared route without any parameter names no identifier: then nothing can be asked for."""
    path = declared.split("?")[0]
    same = [route for route in routes if shape(route["path"]) == shape(path)]
    if same:
        return _with_identifier(same[0]) or _only_parameter(same[0])
    names = _BRACES.findall(path)
    if not names:
        return None
    route = {"path": re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), "methods": ["GET"], "parameters": []}
    identifier = {"name": names[0][0] or names[0][1], "in": "path", "type": "", "required": True}
    return route | {"identifier": identifier}


def _with_identifier(route: Route) -> Route | None:
    for place in ("path", "query", "body", "form", "code"):
        for parameter in route["parameters"]:
            if parameter["in"] == place and is_identifier(parameter["name"]):
                return route | {"identifier": parameter}
    return None


def _only_parameter(route: Route) -> Route | None:
    """A single parameter in the path is what is asked for, whatever its name."""
    in_path = [parameter for parameter in route["parameters"] if parameter["in"] == "path"]
    return route | {"identifier": in_path[0]} if len(in_path) == 1 else None


def _likelihood(route: Route) -> tuple[bool, bool, bool, int]:
    return (
        bool(_PREDICTS.search(folded(route["path"]))),
        route["identifier"]["in"] != "code",
        route["identifier"]["in"] == "path",
        -len(route["parameters"]),
    )


def identifiers(route: Route, declared: str | None, rows: Sequence[Mapping[str, str]]) -> list[Known]:
    """The declared one; else, of the first row of each delivered table, the value of the column of that name, then of
    those named as identifiers; else the first place, where the route asks for a place."""
    wanted = folded(route["identifier"]["name"])
    if declared is not None:
        return [Known(declared, next((row for row in rows if declared in row.values()), {}))]
    exact = [(name, row) for row in rows for name in row if folded(name) == wanted]
    close = [(name, row) for row in rows for name in row if is_identifier(name)]
    found = {row[name]: Known(row[name], row) for name, row in reversed((*exact, *close)) if row[name].strip()}
    known = list(reversed(found.values()))[:_FROM_TABLES]
    return known or ([Known("0")] if _POSITION.search(wanted) else [])


def manners(route: Route) -> list[Manner]:
    """The ways in which the identifier may be put: one, or where only the code tells that it is read, several."""
    asked = route["identifier"]
    places = [asked["in"]] if asked else [parameter["in"] for parameter in _others(route)]
    if "code" not in places:
        return [Manner(places[0])]
    if method(route) == "GET":
        return [Manner("query")]
    return [Manner("body"), Manner("body", text=True), Manner("form"), Manner("query")]


def method(route: Route) -> str:
    return "GET" if "GET" in route["methods"] or not route["methods"] else str(route["methods"][0])


def unfilled(route: Route, known: Known) -> list[str]:
    """What the route needs besides the identifier and neither a delivered table nor its own description gives."""
    return [parameter["name"] for parameter in _others(route) if _value(parameter, known.row) is None]


def question(route: Route, value: str, row: Mapping[str, str], manner: Manner) -> tuple[str, str, str | None, str]:
    """``(method, path, body, content type)`` that asks for ``value``, completed with what its row holds."""
    path, query = route["path"], dict[str, Any]()
    body: dict[str, Any] = {}
    asked = route["identifier"]
    given = value if manner.text or not asked else _typed(value, asked["type"], manner.place)
    pairs = [(asked, manner.place, given)] if asked else []
    for parameter in _others(route):
        place = manner.place if parameter["in"] == "code" else parameter["in"]
        pairs.append((parameter, place, _value(parameter, row)))
    for parameter, place, content in pairs:
        if content is None:
            continue
        if place == "path":
            path = re.sub(r"{" + re.escape(parameter["name"]) + r"[^}]*}", quote(str(content), safe=""), path)
        else:
            (query if place == "query" else body)[parameter["name"]] = content
    path = f"{path}?{urlencode(query)}" if query else path
    if not body:
        return method(route), path, None, ""
    if manner.place == "form" or any(place == "form" for _, place, _ in pairs):
        return method(route), path, urlencode(body), "application/x-www-form-urlencoded"
    return method(route), path, json.dumps(body), "application/json"


def _others(route: Route) -> Iterator[dict[str, Any]]:
    asked = route["identifier"] or {"name": None, "in": None}
    for parameter in route["parameters"]:
        is_asked = (parameter["name"], parameter["in"]) == (asked["name"], asked["in"])
        if not is_asked and parameter["required"] and parameter["in"] in ("path", "query", "body", "form", "code"):
            yield parameter


def _value(parameter: Mapping[str, Any], row: Mapping[str, str]) -> Any:
    """What the row holds under that name, else the example of the API's own description."""
    wanted = folded(parameter["name"])
    text = next((value for name, value in row.items() if folded(name) == wanted), None)
    return parameter.get("example") if text is None else _typed(text, parameter["type"], parameter["in"])


def _typed(text: str, kind: str, place: str) -> Any:
    """As JSON has it where a number is meant; elsewhere everything is text."""
    if place not in ("body", "code") or kind == "string":
        return text
    if text.isdigit():
        return int(text[:300])
    try:
        return float(text) if kind in ("number", "integer", "") and re.fullmatch(r"-?\d+(\.\d+)?", text) else text
    except ValueError:
        return text
