"""Ways in: what a token may do and for how long, what the log of accesses tells apart, how an address is shown."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What a token of the API may do. Reading is GET; what changes something asks for a scope of its own."""

    READ = "read"
    DEPOSIT = "deposit"


LIFETIMES: Final = (30, 90, 180, 365)
"""Days that a token may be made for."""

EXCHANGED_DAYS: Final = 30
"""A token that was given for a password: the tool that holds the password asks for another."""

MOST_TOKENS: Final = 20
MOST_EXCHANGED: Final = 10
"""Tokens at one time of one person, and those among them that were given for a password."""


class AccessKind(StrEnum):
    """A line of the log of accesses."""

    LOGIN = "login"
    LOGIN_FAILED = "login.failed"
    LOGOUT = "logout"
    FACTOR_USED = "factor.used"
    FACTOR_FAILED = "factor.failed"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    CODES_RENEWED = "codes.renewed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an act
    SESSION_ENDED = "session.ended"
    SESSION_EXPIRED = "session.expired"
    TOKEN_EXCHANGED = "token.exchanged"  # noqa: S105 - the name of an act
    DOCUMENT_DOWNLOADED = "document.downloaded"
    ARCHIVE_DOWNLOADED = "archive.downloaded"
    DOCUMENT_VERIFIED = "document.verified"


COMINGS: Final = (
    AccessKind.LOGIN,
    AccessKind.LOGIN_FAILED,
    AccessKind.LOGOUT,
    AccessKind.FACTOR_USED,
    AccessKind.FACTOR_FAILED,
    AccessKind.FACTOR_ADDED,
    AccessKind.FACTOR_REMOVED,
    AccessKind.CODES_RENEWED,
    AccessKind.PASSWORD_CHANGED,
    AccessKind.SESSION_ENDED,
    AccessKind.SESSION_EXPIRED,
    AccessKind.TOKEN_EXCHANGED,
)
"""What people are shown of their own accesses: whether somebody else came in under their name."""


NOWHERE: Final = "0.0.0.0"  # noqa: S104 - an address that is none, for a visitor whose place is not known


def network_of(address: str) -> str:
    """The network that an address is of: enough to know a place again, too little to name a connection.

    The first three numbers of IPv4, the first 48 bits of IPv6; empty for what is no address, or stands for none.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.is_unspecified:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    kept = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, kept), strict=False).network_address)
