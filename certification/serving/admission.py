"""Whether whoever announces a large body is a member: asked of the application before the body is read."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

PATH: Final = "/admission"
ADMITTED: Final = "204 No Content"
_OF_THE_BODY = ("CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application says: ``status`` with its words, the headers of its connection left out."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def asked(application: Callable[..., Any], environ: dict[str, Any]) -> Answer:
    """What the application says to the sender of a request whose WSGI environment, without its body, this is.

    ``ADMITTED``, or why not: they are not known, or the application cannot tell at the moment.
    """
    told: list[tuple[str, list[tuple[str, str]]]] = []
    question = environ | {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
    for name in _OF_THE_BODY:
        question.pop(name, None)
    answer = application(question, lambda status, headers, exc_info=None: told.append((status, headers)))
    try:
        body = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    status, headers = told[-1]
    return Answer(status, [(name, text) for name, text in headers if name.lower() != "content-length"], body)
