"""The prober: one declared address asked once, each hop guarded, what happened told as a fact."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpcore

from evaluator.plain import plain
from evaluator.probes import addresses
from evaluator.probes.addresses import Target
from evaluator.probes.answers import Answer, shown
from evaluator.probes.connection import (
    CountedStream,
    Deadline,
    OutOfTime,
    TooMuch,
    addresses_of,
    dial,
    public_tls,
    secure,
)
from evaluator.probes.failure import ProbeFailure
from evaluator.probes.policy import ProbeLimits, ProbePolicy
from evaluator.probes.resolving import Resolve, system_resolve

_logger = logging.getLogger(__name__)

AGENT = "Jalon-probe/1"
_REDIRECTIONS = {301, 302, 303, 307, 308}
_WITNESS_SECONDS = 60.0  # for how long what a witness said is believed


@dataclass
class _Trail:
    """What is known so far. ``hops`` are the redirections, with the status of each."""

    began: float = field(default_factory=time.monotonic)
    hops: list[dict[str, Any]] = field(default_factory=list)
    last: Target | None = None
    answer: Answer | None = None
    tls: dict[str, Any] | None = None
    cookies: bool = False

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 4)


class Prober:
    """Asks public addresses. Without arguments: the public web only, this system's resolver, browsers' certificates.

    ``witnesses`` are hosts that are always there: when an address fails in a way that our own network could cause,
    one of them must answer, over TLS, for the fault to be the address's. ``contact`` tells servers who calls.
    """

    def __init__(
        self,
        policy: ProbePolicy | None = None,
        limits: ProbeLimits | None = None,
        *,
        resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
        witnesses: tuple[str, ...] = (),
        contact: str = "",
    ) -> None:
        self._policy = policy or ProbePolicy()
        self._limits = limits or ProbeLimits()
        self._resolve = resolve
        self._tls = tls or public_tls()
        self._witnesses = witnesses
        self._agent = f"{AGENT} (+{contact})" if contact else AGENT
        self._witnessed: tuple[float, bool] | None = None

    def probe(self, url: str) -> dict[str, Any]:
        """Ask ``url`` and tell what happened; never raises for anything that the other side does.

        Answers ``{"at", "url", "final", "hops", "seconds", "tls", "request", "response", "failure", "cause"}``:
        ``response`` is None or ``failure`` is (``{"code", "params"}``, with ``cause`` ``candidate`` or ``platform``).
        ``seconds`` runs from the resolution to the first bytes of the last answer, redirections included.
        """
        at = datetime.now(UTC)
        trail = _Trail()
        failure: ProbeFailure | None = None
        try:
            self._walk(url, trail)
        except ProbeFailure as found:
            failure = found
        except OutOfTime:
            failure = ProbeFailure("probe.time", doubtful=not trail.hops, limit=self._limits.total_seconds)
        except Exception as defect:  # a defect of ours is told as such, and not held against anyone
            _logger.exception("probe crashed")
            failure = ProbeFailure("probe.crashed", ours=True, type=type(defect).__name__)
        told: dict[str, Any] = plain(self._told(url, at, trail, failure))
        return told

    def reaches(self, host: str) -> bool:
        """Whether ``host`` takes a connection on port 443 and proves its name."""
        try:
            target = addresses.read(f"https://{host}/", replace(self._policy, ports=frozenset({443})))
            self._connect(target, Deadline(2 * self._limits.connect_seconds), _Trail()).close()
        except (ProbeFailure, OutOfTime):
            return False
        return True

    def _told(self, url: str, at: datetime, trail: _Trail, failure: ProbeFailure | None) -> dict[str, Any]:
        answer, limits = trail.answer, self._limits
        final = trail.last.url if trail.last else addresses.hidden(url)
        return {
            "at": at.isoformat(),
            "url": addresses.hidden(url),
            "final": final,
            "hops": trail.hops,
            "seconds": answer.seconds if answer else trail.seconds,
            "tls": trail.tls,
            "cookies": trail.cookies,
            "request": {"method": "GET", "url": final},
            "response": shown(answer, limits.body_bytes, limits.excerpt) if answer else None,
            "failure": {"code": failure.code, "params": failure.params} if failure else None,
            "cause": self._cause(failure) if failure else None,
        }

    def _cause(self, failure: ProbeFailure) -> str:
        if failure.ours or (failure.doubtful and self._witnesses and not self._network_works()):
            return "platform"
        # Without witnesses, only a resolver that answers nothing at all is taken for ours.
        return "platform" if failure.code == "probe.dns" and not self._witnesses else "candidate"

    def _network_works(self) -> bool:
        now = time.monotonic()
        if self._witnessed is None or now - self._witnessed[0] > _WITNESS_SECONDS:
            self._witnessed = (now, any(self.reaches(host) for host in self._witnesses))
        return self._witnessed[1]

    def _walk(self, url: str, trail: _Trail) -> None:
        """Follow redirections to the last answer. Raises ProbeFailure, OutOfTime."""
        deadline = Deadline(self._limits.total_seconds)
        target = addresses.read(url, self._policy)
        seen: set[str] = set()
        while True:
            if target.url in seen:
                raise ProbeFailure("probe.redirect_loop", url=target.url)
            if len(seen) > self._limits.redirects:
                raise ProbeFailure("probe.redirects", limit=self._limits.redirects)
            seen.add(target.url)
            trail.last = target
            answer = self._ask(target, deadline, trail)
            trail.cookies = trail.cookies or answer.sets_cookies
            location = answer.header("location")
            if answer.status not in _REDIRECTIONS or location is None:
                trail.answer = answer
                return
            trail.hops.append({"url": target.url, "status": answer.status})
            target = addresses.follow(target, location, self._policy)

    def _connect(self, target: Target, deadline: Deadline, trail: _Trail) -> CountedStream:
        found = addresses_of(target, self._policy, self._limits, self._resolve, deadline)
        dialled = dial(found, target, self._limits, deadline)
        trail.tls = None
        if target.scheme == "https":
            try:
                secured = secure(dialled, target, self._tls, deadline)
            except ProbeFailure as failure:
                trail.tls = {"verified": False, "reason": failure.params["reason"]}
                raise
            dialled, trail.tls = secured.socket, secured.facts
        return CountedStream(dialled, deadline, self._limits.header_bytes)

    def _ask(self, target: Target, deadline: Deadline, trail: _Trail) -> Answer:
        """One request on a connection of its own, closed whatever happens."""
        stream = self._connect(target, deadline, trail)
        try:
            return self._converse(target, stream, trail)
        except TooMuch as error:
            raise ProbeFailure("probe.headers", limit=self._limits.header_bytes) from error
        except (httpcore.ProtocolError, httpcore.NetworkError) as error:
            raise ProbeFailure("probe.protocol", host=target.host, reason=str(error)[:200]) from error
        finally:
            stream.close()

    def _converse(self, target: Target, stream: CountedStream, trail: _Trail) -> Answer:
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        headers = [
            ("Host", target.authority),
            ("User-Agent", self._agent),
            ("Accept", "text/html,application/json;q=0.9,*/*;q=0.8"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        connection = httpcore.HTTP11Connection(origin=url.origin, stream=stream)
        response = connection.handle_request(httpcore.Request("GET", url, headers=headers))
        answer = Answer(
            status=response.status,
            headers=[(name.decode("latin-1").lower(), _text(value)) for name, value in response.headers],
            seconds=trail.seconds,
        )
        if answer.status in _REDIRECTIONS:
            return answer
        stream.allow(self._limits.body_bytes)
        body, stopped = _body(response.iter_stream, self._limits.body_bytes)
        return replace(answer, body=body, stopped=stopped)


def _body(stream: Callable[[], Any], limit: int) -> tuple[bytes, str | None]:
    """At most ``limit`` bytes, and what cut them short. Chunks are counted as sent: their frames are paid for too."""
    body = bytearray()
    try:
        for piece in stream():
            body += piece
            if len(body) > limit:
                return bytes(body[:limit]), "size"
    except TooMuch:
        return bytes(body), "size"
    except OutOfTime:
        return bytes(body), "time"
    except (httpcore.ProtocolError, httpcore.NetworkError):
        return bytes(body), "broken"
    return bytes(body), None


def _text(value: bytes) -> str:
    """Headers are Latin-1 by the standard, and UTF-8 where a server redirects to an accented path."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
