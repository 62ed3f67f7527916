"""One connection: what it sends is held by the event loop, and what it reads so slowly that it never ends is cut."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask
from waitress.utilities import Error, InternalServerError

from certification.serving.admission import ADMITTED, asked
from certification.serving.moments import RECEIVED_AT
from certification.serving.pace import LINGER_BYTES, LINGER_SECONDS, too_slow
from certification.serving.requests import Incoming, NotAdmitted

HEALTH = frozenset({"/healthz", "/readyz"})


class Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    """A request in a thread of the application, which learns when its last byte came."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[RECEIVED_AT] = self.request.received_at
        return environ


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection; ``answering_since`` is when what waits to be read began to wait, None while nothing does.

    Where a request was given up its answer is the last one, and what its sender has not sent yet is still read, and
    thrown away, from ``lingering_since`` on: closed at once, the connection would be reset, and the answer lost.
    """

    task_class = Task
    parser_class = Incoming
    request: Incoming | None
    close_when_flushed: bool

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        super().__init__(server, sock, addr, adj, map=map)
        self.answering_since: float | None = None
        self.read_of_answer = 0
        self.admitting = False
        self.gave_up = False
        self.lingering_since: float | None = None
        self.thrown_away = 0
        if server.has_too_many_of(addr[0]):
            self.will_close = True

    @property
    def asks_health(self) -> bool:
        return bool(self.requests) and getattr(self.requests[0], "path", "") in HEALTH

    def readable(self) -> bool:
        return not self.admitting and bool(super().readable())

    def received(self, data: bytes) -> bool:
        if self.lingering_since is not None:
            self.thrown_away += len(data)
            self.will_close = self.will_close or self.thrown_away > LINGER_BYTES
            return False
        went_on: bool = super().received(data)
        request = self.request
        if request is not None and request.awaits_admission:
            request.awaits_admission, self.admitting = False, True
            self.server.add_task(Admission(self, request))
        return went_on

    def admit(self, request: Incoming, refusal: Error | None) -> None:
        """Go on reading the request, or answer it at once, after those that came before it."""
        with self.requests_lock:
            request.goes_on()
            if refusal is not None and self.request is request:
                request.give_up(refusal)
                self.requests.append(request)
                self.request = None
                if len(self.requests) == 1:  # else whoever answers the one before goes on with this one
                    self.server.add_task(self)
        self.admitting = False
        self.server.pull_trigger()

    def service(self) -> None:
        self.gave_up = self.requests[0].error is not None
        super().service()

    def handle_write(self) -> None:
        if self.gave_up and self.close_when_flushed:
            self.close_when_flushed, self.lingering_since = False, time.time()
        super().handle_write()
        if self.lingering_since is not None and self.connected and not self.total_outbufs_len:
            with suppress(OSError):  # gone meanwhile: the next read ends it
                self.socket.shutdown(socket.SHUT_WR)

    def write_soon(self, data: Any) -> int:
        if self.answering_since is None:
            self.answering_since, self.read_of_answer = time.time(), 0
        written: int = super().write_soon(data)
        return written

    def _flush_some(self, do_close: bool = True) -> bool:
        before = self.total_outbufs_len
        sent: bool = super()._flush_some(do_close=do_close)
        self.read_of_answer += before - self.total_outbufs_len
        if not self.total_outbufs_len:
            self.answering_since = None
        return sent

    @property
    def is_idle(self) -> bool:
        """Between two requests, with nothing on the way in either direction."""
        return self.request is None and not self.requests and not self.total_outbufs_len

    def is_too_slow(self, now: float) -> bool:
        """Whether the client sends or reads so slowly that it may be sent away; a busy application never is."""
        request = self.request  # another may have begun meanwhile
        if self.admitting:
            return False
        if self.lingering_since is not None:
            return now - self.lingering_since > LINGER_SECONDS
        if request is not None and not self.requests:
            return bool(request.is_too_slow(now))
        if not self.total_outbufs_len:
            return False
        self.answering_since = self.answering_since or now
        return too_slow(received=self.read_of_answer, seconds=now - self.answering_since)


class Admission:
    """The question whether a sender is known, for a thread of the application: a task as waitress's threads take it."""

    asks_health = False

    def __init__(self, channel: Channel, request: Incoming) -> None:
        self.channel, self.request = channel, request

    def service(self) -> None:
        refusal: Error | None = InternalServerError("")
        try:
            environ = Task(self.channel, self.request).get_environment()
            answer = asked(self.channel.server.application, environ)
            refusal = None if answer.status == ADMITTED else NotAdmitted(answer)
        finally:
            self.channel.admit(self.request, refusal)

    def cancel(self) -> None:
        self.channel.will_close = True
