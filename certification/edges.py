"""What comes in from outside, made fit for what lies behind: PostgreSQL, XML, int64, the stack.

One place for all edges: the middleware applies it to addresses, queries, forms, cookies and headers, the API to bodies,
views to the few numbers that they read themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final, TypeVar, cast

from django.http import QueryDict

Form = TypeVar("Form", bound=QueryDict)

LARGEST: Final = 2**63 - 1
"""The largest number that a key or a count holds in PostgreSQL (bigint)."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "\ufffd"
_DEEPEST = 64
_DIGITS = len(str(LARGEST))


class Unsound(ValueError):
    """What came in cannot be read; the text says what, for who wrote the client."""


def cleaned(text: str) -> str:
    """``text`` as databases, XML and CSV take it.

    NUL and the other control characters go, but tabs and ends of lines; halves of surrogate pairs, and what Unicode
    promises never to use, become U+FFFD. Nothing else changes: invisible signs stay, and are shown as such.
    """
    return _UNWRITABLE.sub(_REPLACEMENT, _CONTROLS.sub("", text))


def one_line(name: str) -> str:
    """A file name as headers and lists take it: cleaned, and without ends of lines or tabs."""
    return " ".join(cleaned(name).split())


def is_clean(text: str) -> bool:
    return not _CONTROLS.search(text) and not _UNWRITABLE.search(text)


def cleaned_form(given: Form) -> Form:
    """The same where nothing is to be cleaned, as nearly always."""
    if all(is_clean(key) and all(map(is_clean, values)) for key, values in given.lists()):
        return given
    clean = QueryDict(mutable=True)
    for key, values in given.lists():
        clean.setlist(cleaned(key), [cleaned(value) for value in values])
    clean._mutable = False
    return cast("Form", clean)


def whole_number(text: str, *, largest: int = LARGEST) -> int | None:
    """The number that ``text`` writes in ASCII digits alone, from 0 to ``largest``; None for anything else."""
    digits = text.lstrip("0")[: _DIGITS + 1] or text[:1]
    if not (text.isascii() and text.isdigit()) or len(digits) > _DIGITS:
        return None
    number = int(digits)
    return number if number <= largest else None


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """Those of ``texts`` that are whole numbers of a key; what is none is nobody's key."""
    return [number for number in map(whole_number, texts) if number is not None]


def read_json(data: bytes | str) -> Any:
    """The JSON value of a body, its texts cleaned, its whole numbers within 64 bits, at most 64 levels deep.

    Raises:
        Unsound: it is not JSON, goes deeper, or holds a number that no column does.
    """
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value = json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=_no_constant)
    except Unsound:
        raise
    except RecursionError as error:
        raise Unsound("too many levels") from error
    except ValueError as error:
        raise Unsound("not JSON") from error
    return _sound(value, _DEEPEST)


def _whole(text: str) -> int:
    number = whole_number(text.removeprefix("-"))
    if number is None:
        raise Unsound("a number is too large")
    return -number if text.startswith("-") else number


def _real(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise Unsound("a number is too large")
    return number


def _no_constant(name: str) -> float:
    raise Unsound(f"{name} is no JSON")


def _sound(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict | list) and levels == 0:
        raise Unsound("too many levels")
    if isinstance(value, dict):
        return {cleaned(key): _sound(item, levels - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_sound(item, levels - 1) for item in value]
    return value
