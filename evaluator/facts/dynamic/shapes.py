"""The shapes that are expected of what was said by servers of a bundle."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string", "maxLength": 5000}
NULLABLE_TEXT: dict[str, Any] = {"type": ["string", "null"], "maxLength": 5000}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
FAILURE: dict[str, Any] = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "required": ["reason", "path", "line", "frame"],
    "properties": {"reason": TEXT, "path": NULLABLE_TEXT, "line": {"type": ["integer", "null"]}, "frame": TEXT},
}
EXCHANGE: dict[str, Any] = {
    "type": "object",
    "required": ["case", "request", "response", "seconds"],
    "properties": {
        "case": TEXT,
        "request": {
            "type": "object",
            "required": ["method", "url", "body"],
            "properties": {"method": TEXT, "url": TEXT, "body": NULLABLE_TEXT},
        },
        "response": {
            "type": "object",
            "required": ["status", "headers", "body"],
            "properties": {"status": {"type": "integer"}, "headers": {"type": "object"}, "body": TEXT},
        },
        "seconds": {"type": "number"},
    },
}
