"""The web server's rules: how long a body may be, how slow a client, and that both stand for our own addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import resolve

from certification.serving.channels import Channel
from certification.serving.limits import FILES, FORM, MARGIN, PIECE, Asked, longest_body
from certification.serving.pace import BYTES_PER_SECOND, GRACE, LINGER_BYTES, LINGER_SECONDS, too_slow
from certification.serving.requests import Incoming
from certification.serving.server import OF_ONE_ADDRESS, Patient, adjustments

ROUTES = {"upload_plain", "work-uploads", "admin_import_new", "admin_reference_new"}


def test_files_are_taken_where_a_form_brings_one_and_nowhere_else() -> None:
    names = {resolve(pattern.pattern.replace(r"\d+", "1")).url_name for pattern in FILES}
    assert names == ROUTES


@pytest.mark.parametrize(
    ("method", "path", "longest"),
    [
        ("POST", "/comptes/login/", FORM),
        ("POST", "/travaux/1/archive/", 1000 + MARGIN),
        ("PUT", "/travaux/1/archive/", FORM),
        ("POST", "/travaux/1/archive/x", FORM),
        ("PATCH", "/envois/1/", PIECE),
        ("POST", "/envois/1/", FORM),
    ],
)
def test_how_long_a_body_may_be(method: str, path: str, longest: int) -> None:
    assert longest_body(Asked(method, path, {}), longest_file=1000) == longest


def test_who_is_too_slow() -> None:
    assert not too_slow(received=0, seconds=GRACE)
    assert too_slow(received=0, seconds=GRACE + 1)
    assert not too_slow(received=int(BYTES_PER_SECOND) * 60, seconds=GRACE + 60)


def incoming(raw: bytes) -> Incoming:
    request = Incoming(adjustments())
    while raw and not request.completed:
        raw = raw[request.received(raw) :]
    return request


def test_headers_that_never_end_and_bodies_that_hardly_come_are_given_up() -> None:
    headers = incoming(b"GET / HTTP/1.1\r\nX: a")
    assert not headers.is_too_slow(headers.began_at + 5)
    assert headers.is_too_slow(headers.began_at + 11)
    body = incoming(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nab")
    assert not body.is_too_slow(body.began_at + 15)
    assert body.is_too_slow(body.began_at + 25)


def test_the_last_byte_is_remembered() -> None:
    request = incoming(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab")
    assert request.received_at is None
    request.received(b"cd")
    assert request.received_at is not None
    assert request.received_at >= request.began_at


def test_a_chunked_body_is_bounded_too(settings: Any) -> None:
    request = incoming(b"POST /comptes/login/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"x" * 65536
    for _ in range(FORM // len(piece) + 2):
        request.received(b"10000\r\n" + piece + b"\r\n")
    assert request.completed
    assert request.error.code == 413


def test_no_space_is_told_before_the_body_comes(settings: Any) -> None:
    settings.DISK_FLOOR_BYTES = 2**60
    request = incoming(b"POST /travaux/1/archive/ HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n")
    assert (request.completed, request.error.code) == (True, 507)


def test_connections_of_one_address_are_bounded_unless_it_is_a_proxy_of_ours(settings: Any) -> None:
    server = Patient()
    server.active_channels = {
        number: SimpleNamespace(addr=("192.0.2.1", number)) for number in range(OF_ONE_ADDRESS + 1)
    }  # type: ignore[assignment, misc]
    assert server.has_too_many_of("192.0.2.1")
    assert not server.has_too_many_of("192.0.2.2")
    settings.TRUSTED_PROXIES = 1
    assert not server.has_too_many_of("192.0.2.1")


def channel(**state: Any) -> Any:
    return SimpleNamespace(
        **{"is_idle": False, "last_activity": 0.0, "will_close": False, "is_too_slow": lambda now: False} | state
    )


def test_idle_and_slow_connections_are_closed_and_busy_ones_never() -> None:
    idle, fresh = channel(is_idle=True), channel(is_idle=True, last_activity=100.0)
    slow, busy = channel(is_too_slow=lambda now: True), channel()
    server = Patient()
    server.active_channels = dict(enumerate([idle, fresh, slow, busy]))
    server.maintenance(101.0)
    assert [each.will_close for each in (idle, fresh, slow, busy)] == [True, False, True, False]


def test_an_answer_that_is_hardly_read_is_given_up_and_a_long_computation_is_not() -> None:
    held = Channel.__new__(Channel)
    held.request, held.requests, held.admitting = None, [object()], False
    held.total_outbufs_len, held.answering_since, held.read_of_answer = 0, None, 0
    held.lingering_since = None
    assert not held.is_too_slow(1000.0)  # nothing waits to be read
    held.total_outbufs_len = 10
    assert not held.is_too_slow(1000.0)
    assert held.is_too_slow(1025.0)
    held.read_of_answer = 10 * int(BYTES_PER_SECOND)
    assert not held.is_too_slow(1025.0)


class Listening(Patient):
    """A server whose loop and threads are turned by the test."""

    effective_port, server_name = 80, "jalon.test"

    def __init__(self) -> None:
        self.active_channels: dict[int, Channel] = {}
        self.adj = adjustments()
        self.tasks: list[Any] = []
        self.add_task = self.tasks.append
        self.application: Any = None

    def pull_trigger(self) -> None:
        pass

    def serve(self) -> None:
        while self.tasks:
            self.tasks.pop(0).service()


@dataclass
class Connected:
    """A connection: the server's end, and the sender's."""

    server: Listening
    held: Channel
    theirs: socket.socket

    def send(self, data: bytes) -> None:
        self.theirs.sendall(data)
        self.held.handle_read()

    def answer(self) -> str:
        """All that is said, to the end."""
        self.server.serve()
        self.held.handle_write()
        return b"".join(iter(lambda: self.theirs.recv(65536), b"")).decode()


@pytest.fixture
def line() -> Iterator[Connected]:
    ours, theirs = socket.socketpair()
    server = Listening()
    held = Channel(server, ours, ("192.0.2.1", 1), server.adj, map={})
    yield Connected(server, held, theirs)
    theirs.close()
    held.handle_close()


TOO_LONG = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\nGET / HTTP/1.1\r\n\r\n"
ASKED = b"POST /travaux/1/archive/ HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n"


def test_what_still_comes_of_a_request_given_up_is_thrown_away(line: Connected) -> None:
    line.send(TOO_LONG)
    assert line.answer().startswith("HTTP/1.1 413 ")
    line.send(b"x" * 65536)
    held = line.held
    assert (held.connected, held.readable(), held.will_close, held.request, held.requests) == (
        True, True, False, None, [],
    )  # fmt: skip
    line.theirs.close()
    held.handle_read()
    assert not held.connected


def test_how_long_and_how_much_is_thrown_away(line: Connected) -> None:
    line.send(TOO_LONG)
    line.answer()
    held = line.held
    assert held.lingering_since is not None
    assert not held.is_too_slow(held.lingering_since + LINGER_SECONDS)
    assert held.is_too_slow(held.lingering_since + LINGER_SECONDS + 1)
    held.thrown_away = LINGER_BYTES
    line.send(b"x")
    assert held.will_close
    held.handle_write()
    assert not held.connected


def answering(status: str) -> Any:
    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        assert (environ["PATH_INFO"], environ.get("CONTENT_LENGTH")) == ("/admission", None)
        start(status, [("Content-Type", "application/json"), ("Retry-After", "5"), ("Content-Length", "2")])
        return [b"{}"]

    return application


@pytest.mark.parametrize("status", ["401 Unauthorized", "503 Service Unavailable"])
def test_what_the_application_says_of_a_sender_is_the_answer(line: Connected, status: str) -> None:
    """An outage is told as one, and not as a sender who is not known."""
    line.server.application = answering(status)
    line.send(ASKED)
    answer = line.answer()
    assert answer.startswith(f"HTTP/1.1 {status}\r\n")
    assert "Retry-After: 5" in answer
    assert answer.lower().count("content-length: 2") == 1


def test_a_sender_is_answered_after_what_they_asked_before(line: Connected) -> None:
    """Two threads would answer on one connection at once."""
    line.server.application = answering("401 Unauthorized")
    line.send(b"GET / HTTP/1.1\r\n\r\n" + ASKED)
    earlier, admission = line.server.tasks
    line.server.tasks.clear()
    admission.service()
    assert (earlier, len(line.held.requests), line.server.tasks) == (line.held, 2, [])


def test_what_a_sender_waited_for_us_is_not_their_slowness() -> None:
    request = incoming(ASKED)
    request.began_at -= 60
    assert request.is_too_slow(request.began_at + 60)
    request.goes_on()
    assert not request.is_too_slow(request.began_at + 1)
