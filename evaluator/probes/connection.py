"""One connection to an address that has been judged: dialled by number, timed and counted byte by byte."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

import certifi
import httpcore

from evaluator.probes.addresses import Target
from evaluator.probes.failure import ProbeFailure
from evaluator.probes.policy import Address, ProbeLimits, ProbePolicy
from evaluator.probes.resolving import Resolve

# What our own machine or the first router says when it has no way out.
_NO_WAY_OUT = {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPERM, errno.EACCES}
_CERTIFICATE_DATE = "%b %d %H:%M:%S %Y %Z"


class OutOfTime(Exception):
    """The time of the whole probe is over."""


class TooMuch(Exception):
    """More bytes came than this part of an answer may have."""


class Deadline:
    """The time that is left, in seconds, for everything together."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """At most ``most``. Raises OutOfTime."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise OutOfTime
        return seconds if most is None else min(seconds, most)


def public_tls() -> ssl.SSLContext:
    """Certificates judged as browsers do, by the same list on every machine."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def addresses_of(
    target: Target, policy: ProbePolicy, limits: ProbeLimits, resolve: Resolve, deadline: Deadline
) -> Sequence[Address]:
    """The addresses to dial, resolved once and all of them allowed; one that is not refuses the name as a whole.

    Raises:
        ProbeFailure: ``probe.forbidden``, ``probe.dns``, ``probe.dns_unknown``; OutOfTime.
    """
    found = [target.literal] if target.literal else resolve(target.host, deadline.left(limits.resolve_seconds))
    for address in found:
        kind = policy.refusal(address)
        if kind is not None:
            reason = {"code": f"probe.kind.{kind}", "params": {}}
            # A resolver of ours that censors or answers for the inside would lead every name there.
            doubtful = target.literal is None
            raise ProbeFailure(
                "probe.forbidden", doubtful=doubtful, host=target.host, address=str(address), kind=reason
            )
    if not found:
        raise ProbeFailure("probe.dns_unknown", doubtful=True, host=target.host)
    return found[: limits.addresses]


def dial(addresses: Iterable[Address], target: Target, limits: ProbeLimits, deadline: Deadline) -> socket.socket:
    """A connection to the first address that takes one.

    Raises:
        ProbeFailure: ``probe.connect``; OutOfTime.
    """
    errors: list[OSError] = []
    for address in addresses:
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        try:
            return _dial(family, address, target.port, deadline.left(limits.connect_seconds))
        except OSError as error:
            errors.append(error)
    ours = all(error.errno in _NO_WAY_OUT for error in errors)
    reason = "timeout" if isinstance(errors[-1], TimeoutError) else errno.errorcode.get(errors[-1].errno or 0, "?")
    raise ProbeFailure("probe.connect", doubtful=True, ours=ours, host=target.host, port=target.port, reason=reason)


def _dial(family: int, address: Address, port: int, seconds: float) -> socket.socket:
    dialled = socket.socket(family, socket.SOCK_STREAM)
    try:
        dialled.settimeout(seconds)
        dialled.connect((str(address), port))
        if ip_address(dialled.getpeername()[0]) != address:
            raise OSError(errno.EADDRNOTAVAIL, "another peer than the one dialled")
    except BaseException:
        dialled.close()
        raise
    return dialled


@dataclass(frozen=True, slots=True)
class Secured:
    """A connection under TLS, and what is known of it: version, cipher, issuer, subject, expires (ISO), verified."""

    socket: ssl.SSLSocket
    facts: dict[str, Any]


def secure(dialled: socket.socket, target: Target, context: ssl.SSLContext, deadline: Deadline) -> Secured:
    """TLS with the name that was declared, in SNI and in the certificate.

    Raises:
        ProbeFailure: ``probe.certificate`` (not trusted, and why), ``probe.tls``; OutOfTime.
    """
    try:
        dialled.settimeout(deadline.left())
        secured = context.wrap_socket(dialled, server_hostname=target.host)
    except ssl.SSLCertVerificationError as error:
        dialled.close()
        raise ProbeFailure("probe.certificate", doubtful=True, host=target.host, reason=error.verify_message) from error
    except TimeoutError as error:
        dialled.close()
        raise OutOfTime from error
    except (OSError, ValueError) as error:
        dialled.close()
        reason = getattr(error, "reason", None) or type(error).__name__
        raise ProbeFailure("probe.tls", doubtful=True, host=target.host, reason=str(reason)) from error
    return Secured(secured, _facts(secured))


def _facts(secured: ssl.SSLSocket) -> dict[str, Any]:
    certificate: dict[str, Any] = dict(secured.getpeercert() or {})
    cipher = secured.cipher()
    expires = None
    with suppress(KeyError, ValueError):
        expires = datetime.strptime(certificate["notAfter"], _CERTIFICATE_DATE).replace(tzinfo=UTC).isoformat()
    return {
        "version": secured.version(),
        "cipher": cipher[0] if cipher else None,
        "issuer": _name(certificate.get("issuer")),
        "subject": _name(certificate.get("subject")),
        "expires": expires,
        "verified": True,
    }


def _name(parts: Any) -> str:
    """The organisation of a distinguished name, or else its common name."""
    held = {key: value for group in parts or () for key, value in group}
    return str(held.get("organizationName") or held.get("commonName") or "")[:200]


class CountedStream(httpcore.NetworkStream):
    """What the HTTP reader sees: a stream that ends the reading when time or bytes run out."""

    def __init__(self, dialled: socket.socket, deadline: Deadline, allowed: int) -> None:
        self._socket = dialled
        self._deadline = deadline
        self._left = allowed

    def allow(self, allowed: int) -> None:
        """Begin another part of the answer, of at most ``allowed`` bytes more."""
        self._left = allowed

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise TooMuch
        data: bytes = self._timed(lambda: self._socket.recv(min(max_bytes, self._left)), httpcore.ReadError)
        self._left -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._timed(lambda: self._socket.sendall(buffer), httpcore.WriteError)

    def close(self) -> None:
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        return None

    def _timed(self, act: Callable[[], Any], fault: type[httpcore.NetworkError]) -> Any:
        self._socket.settimeout(self._deadline.left())
        try:
            return act()
        except TimeoutError as error:
            raise OutOfTime from error
        except OSError as error:
            raise fault(type(error).__name__) from error
