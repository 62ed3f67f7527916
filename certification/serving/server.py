"""The event loop of one process: connections, their bounds, and the threads that run the application."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

from django.conf import settings
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer, UnixWSGIServer
from waitress.task import ThreadedTaskDispatcher

from certification.serving.channels import Admission, Channel

logger = logging.getLogger(__name__)

CONNECTIONS = 1000
"""Of one process, each costs a descriptor and some kilobytes."""

OF_ONE_ADDRESS = 200
"""A school behind one address, with six connections for each browser; where proxies are trusted, the peer is one."""

IDLE_SECONDS = 60
CROWDED = 0.75


class Threads:
    """The application's threads, and one more for those who ask how it is while all others are busy."""

    def __init__(self, count: int) -> None:
        self.application, self.health = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self.application.set_thread_count(count)
        self.health.set_thread_count(1)

    def add_task(self, task: Channel | Admission) -> None:
        (self.health if task.asks_health else self.application).add_task(task)

    def shutdown(self) -> None:
        for dispatcher in (self.application, self.health):
            dispatcher.shutdown()


class Patient:
    """Mixed into waitress's servers: who is slow waits in the event loop, and is sent away by it in the end."""

    channel_class = Channel
    active_channels: dict[int, Channel]

    def has_too_many_of(self, address: str) -> bool:
        if settings.TRUSTED_PROXIES:
            return False
        return sum(1 for channel in self.active_channels.values() if channel.addr[0] == address) > OF_ONE_ADDRESS

    def maintenance(self, now: float) -> None:
        """Every second: close what is too slow, what has been idle for long, and all that is idle in a crowd."""
        crowded = len(self.active_channels) > CROWDED * CONNECTIONS
        idle_since = now - (1 if crowded else IDLE_SECONDS)
        for channel in self.active_channels.values():
            if channel.is_too_slow(now) or (channel.is_idle and channel.last_activity < idle_since):
                channel.will_close = True


class PatientTcp(Patient, TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    pass


class PatientUnix(Patient, UnixWSGIServer):  # type: ignore[misc]  # waitress has no types
    pass


def listen(application: Callable[..., Any], sockets: list[socket.socket], threads: Threads) -> dict[int, Any]:
    """Have ``application`` answer on sockets that are bound; return the map of the event loop."""
    connections: dict[int, Any] = {}
    adj = adjustments()
    for held in sockets:
        kind = PatientUnix if held.family == socket.AF_UNIX else PatientTcp
        info = (held.family, held.type, held.proto, held.getsockname())
        kind(application, connections, True, held, dispatcher=threads, adj=adj, bind_socket=False, sockinfo=info)
    return connections


def adjustments() -> Adjustments:
    return Adjustments(
        ident=None,
        connection_limit=CONNECTIONS,
        cleanup_interval=1,
        channel_timeout=IDLE_SECONDS,
        recv_bytes=64 * 1024,
        max_request_header_size=32 * 1024,
        # Beyond these, bodies and answers go to disk: memory does not grow with what people send or fetch.
        inbuf_overflow=512 * 1024,
        outbuf_overflow=1024 * 1024,
        outbuf_high_watermark=256 * 1024 * 1024,
        asyncore_use_poll=True,  # select() knows no descriptor above 1,023
        # The proxy's headers are read by Django, which knows how many proxies to trust.
        clear_untrusted_proxy_headers=False,
    )
