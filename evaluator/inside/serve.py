"""Starts an API of the bundle on the sandbox's loopback. Run as a script: it is the process that may misbehave."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, "/engine")

from evaluator.inside import django_site

_ROUTES = 200


def main() -> None:
    """Arguments: ``module:object``, port, file in which to describe the routes. The current folder is the project."""
    name, port, described = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    sys.path[:0] = [str(path) for path in (Path.cwd(), Path.cwd() / "src") if path.is_dir()]
    application = _application(name)
    kind = _kind(application)
    described.write_text(json.dumps({"kind": kind, "routes": list(_routes(application, kind))[:_ROUTES]}))
    if kind == "django":
        django_site.serve(port)
    elif kind == "wsgi":
        from werkzeug.serving import make_server

        make_server("127.0.0.1", port, application, threaded=True).serve_forever()
    else:
        importlib.import_module("uvicorn").run(application, host="127.0.0.1", port=port, log_level="warning")


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
    found: Any = importlib.import_module(module_name)
    for part in (attribute or "app").split("."):
        found = getattr(found, part)
    is_served = hasattr(found, "router") or hasattr(found, "wsgi_app") or django_site.is_django(found)
    return found() if callable(found) and not is_served else found


def _routes(application: Any, kind: str) -> Iterator[dict[str, Any]]:
    """``{"path", "methods", "parameters": [{"name", "in", "type"}]}``, the path with ``{name}`` parts."""
    if kind == "django":
        yield from django_site.routes()
        return
    if kind == "wsgi":
        for rule in application.url_map.iter_rules():
            path = "".join(f"{{{part}}}" if variable else part for variable, part in rule._trace)
            yield {
                "path": path.lstrip("|"),
                "methods": sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}),
                "parameters": [{"name": name, "in": "path", "type": ""} for name in sorted(rule.arguments)],
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
                "parameters": [{"name": name, "in": "path", "type": ""} for name in names],
            }


def _declared(operation: dict[str, Any]) -> Iterator[dict[str, str]]:
    for parameter in operation.get("parameters", []):
        kind = parameter.get("schema", {}).get("type", "")
        yield {"name": parameter["name"], "in": parameter["in"], "type": str(kind)}


def _body(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, str]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    reference = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = document.get("components", {}).get("schemas", {}).get(reference, schema)
    for name, item in schema.get("properties", {}).items():
        yield {"name": name, "in": "body", "type": str(item.get("type", ""))}


if __name__ == "__main__":
    main()
