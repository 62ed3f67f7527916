"""Signed heads of the journal, kept outside the database: what its owner cannot rewrite.

A head is a JWS (RFC 7515) in compact form, signed with Ed25519 (RFC 8037, RFC 9864), one a line. Its claims:
``iss`` the platform's address, ``number`` and ``hash`` of the journal's last row, ``at`` the moment of that row,
``iat`` when it was signed.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from assessments.models import JournalEntry

ALGORITHM = "Ed25519"
_HASH = re.compile(r"[0-9a-f]{64}")


class AnchorsUnusable(Exception):
    """The key or the folder of anchors cannot be used as the settings say; the message says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """The journal up to its row ``number``, which is how many rows it has; ``at`` is that row's moment."""

    number: int
    hash: str
    at: str


def make_key() -> str:
    """Generate the signing key, publish its public half beside the anchors; return its id.

    Nothing is signed with a key that is not published. The key of before goes on proving what it signed. Raises
    AnchorsUnusable when the key's file exists, or either half cannot be written.
    """
    key = OKPKey.generate_key("Ed25519")
    private = key.as_dict(private=True) | {"kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}
    path = _key_path()
    with _writing(path), open(path, "x", opener=_ours_alone) as file:
        try:
            _publish({name: value for name, value in private.items() if name != "d"})
        except AnchorsUnusable:
            path.unlink()
            raise
        json.dump(private, file)
    return str(private["kid"])


def public_keys() -> KeySet:
    """Every key that has signed heads."""
    return KeySet([OKPKey.import_key(key) for key in published()["keys"]])


def published() -> dict[str, Any]:
    """The public keys as a JWK set (RFC 7517)."""
    path = _folder() / "keys.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"keys": []}
    return found


def last_head() -> Head | None:
    """The journal's last row; None while there is none."""
    last = JournalEntry.objects.order_by("-number").first()
    return Head(last.number, last.hash, last.at.isoformat()) if last else None


def sign(head: Head) -> str:
    """The head as a signed line. Raises AnchorsUnusable without a key."""
    key = _private_key()
    claims = {"iss": settings.JALON_BASE_URL, "number": head.number, "hash": head.hash, "at": head.at}
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": "jalon-head+jws"}
    payload = json.dumps(claims | {"iat": int(time.time())}, separators=(",", ":"))
    return jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])


def anchor() -> Head | None:
    """Sign the journal's head and append it to the year's file; None when there is nothing to sign.

    Raises AnchorsUnusable.
    """
    head = last_head()
    if head is None:
        return None
    line = sign(head)
    path = _folder() / f"{time.gmtime().tm_year}.jws"
    with _writing(path), path.open("a") as file:
        file.write(f"\n{line}\n")  # on a line of its own, even after one that was cut short
        file.flush()
        os.fsync(file.fileno())
    return head


def mail() -> int:
    """Send the signed head to those whom the settings name; return to how many."""
    head = last_head()
    if head is None or not settings.ANCHOR_EMAILS:
        return 0
    with override("fr"):
        subject = _("Jalon : tête du journal, ligne n° %(number)d") % {"number": head.number}
        body = _(
            "À garder : cette ligne signée prouve l’état du journal à cet instant.\n\n"
            "ligne : %(number)d\nempreinte : %(hash)s\ndate : %(at)s\n\n%(signed)s\n"
        ) % {"number": head.number, "hash": head.hash, "at": head.at, "signed": sign(head)}
    send_mail(subject, body, None, list(settings.ANCHOR_EMAILS))
    return len(settings.ANCHOR_EMAILS)


def files() -> list[Path]:
    """The files of anchors in the folder, the oldest first."""
    return sorted(_folder().glob("*.jws"))


def read(path: Path, keys: KeySet, size: int) -> Iterator[tuple[str, Head | None]]:
    """Each head of the first ``size`` bytes with its place; None for a line that none of ``keys`` has signed.

    Empty lines count for nothing.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if lines.tell() > size:
                return
            if line.strip():
                yield f"{path.name}, {number}", _verified(line.strip(), keys)


def _verified(token: bytes, keys: KeySet) -> Head | None:
    try:
        claims = json.loads(jws.deserialize_compact(token, keys, algorithms=[ALGORITHM]).payload)
        head = Head(int(claims["number"]), str(claims["hash"]), str(claims["at"]))
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return head if _HASH.fullmatch(head.hash) else None


def _publish(public: dict[str, Any]) -> None:
    keys = {"keys": [*published()["keys"], public]}
    path = _folder() / "keys.json"
    fresh = path.with_suffix(".new")
    with _writing(path):
        fresh.write_text(json.dumps(keys, indent=2))
        fresh.replace(path)


def _private_key() -> OKPKey:
    try:
        key = OKPKey.import_key(json.loads(_key_path().read_text()))
    except (OSError, ValueError, JoseError) as error:
        raise AnchorsUnusable(f"{settings.ANCHOR_KEY_FILE}: {type(error).__name__}") from error
    if key.kid not in {known["kid"] for known in published()["keys"]}:
        raise AnchorsUnusable(f"{settings.ANCHOR_KEY_FILE}: its public half is not in {_folder() / 'keys.json'}")
    return key


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AnchorsUnusable(f"{path}: {error.strerror}") from error


def _ours_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _key_path() -> Path:
    if not settings.ANCHOR_KEY_FILE:
        raise AnchorsUnusable("JALON_ANCHOR_KEY_FILE is not set")
    return Path(settings.ANCHOR_KEY_FILE)


def _folder() -> Path:
    return Path(settings.ANCHOR_DIR)
