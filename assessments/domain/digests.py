"""Stable digests: parameters of a check, rows of the journal, content of a document."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: the same value gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def chained(previous_hash: str, row: Any) -> str:
    """The hash of a journal row: sha256 over the previous row's hash and this row's canonical form."""
    return hashlib.sha256(previous_hash.encode() + canonical(row)).hexdigest()
