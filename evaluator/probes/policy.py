"""Where a probe may go, and how much it may take. An address is judged as it will be dialled, never as it is written.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), RFC 5771, RFC 1112.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from evaluator.limits import KB

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED_V4: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unspecified", ("0.0.0.0/8",)),
    ("loopback", ("127.0.0.0/8",)),
    ("metadata", ("169.254.169.254/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32")),
    ("link_local", ("169.254.0.0/16",)),
    ("private", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
    ("translated", ("192.88.99.0/24", "192.52.193.0/24")),
    ("multicast", ("224.0.0.0/4",)),
    (
        "reserved",
        (
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "240.0.0.0/4",
        ),
    ),
)
_REFUSED_V6: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("loopback", ("::1/128",)),
    ("unspecified", ("::/128",)),
    # Forms that hold an IPv4 address: mapped, compatible, NAT64 (two prefixes), 6to4, Teredo.
    ("translated", ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")),
    ("translated", ("2001::/32",)),
    ("metadata", ("fd00:ec2::/32", "fd20:ce::/32")),
    ("private", ("fc00::/7", "fec0::/10")),
    ("link_local", ("fe80::/10",)),
    ("multicast", ("ff00::/8",)),
    ("reserved", ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")),
)
_PUBLIC_V6 = IPv6Network("2000::/3")  # the only block that has been given out
_INTRANETS = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
_METADATA_V6 = tuple(IPv6Network(text) for kind, texts in _REFUSED_V6 if kind == "metadata" for text in texts)


def _table(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, Network], ...]:
    return tuple((kind, ip_network(text)) for kind, texts in rows for text in texts)


_TABLES = {4: _table(_REFUSED_V4), 6: _table(_REFUSED_V6)}


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """Seconds and bytes of one probe, all its redirections together unless said otherwise."""

    total_seconds: float = 60.0  # a free host wakes a sleeping application in less
    connect_seconds: float = 5.0  # each address
    resolve_seconds: float = 5.0  # each name
    addresses: int = 4  # tried of one name
    redirects: int = 5
    header_bytes: int = 32 * KB  # each answer, interim answers included
    body_bytes: int = 256 * KB  # as sent, and once more when decompressed
    excerpt: int = 4_000  # characters of the body that are kept


@dataclass(frozen=True, slots=True)
class ProbePolicy:
    """``ports`` that may be dialled; ``intranet``: networks of the certifier's own that count as public."""

    ports: frozenset[int] = frozenset({80, 443})
    intranet: tuple[Network, ...] = ()

    def refusal(self, address: Address) -> str | None:
        """Why this address is not dialled: the kind of network it lies in. None for a public one."""
        if any(address.version == network.version and address in network for network in self.intranet):
            return None
        for kind, network in _TABLES[address.version]:
            if address in network:
                return kind
        is_public = address in _PUBLIC_V6 if isinstance(address, IPv6Address) else address.is_global
        return None if is_public else "reserved"


def intranet_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of an operator's setting.

    Raises:
        ValueError: not a network, or one beyond the private blocks (RFC 1918, RFC 4193): neither loopback, nor
            link-local addresses, nor a cloud's metadata service can be opened, nor everything at once.
    """
    return tuple(_intranet(text) for text in texts)


def _intranet(text: str) -> Network:
    network = ip_network(text)
    inside = any(_is_within(network, block) for block in _INTRANETS)
    metadata = isinstance(network, IPv6Network) and any(network.overlaps(block) for block in _METADATA_V6)
    if not inside or metadata:
        raise ValueError(f"{network} is not a private network that may be opened")
    return network


def _is_within(network: Network, block: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(block, IPv4Network):
        return network.subnet_of(block)
    return isinstance(network, IPv6Network) and isinstance(block, IPv6Network) and network.subnet_of(block)
