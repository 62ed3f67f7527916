"""Reading a request: bounded by what it asks for and by the space there is, before anything of its body is kept."""

from __future__ import annotations

import copy
import time
from functools import cache
from typing import Any

from django.conf import settings
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from certification import space
from certification.serving.admission import Answer
from certification.serving.limits import FORM, Asked, longest_body
from certification.serving.pace import HEADER_SECONDS, too_slow

RECEIVED_AT_ONCE = 64 * 1024


class NoSpace(Error):  # type: ignore[misc]  # waitress has no types
    """Ours, and told as ours: the client may send the same again later."""

    code = space.INSUFFICIENT_STORAGE
    reason = "Insufficient Storage"


class NotAdmitted(Error):  # type: ignore[misc]  # waitress has no types
    """What the application answers instead of reading the body."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("")
        self.answer = answer

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        return self.answer.status, self.answer.headers, self.answer.body


class Incoming(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request while it comes, with when it began and when its last byte came, in epoch seconds."""

    adj: Any

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began_at = time.time()
        self.received_at: float | None = None
        self.awaits_admission = False

    def received(self, data: bytes) -> int:
        try:
            consumed: int = super().received(data)
        except OSError as error:
            if not space.is_full(error):
                raise
            self.give_up(NoSpace("Plus de place : recommencez plus tard. / No space left: try again later."))
        if self.error is not None:  # what follows is no other request
            self.expect_continue, consumed = False, len(data)
        if self.completed:
            self.received_at = time.time()
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        longest = longest_body(self.asked(), longest_file=settings.UPLOAD_MAX_BYTES)
        self.awaits_admission = longest > FORM and (self.chunked or self.content_length > FORM)
        self.adj = _bounded(self.adj, longest + 1)  # waitress refuses what is as long as its bound
        if self.content_length > RECEIVED_AT_ONCE:
            space.require_space(self.content_length)

    def asked(self) -> Asked:
        return Asked(self.command, self.path, self.headers)

    def goes_on(self) -> None:
        """What it waited for us is not its sender's slowness."""
        self.began_at = time.time()

    def give_up(self, error: Error) -> None:
        self.error, self.completed = error, True

    def is_too_slow(self, now: float) -> bool:
        """Whether the client takes longer for its headers, or for what it has sent of the body, than it may."""
        seconds = now - self.began_at
        if not self.headers_finished:
            return seconds > HEADER_SECONDS
        return too_slow(received=self.body_bytes_received, seconds=seconds)


@cache
def _bounded(adj: Adjustments, longest: int) -> Any:
    """The same adjustments with the bound of one kind of request; there are few kinds."""
    bounded = copy.copy(adj)
    bounded.max_request_body_size = longest
    return bounded
