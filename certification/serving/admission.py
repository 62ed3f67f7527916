"""Whether whoever announces a large body is a member: asked of the application before the body is read."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

PATH: Final = "/admission"


def is_known(application: Callable[..., Any], environ: dict[str, Any]) -> bool:
    """What the application says of the sender of a request whose WSGI environment, without its body, this is."""
    told: list[str] = []
    asked = environ | {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
    for of_the_body in ("CONTENT_LENGTH", "CONTENT_TYPE"):
        asked.pop(of_the_body, None)
    answer = application(asked, lambda status, headers, exc_info=None: told.append(status))
    try:
        for _part in answer:
            pass
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return told[-1:] == ["204 No Content"]
