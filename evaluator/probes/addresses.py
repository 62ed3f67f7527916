"""Declared addresses, read once and strictly: what two readers could understand differently is refused.

The parts read here are the ones that are resolved, dialled, sent as Host and checked in the certificate: no other
parser has a say. RFC 3986; numbers at the end of a host as in the WHATWG URL standard, "ends in a number".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

from evaluator.probes.failure import ProbeFailure
from evaluator.probes.policy import Address, ProbePolicy

_LONGEST = 2_000
_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>[^#]*)(?:#.*)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SAFE = "/?:@!$&'()*+,;=-._~%[]"  # what quote() leaves in a path and its query
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class Target:
    """An address understood. ``literal`` is its numeric address, None for a name; ``path`` is ready to be sent."""

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None

    @property
    def authority(self) -> str:
        """The value of ``Host``: without the port that goes with the scheme."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def read(text: str, policy: ProbePolicy) -> Target:
    """The target that ``text`` names.

    Raises:
        ProbeFailure: ``probe.url`` (not an address, or one that readers understand differently), ``probe.scheme``,
            ``probe.credentials``, ``probe.host``, ``probe.port``.
    """
    text = text.strip(" ")
    found = None if len(text) > _LONGEST or _AMBIGUOUS.search(text) else _URL.fullmatch(text)
    if found is None:
        raise ProbeFailure("probe.url", url=hidden(text))
    scheme = found["scheme"].lower()
    if scheme not in _PORTS:
        raise ProbeFailure("probe.scheme", scheme=scheme)
    if "@" in found["authority"]:
        raise ProbeFailure("probe.credentials")
    parts = _AUTHORITY.fullmatch(found["authority"])
    if parts is None:
        raise ProbeFailure("probe.host", host=found["authority"][:200])
    host, literal = _host(parts["host"])
    port = int(parts["port"]) if parts["port"] else _PORTS[scheme]
    if port not in policy.ports:
        raise ProbeFailure("probe.port", port=port, allowed=sorted(policy.ports))
    return Target(scheme, host, port, _path(found["rest"]), literal)


def follow(target: Target, location: str, policy: ProbePolicy) -> Target:
    """Where a redirection leads; a relative one is completed first, then read like any other.

    Raises:
        ProbeFailure: as ``read``.
    """
    if len(location) > _LONGEST or _AMBIGUOUS.search(location):
        raise ProbeFailure("probe.url", url=hidden(location))
    if _SCHEME.match(location):
        return read(location, policy)
    if location.startswith("//"):
        return read(f"{target.scheme}:{location}", policy)
    return read(urljoin(target.url, location), policy)


def hidden(text: str) -> str:
    """An address as it may be shown: without the name and password that it may hold, nor signs that disturb."""
    shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:300])
    return re.sub(r"//[^/?#]*@", "//…@", shown)


def _host(text: str) -> tuple[str, Address | None]:
    if text.startswith("["):
        try:
            six = IPv6Address(text[1:-1])
        except AddressValueError as error:
            raise ProbeFailure("probe.host", host=text) from error
        return str(six), six
    name = _ascii(text).removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ProbeFailure("probe.host", host=text[:200])
    if _NUMBER.fullmatch(labels[-1]):
        return _four(name)
    if len(labels) < 2:  # a name that only this network's own list of domains could complete
        raise ProbeFailure("probe.host", host=name)
    return name, None


def _four(name: str) -> tuple[str, IPv4Address]:
    """Four decimal numbers and nothing else: 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are refused."""
    try:
        return name, IPv4Address(name)
    except AddressValueError as error:
        raise ProbeFailure("probe.host", host=name[:200]) from error


def _ascii(text: str) -> str:
    """International names as the resolver takes them; full-width digits and dots become plain ones here."""
    try:
        return text.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ProbeFailure("probe.host", host=text[:200]) from error


def _path(rest: str) -> str:
    path = quote(rest, safe=_SAFE)
    return path if path.startswith("/") else f"/{path}"
