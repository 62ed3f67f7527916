"""A visit to a Dash server, as a browser makes one: the page, its layout, and the callbacks that it starts with."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.inside.server import HOST, PAGE_PORT, exchange, failure_of_answer, log_size, send

_QUESTIONS = (("page", ""), ("layout", "_dash-layout"), ("callbacks", "_dash-dependencies"))
_CALLBACKS = 20
_DEEPEST = 60
_ADDRESS = {"pathname": "/", "href": f"http://{HOST}:{PAGE_PORT}/", "search": "", "hash": ""}
_PLAIN = ("Div", "Br", "Hr", "Span", "P")

_Properties = dict[str, Mapping[str, Any]]


def visit(prefix: str, seconds: float) -> dict[str, Any]:
    """``{"exchanges", "elements", "exception"}``: what was asked and answered within ``seconds`` for each question.

    ``elements`` counts the components of the layout by their type, without what only arranges them; ``exception`` is
    that of the first answer that failed, as ``server.failure_in`` tells it, None when all went well.
    """
    exchanges: list[dict[str, Any]] = []
    found: dict[str, Any] = {}
    for case, path in _QUESTIONS:
        failure = _asked(exchanges, found, case, ("GET", prefix + path, None), seconds)
        if failure is not None:
            return {"exchanges": exchanges, "elements": {}, "exception": failure}
    components = list(_components(found["layout"]))
    known: _Properties = {str(item["props"]["id"]): item for item in components if "id" in item["props"]}
    elements = Counter(str(item["type"])[:60] for item in components if item["type"] not in _PLAIN)
    for body in list(_first_calls(found["callbacks"], known))[:_CALLBACKS]:
        question = ("POST", f"{prefix}_dash-update-component", json.dumps(body))
        failure = _asked(exchanges, found, "callback", question, seconds)
        if failure is not None:
            return {"exchanges": exchanges, "elements": dict(elements), "exception": failure}
    return {"exchanges": exchanges, "elements": dict(elements), "exception": None}


def _asked(
    exchanges: list[dict[str, Any]], found: dict[str, Any], case: str, question: tuple[str, str, str | None],
    seconds: float,
) -> dict[str, Any] | None:  # fmt: skip
    """Ask, keep the answer, and tell how it failed, if it did."""
    method, path, body = question
    since, started = log_size(), time.monotonic()
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
    answer = send(method, path, body, headers, seconds, PAGE_PORT)
    exchanges.append(exchange(case, method, path, body, answer, time.monotonic() - started))
    if answer["status"] not in (200, 204):
        told = failure_of_answer(since) or {"path": None, "line": None, "frame": ""}
        return {"reason": f"{method} {path} → {answer['status']}"} | told
    if case in ("layout", "callbacks"):
        try:
            found[case] = json.loads(answer["whole"])
        except (ValueError, RecursionError):
            return {"reason": f"{path}: JSON", "path": None, "line": None, "frame": ""}
    return None


def _components(node: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every component of a layout, wherever it stands."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for item in node:
            yield from _components(item, depth + 1)
    elif isinstance(node, Mapping) and isinstance(node.get("props"), Mapping) and "type" in node:
        yield node
        for value in node["props"].values():
            yield from _components(value, depth + 1)


def _first_calls(callbacks: Any, known: _Properties) -> Iterator[dict[str, Any]]:
    """What a browser asks on opening the page: callbacks of the server on what stands in it and follows no other."""
    listed = [item for item in (callbacks if isinstance(callbacks, list) else []) if isinstance(item, Mapping)]
    computed = {target for item in listed for target in _targets(str(item.get("output", "")))}
    for item in listed:
        inputs, states = item.get("inputs") or [], item.get("state") or []
        given = [*inputs, *states]
        if item.get("prevent_initial_call") or item.get("clientside_function") or not inputs:
            continue
        names = [(str(part.get("id")), str(part.get("property"))) for part in given if isinstance(part, Mapping)]
        if len(names) == len(given) and all(_is_set(name, known, computed) for name in names):
            outputs = _targets(str(item["output"]))
            if all(target.rpartition(".")[0] in known for target in outputs):
                yield _body(item, known, len(inputs), names, outputs)


def _is_set(name: tuple[str, str], known: _Properties, computed: set[str]) -> bool:
    """Whether a property has on opening the value that the layout gives it: no other callback sets it, nor the page."""
    component, prop = name
    return component in known and f"{component}.{prop}" not in computed and not prop.startswith("derived_")


def _targets(output: str) -> list[str]:
    """``id.property`` of each of the outputs: several stand between two points, ``..a.b...c.d..``."""
    listed = output.strip(".").split("...") if output.startswith("..") else [output]
    return [target.partition("@")[0] for target in listed]


def _body(
    item: Mapping[str, Any], known: _Properties, inputs: int, names: list[tuple[str, str]], outputs: list[str]
) -> dict[str, Any]:
    values = [{"id": name, "property": prop, "value": _value(known[name], prop)} for name, prop in names]
    told = [dict(zip(("id", "property"), target.rpartition(".")[::2], strict=True)) for target in outputs]
    return {
        "output": item["output"],
        "outputs": told if str(item["output"]).startswith("..") else told[0],
        "inputs": values[:inputs],
        "state": values[inputs:],
        "changedPropIds": [f"{name}.{prop}" for name, prop in names[:inputs]],
    }


def _value(component: Mapping[str, Any], prop: str) -> Any:
    if component["type"] == "Location":
        return component["props"].get(prop, _ADDRESS.get(prop))
    return component["props"].get(prop)
