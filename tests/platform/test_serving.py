"""The web server's rules: how long a body may be, how slow a client, and that both stand for our own addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
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
    """A server whose loop is turned by the test."""

    def __init__(self) -> None:
        self.active_channels: dict[int, Channel] = {}
        self.adj = adjustments()
        self.tasks: list[Any] = []
        self.add_task = self.tasks.append

    def pull_trigger(self) -> None:
        pass


@pytest.fixture
def given_up() -> Iterator[tuple[Channel, socket.socket]]:
    """A connection whose request was answered before its body came, and the sender's end of it."""
    ours, theirs = socket.socketpair()
    server = Listening()
    held = Channel(server, ours, ("192.0.2.1", 1), server.adj, map={})
    theirs.sendall(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\nGET / HTTP/1.1\r\n\r\n")
    held.handle_read()
    server.tasks.pop().service()
    held.handle_write()
    assert not server.tasks, "the body was read as another request"
    yield held, theirs
    theirs.close()
    held.handle_close()


def test_what_still_comes_of_a_request_given_up_is_thrown_away(given_up: tuple[Channel, socket.socket]) -> None:
    held, theirs = given_up
    theirs.sendall(b"x" * 65536)
    held.handle_read()
    assert (held.connected, held.readable(), held.will_close, held.request) == (True, True, False, None)
    answer = b"".join(iter(lambda: theirs.recv(65536), b""))  # to its end: no more is said
    assert answer.startswith(b"HTTP/1.1 413 ")
    theirs.close()
    held.handle_read()
    assert not held.connected


def test_how_long_and_how_much_is_thrown_away(given_up: tuple[Channel, socket.socket]) -> None:
    held, theirs = given_up
    assert held.lingering_since is not None
    assert not held.is_too_slow(held.lingering_since + LINGER_SECONDS)
    assert held.is_too_slow(held.lingering_since + LINGER_SECONDS + 1)
    held.thrown_away = LINGER_BYTES
    theirs.sendall(b"x")
    held.handle_read()
    assert held.will_close
    held.handle_write()
    assert not held.connected
