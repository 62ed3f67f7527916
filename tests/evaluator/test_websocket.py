"""The client that hears a server of a bundle: what it says, and what it may not do to us."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from evaluator.inside.websocket import Closed, WebSocket

_ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


@contextmanager
def server(said: bytes, *, closes: bool = True) -> Iterator[tuple[str, int]]:
    """One that accepts a connection, reads its request, and answers ``said``."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listening.accept()
        connection.recv(4096)
        connection.sendall(said)
        if not closes:
            time.sleep(2)
        connection.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield listening.getsockname()
    listening.close()


def heard(said: bytes, seconds: float = 1.0, *, closes: bool = True) -> list[bytes]:
    with server(said, closes=closes) as address:
        connection = WebSocket(address, "/stream", "a", time.monotonic() + seconds)
        found: list[bytes] = []
        try:
            connection.send(b"hello")
            for message in connection.messages():
                found.append(message)
        except Closed:
            return found
        finally:
            connection.close()
    return found


def frame(data: bytes, kind: int = 2, *, last: bool = True) -> bytes:
    size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
    return bytes([(0x80 if last else 0) | kind]) + size + data


def test_whole_and_broken_messages_are_heard_in_order() -> None:
    said = (
        frame(b"one") + frame(b"", 9) + frame(b"t", last=False) + frame(b"wo", 0) + frame(b"x" * 5000) + frame(b"", 8)
    )
    assert heard(_ACCEPTED + said, closes=False) == [b"one", b"two", b"x" * 5000]


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 403 Forbidden\r\n\r\n", b"x" * 100_000, b"\r\n\r\n"],
    ids=["nothing", "refused", "no end", "no status"],
)
def test_what_is_no_handshake_is_closed(said: bytes) -> None:
    with pytest.raises(Closed):
        heard(said)


@pytest.mark.parametrize("said", [b"\x82\x7f" + b"\xff" * 8, b"\x82", b"\x82\x7e\xff\xff" + b"x"])
def test_frames_that_promise_too_much_end_there(said: bytes) -> None:
    assert heard(_ACCEPTED + said) == []


def test_a_silent_server_is_left_at_the_deadline() -> None:
    started = time.monotonic()
    assert heard(_ACCEPTED + frame(b"one"), 0.3, closes=False) == [b"one"]
    assert time.monotonic() - started < 1.5
