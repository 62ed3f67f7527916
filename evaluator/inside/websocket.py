"""The client's side of a WebSocket (RFC 6455), as much of it as hearing a server takes."""

from __future__ import annotations

import os
import socket
import struct
import time
from base64 import b64encode
from collections.abc import Iterator

_MOST = 64 << 20
_HEAD = 1 << 14
_CONTINUED, _BINARY, _CLOSE, _PING, _PONG = 0, 2, 8, 9, 10


class Closed(Exception):
    """The server refused, closed, or did not answer in time; the text says which."""


class WebSocket:
    """A connection to ``path`` until ``deadline``, in the seconds of ``time.monotonic``."""

    def __init__(self, address: tuple[str, int], path: str, protocols: str, deadline: float) -> None:
        """Raises Closed."""
        self._deadline = deadline
        self._held = b""
        try:
            self._socket = socket.create_connection(address, timeout=self._left())
        except OSError as error:
            raise Closed(str(error)) from error
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {address[0]}:{address[1]}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: {protocols}",
        )
        self._write("\r\n".join((*lines, "", "")).encode())
        status = self._answer().split(b"\r\n", 1)[0].decode("latin-1")
        if " 101" not in status:
            self.close()
            raise Closed(status[:200])

    def send(self, data: bytes) -> None:
        self._frame(_BINARY, data)

    def messages(self) -> Iterator[bytes]:
        """What the server says, message by message, until the deadline. Raises Closed."""
        gathered = b""
        while True:
            last, kind, data = self._read_frame()
            if kind == _PING:
                self._frame(_PONG, data)
            elif kind == _CLOSE:
                raise Closed("closed by the server")
            elif kind != _PONG:
                gathered += data
                if len(gathered) > _MOST:
                    raise Closed("too much said")
                if last:
                    yield gathered
                    gathered = b""

    def close(self) -> None:
        self._socket.close()

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Closed("timeout")
        return left

    def _answer(self) -> bytes:
        """The head of the answer, which ends with an empty line."""
        while b"\r\n\r\n" not in self._held:
            if len(self._held) > _HEAD:
                raise Closed("too long a head")
            self._held += self._receive()
        head, _, self._held = self._held.partition(b"\r\n\r\n")
        return head

    def _read_frame(self) -> tuple[bool, int, bytes]:
        first, second = self._take(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._take(8))
        if length > _MOST:
            raise Closed("too much said")
        return bool(first & 0x80), first & 0x0F, self._take(length)

    def _take(self, count: int) -> bytes:
        parts, missing = [self._held], count - len(self._held)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        whole = b"".join(parts)
        self._held = whole[count:]
        return whole[:count]

    def _receive(self) -> bytes:
        try:
            self._socket.settimeout(self._left())
            data = self._socket.recv(1 << 16)
        except TimeoutError as error:
            raise Closed("timeout") from error
        except OSError as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("closed by the server")
        return data

    def _frame(self, kind: int, data: bytes) -> None:
        """A client hides what it sends under a mask; one of zeros hides nothing, and is one (section 5.3)."""
        length = len(data)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + struct.pack(">H", length)
        self._write(bytes([0x80 | kind]) + size + bytes(4) + data)

    def _write(self, data: bytes) -> None:
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error
