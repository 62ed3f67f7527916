"""Serves a Django project of the bundle and tells its routes. Used by ``serve``, in the process that may misbehave."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

_HOST = "127.0.0.1"
_TYPES = {"IntConverter": "integer", "StringConverter": "string", "SlugConverter": "string", "UUIDConverter": "string"}
_PART = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
_VERBS = ("get", "post", "put", "patch", "delete")


def is_django(application: Any) -> bool:
    """Whether it is what ``get_wsgi_application`` or ``get_asgi_application`` answers."""
    return type(application).__module__.startswith("django.core.handlers.")


def serve(port: int) -> None:
    """Answer on the loopback until the process is ended, over WSGI whichever entry the project names."""
    basehttp = import_module("django.core.servers.basehttp")  # the project's Django, in its own environment
    _settle()
    server = basehttp.ThreadedWSGIServer((_HOST, port), basehttp.WSGIRequestHandler)
    server.set_app(import_module("django.core.wsgi").get_wsgi_application())
    server.serve_forever()


def _settle() -> None:
    """Accept the loopback, which has no TLS, and bring an SQLite database up to date."""
    settings = import_module("django.conf").settings
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, _HOST]
    settings.SECURE_SSL_REDIRECT = False
    engines = [str(database.get("ENGINE", "")) for database in settings.DATABASES.values()]
    if engines and all(engine.endswith("sqlite3") for engine in engines):
        with contextlib.suppress(Exception):  # a database that cannot be migrated may still answer
            import_module("django.core.management").call_command("migrate", verbosity=0, interactive=False)


def routes() -> Iterator[dict[str, Any]]:
    """``{"path", "methods", "parameters"}`` of the project's own views, as ``serve`` describes them."""
    yield from _walk(import_module("django.urls").get_resolver().url_patterns, "/", {})


def _walk(patterns: Any, prefix: str, above: dict[str, str]) -> Iterator[dict[str, Any]]:
    for item in patterns:
        path = prefix + _written(item.pattern)
        known = above | _converters(item.pattern)
        if hasattr(item, "url_patterns"):
            yield from _walk(item.url_patterns, path, known)
        elif not str(getattr(item.callback, "__module__", "")).startswith("django."):
            names = re.findall(r"{(\w+)}", path)
            if "format" not in names:  # the same view again, with the suffix of a format
                parameters = [{"name": name, "in": "path", "type": known.get(name, "")} for name in names]
                yield {"path": path, "methods": _methods(item.callback), "parameters": parameters}


def _written(pattern: Any) -> str:
    """A part of a path with its parameters in braces, from a route or a regular expression."""
    text = str(pattern)
    if hasattr(pattern, "_regex"):
        text = import_module("django.contrib.admindocs.views").simplify_regex(text).lstrip("/")
    return _PART.sub(r"{\1}", text)


def _converters(pattern: Any) -> dict[str, str]:
    converters = getattr(pattern, "converters", {})
    return {name: _TYPES.get(type(converter).__name__, "") for name, converter in converters.items()}


def _methods(view: Any) -> list[str]:
    """The verbs of a view: those that a class defines; a function does not tell, GET is supposed."""
    actions = getattr(view, "actions", None)
    owner = getattr(view, "view_class", None) or getattr(view, "cls", None)
    verbs = list(actions) if actions else [verb for verb in _VERBS if owner and hasattr(owner, verb)]
    return [verb.upper() for verb in verbs] or ["GET"]
