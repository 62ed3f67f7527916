"""Who asks: a person or a program, from which network address as far as our own proxies vouch for it.

The only reader of ``X-Forwarded-For``: limits, log-in, letters and journals ask here.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

IPV6_PREFIX = 64
"""What one subscriber is given: whoever holds a /64 may change address at every request."""

MACHINES = ("/api/", "/ims/")
"""Addresses whose callers read JSON."""


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, of ours or another's: what it is told is JSON, and never another page."""
    return request.path.startswith(MACHINES) or "application/json" in request.headers.get("accept", "")


def client_address(request: HttpRequest) -> str:
    """The address that the outermost of our ``JALON_TRUSTED_PROXIES`` saw, or without any that of the peer.

    Every proxy appends the peer that it saw to ``X-Forwarded-For``: what stands before the entries of ours was
    written by the visitor, and counts for nothing. Empty where neither is an address (a Unix socket without a proxy).
    """
    address = _parsed(_forwarded(request)) or _parsed(request.META.get("REMOTE_ADDR", ""))
    return str(address) if address else ""


def client_network(request: HttpRequest) -> str:
    """What limits are counted by: an IPv4 address, or the network that one subscriber of IPv6 holds."""
    address = _parsed(client_address(request))
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, IPV6_PREFIX), strict=False).network_address)
    return str(address) if address else ""


def client_digest(request: HttpRequest) -> str:
    """The network as a name for a counter, that does not tell the address to who reads the cache."""
    return salted_hmac("certification.clients", client_network(request), algorithm="sha256").hexdigest()


def _forwarded(request: HttpRequest) -> str:
    """The entry written by the outermost of our proxies that the request came through."""
    proxies = settings.TRUSTED_PROXIES
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return str(entries[-min(proxies, len(entries))]) if proxies else ""


def _parsed(entry: str) -> IPv4Address | IPv6Address | None:
    """``192.0.2.1``, ``192.0.2.1:4711``, ``2001:db8::1`` or ``[2001:db8::1]:4711``; IPv4 in IPv6 is IPv4."""
    host = entry.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
