"""Which names a bundle may hold, and which of them are taken.

Names come from Windows, macOS and Linux: accents, emoji, spaces and dots are welcome. What could leave the folder,
deceive a reader's eye or mean two files on another system is refused.
"""

from __future__ import annotations

import re
import unicodedata

from evaluator.errors import SubmissionFault
from evaluator.limits import BundleLimits

Parts = tuple[str, ...]

JUNK_FOLDERS = frozenset({".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints", ".mypy_cache"})
_MAC_FOLDER = "__MACOSX"
_SHOWN = 160
_LENGTHS = 4  # a name this many times too long is not even looked at
_DRIVE = re.compile(r"[A-Za-z]:")
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)", re.IGNORECASE)
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def shown(name: str | bytes) -> str:
    """``name`` as it can be displayed safely: escaped where invisible, cut when long."""
    text = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    safe = "".join(
        character.encode("unicode_escape").decode("ascii") if _invisible(character) else character
        for character in text[: _SHOWN + 1]
    )
    return safe if len(safe) <= _SHOWN else safe[:_SHOWN] + "…"


def invalid(name: str | bytes, reason: str, limit: int = 255) -> SubmissionFault:
    """The fault of a name; ``reason`` is for the journal, the sentence lists all that is not accepted."""
    return SubmissionFault("bundle.name_invalid", path=shown(name), reason=reason, limit=limit)


def split(name: str, limits: BundleLimits) -> Parts:
    """The parts of a member's name, composed (NFC) so that one name has one spelling; ``()`` for the root itself.

    Raises:
        SubmissionFault: ``bundle.name_invalid``, ``bundle.absolute_path``, ``bundle.path_traversal``,
            ``bundle.too_deep``.
    """
    if len(name) > _LENGTHS * limits.path_bytes:
        raise invalid(name, "too_long", limits.path_bytes)
    if not name.isprintable() and any(_invisible(character) for character in name):
        raise invalid(name, "invisible")
    if "\\" in name:
        raise invalid(name, "backslash")
    if _DRIVE.match(name):
        raise invalid(name, "drive")
    if name.startswith("/"):
        raise SubmissionFault("bundle.absolute_path", path=shown(name))
    parts = tuple(part for part in unicodedata.normalize("NFC", name).split("/") if part not in {"", "."})
    if ".." in parts:
        raise SubmissionFault("bundle.path_traversal", path=shown(name))
    if len(parts) > limits.depth:
        raise SubmissionFault("bundle.too_deep", path=shown(name), limit=limits.depth)
    _check_parts(name, parts, limits)
    return parts


def left_out(parts: Parts, *, is_folder: bool) -> str | None:
    """The path under which a member is reported as left out, None when it is to be kept.

    Inside ``.git`` everything is kept: a branch may be called ``venv``.
    """
    folders = parts if is_folder else parts[:-1]
    for position, part in enumerate(folders):
        if part == ".git":
            return None
        if part in JUNK_FOLDERS or (part == _MAC_FOLDER and position == 0):
            return "/".join(parts[: position + 1])
    if not is_folder and (parts[-1] == ".DS_Store" or parts[-1].startswith("._")):
        return "/".join(parts)
    return None


class Names:
    """The names already taken, compared as the least strict file system would: without case, composed."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, bool]] = {}

    def folder(self, parts: Parts) -> list[str]:
        """Take the folder and those above it; returns the new ones, outermost first.

        Raises:
            SubmissionFault: ``bundle.duplicate_path``, with ``other`` as it was spelt the first time.
        """
        new = []
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth])
            known = self._taken.get(_key(path))
            if known is None:
                self._taken[_key(path)] = (path, True)
                new.append(path)
            elif known != (path, True):
                raise SubmissionFault("bundle.duplicate_path", path=shown(path), other=shown(known[0]))
        return new

    def file(self, parts: Parts) -> list[str]:
        """Take the file and the folders above it; returns the new folders.

        Raises:
            SubmissionFault: ``bundle.duplicate_path``.
        """
        new = self.folder(parts[:-1])
        path = "/".join(parts)
        known = self._taken.get(_key(path))
        if known is not None:
            raise SubmissionFault("bundle.duplicate_path", path=shown(path), other=shown(known[0]))
        self._taken[_key(path)] = (path, False)
        return new


def _key(path: str) -> str:
    """Git itself tells the branches ``Essai`` and ``essai`` apart, and nobody else opens its folder."""
    if ".git" in path.split("/")[:-1]:
        return path
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _invisible(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in _FORBIDDEN_CATEGORIES


def _check_parts(name: str, parts: Parts, limits: BundleLimits) -> None:
    if any(len(part.encode()) > limits.name_bytes for part in parts):
        raise invalid(name, "too_long", limits.name_bytes)
    if len("/".join(parts).encode()) > limits.path_bytes:
        raise invalid(name, "too_long", limits.path_bytes)
    if any(_WINDOWS_DEVICE.match(part) for part in parts):
        raise invalid(name, "reserved")
