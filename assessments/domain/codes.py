"""Verification codes: 128 random bits that a person can copy from paper.

Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O nor U; read back whatever the case, with or
without separators, I and L as 1, O as 0.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26  # of 5 bits each
GROUP = 4
_MISREAD = str.maketrans("ILO", "110", "- \t\u00a0\u2010\u2011\u2012\u2013\u2014")


def new_code() -> str:
    """A code that nobody can guess, without separators."""
    value = secrets.randbits(128)
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def spelled(code: str) -> str:
    """The code as it is printed: in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(text: str) -> str:
    """The code that somebody typed or followed; empty when it has not the form of one."""
    code = text.upper().translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
