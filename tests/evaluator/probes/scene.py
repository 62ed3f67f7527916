"""A world for the prober: servers of the tests, a resolver of the tests, a canary that nobody may ever reach.

Everything that is allowed listens on ``HOME``, the one address that the tests' own policy opens. The canary listens
on every address of this machine, in both families: whatever form of a local address got through would be counted.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from evaluator.probes.failure import ProbeFailure
from evaluator.probes.policy import Address, ProbeLimits, ProbePolicy
from evaluator.probes.prober import Prober

HOME = "127.0.0.9"
NAME = "projet.exemple.test"
QUICK = ProbeLimits(total_seconds=1.5, connect_seconds=0.5, resolve_seconds=0.5, header_bytes=8_192, body_bytes=16_384)

Script = Callable[[socket.socket], None]


class Server:
    """Answers each connection by ``script``, in a thread of its own; keeps what the clients sent."""

    def __init__(self, script: Script, address: str = HOME, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.connections = 0
        self.received: list[bytes] = []
        self._tls = tls
        self._socket = _listening(address)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts, which holds the socket open
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(accepted,), daemon=True).start()

    def _answer(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), accepted:
            talking = self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted
            with talking:
                self.received.append(talking.recv(65_536))
                self.script(talking)


def _listening(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.bind((address, 0))
    made.listen(64)
    return made


def canary() -> Server:
    """On every address; IPv4 alone where the machine has no IPv6."""
    try:
        return Server(lambda _: None, "::")
    except OSError:
        return Server(lambda _: None, "0.0.0.0")  # noqa: S104 - every form of a local address must be seen


def says(*pieces: bytes) -> Script:
    def script(talking: socket.socket) -> None:
        for piece in pieces:
            talking.sendall(piece)

    return script


def page(body: bytes = b"<html>bonjour</html>", status: str = "200 OK", headers: bytes = b"") -> Script:
    length = b"Content-Length: %d\r\n" % len(body)
    return says(b"HTTP/1.1 " + status.encode() + b"\r\nContent-Type: text/html\r\n" + length + headers + b"\r\n" + body)


def sends_to(location: str, status: int = 302) -> Script:
    return says(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n".encode(), f"Location: {location}\r\n\r\n".encode())


def endless(first: bytes, piece: bytes) -> Script:
    def script(talking: socket.socket) -> None:
        talking.sendall(first)
        while True:
            talking.sendall(piece)

    return script


def dripping(first: bytes, piece: bytes) -> Script:
    def script(talking: socket.socket) -> None:
        talking.sendall(first)
        gap = threading.Event()
        while not gap.wait(0.2):
            talking.sendall(piece)

    return script


@dataclass
class Names:
    """The tests' resolver: each name's answers in turn, the last one from then on; ``asked`` in order."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, seconds: float) -> list[Address]:
        self.asked.append(host)
        turns = self.answers.get(host)
        if turns is None:
            raise ProbeFailure("probe.dns_unknown", doubtful=True, host=host)
        texts = turns.pop(0) if len(turns) > 1 else turns[0]
        return [ip_address(text) for text in texts]


@dataclass
class Scene:
    """``dialled`` holds every address that this process connected to while the scene stood."""

    canary: Server
    names: Names = field(default_factory=Names)
    dialled: list[str] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    limits: ProbeLimits = QUICK

    def serve(self, script: Script, tls: ssl.SSLContext | None = None) -> Server:
        server = Server(script, tls=tls)
        self.servers.append(server)
        return server

    def prober(self, **given: Any) -> Prober:
        ports = {80, 443, self.canary.port, *(server.port for server in self.servers)}
        policy = ProbePolicy(frozenset(ports), intranet=(ip_network(f"{HOME}/32"),))
        return Prober(policy, self.limits, **({"resolve": self.names} | given))

    def probe(self, url: str, **given: Any) -> dict[str, Any]:
        return self.prober(**given).probe(url)

    def at(self, server: Server, path: str = "/", scheme: str = "http") -> str:
        """The address of a server under the one name that the resolver knows."""
        self.names.answers.setdefault(NAME, [[HOME]])
        return f"{scheme}://{NAME}:{server.port}{path}"

    def assert_nobody_was_reached(self) -> None:
        assert self.canary.connections == 0
        assert set(self.dialled) <= {HOME}


@contextlib.contextmanager
def standing(monkeypatch: Any) -> Iterator[Scene]:
    scene = Scene(canary())
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            scene.dialled.append(str(address[0]))
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    try:
        yield scene
    finally:
        for server in (scene.canary, *scene.servers):
            server.close()
