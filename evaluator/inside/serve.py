"""Serves an API of the bundle on the sandbox's loopback. Runs in a fork of the job, the process that may misbehave."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from evaluator.inside import django_site
from evaluator.inside.server import HOST, PORT

_ROUTES = 200


def live(name: str, described: Path, flask_port: int = PORT) -> None:
    """Serve ``module:object`` until the process is ended, its routes told in ``described``.

    The current folder is the one from which it is started.
    """
    application = _application(name)
    kind = _kind(application)
    described.write_text(json.dumps({"kind": kind, "routes": list(_routes(application, kind))[:_ROUTES]}))
    if kind == "django":
        django_site.serve(PORT)
    elif kind == "wsgi":
        import_module("werkzeug.serving").make_server(HOST, flask_port, application, threaded=True).serve_forever()
    else:
        import_module("uvicorn").run(application, host=HOST, port=PORT, log_level="warning")


def _kind(application: Any) -> str:
    if django_site.is_django(application):
        return "django"
    return "wsgi" if hasattr(application, "wsgi_app") else "asgi"


def _application(name: str) -> Any:
    """The object, or what it makes when it is a factory such as ``create_app``."""
    module_name, _, attribute = name.partition(":")
    folder = Path(*module_name.split(".")).parent
    if not (folder / "__init__.py").exists():
        sys.path.insert(0, str(Path.cwd() / folder))  # scripts import their neighbours
    found: Any = import_module(module_name)
    for part in (attribute or "app").split("."):
        found = getattr(found, part)
    is_served = hasattr(found, "router") or hasattr(found, "wsgi_app") or django_site.is_django(found)
    return found() if callable(found) and not is_served else found


def _routes(application: Any, kind: str) -> Iterator[dict[str, Any]]:
    """``{"path", "methods", "parameters": [{"name", "in", "type", "required", "example"}]}``, the path with ``{name}``
    parts; the example may be left out."""
    if kind == "django":
        yield from django_site.routes()
        return
    if kind == "wsgi":
        for rule in application.url_map.iter_rules():
            path = "".join(f"{{{part}}}" if variable else part for variable, part in rule._trace)
            yield {
                "path": path.lstrip("|"),
                "methods": sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}),
                "parameters": [_in_path(name) for name in sorted(rule.arguments)],
            }
        return
    if not hasattr(application, "openapi"):
        return
    try:
        document = application.openapi()
    except Exception:  # noqa: BLE001 (a schema that cannot be described stops the documentation, not the API)
        yield from _undocumented(application)
        return
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            yield {
                "path": path,
                "methods": [method.upper()],
                "parameters": [*_declared(operation), *_body(operation, document)],
            }


def _undocumented(application: Any) -> Iterator[dict[str, Any]]:
    for route in application.routes:
        if getattr(route, "include_in_schema", False):
            names = list(getattr(route, "param_convertors", {}))
            yield {
                "path": route.path,
                "methods": sorted(getattr(route, "methods", None) or ()),
                "parameters": [_in_path(name) for name in names],
            }


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "type": "", "required": True}


def _declared(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for parameter in operation.get("parameters", []):
        schema = parameter.get("schema", {})
        yield {
            "name": parameter["name"],
            "in": parameter["in"],
            "type": str(schema.get("type", "")),
            "required": bool(parameter.get("required")),
            "example": _example(parameter) or _example(schema),
        }


def _body(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    place = "body" if "application/json" in content else "form"
    schema: dict[str, Any] = next((item.get("schema", {}) for item in content.values()), {})
    reference = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = document.get("components", {}).get("schemas", {}).get(reference, schema)
    required = schema.get("required", [])
    whole = next((found for holder in (*content.values(), schema) if isinstance(found := _example(holder), dict)), {})
    for name, item in schema.get("properties", {}).items():
        example = whole.get(name, _example(item))
        yield {
            "name": name, "in": place, "type": str(item.get("type", "")), "required": name in required,
            "example": example,
        }  # fmt: skip


def _example(holder: dict[str, Any]) -> Any:
    """The first value that a description gives for what it describes, None where it gives none."""
    given = holder.get("examples")
    listed = list(given.values()) if isinstance(given, dict) else given or []
    first = listed[0] if listed else None
    if isinstance(given, dict) and isinstance(first, dict):
        first = first.get("value")
    found = (holder.get("example"), first, holder.get("default"), holder.get("const"), *holder.get("enum", ())[:1])
    return next((value for value in found if value is not None), None)
