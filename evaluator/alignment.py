"""Lays delivered predictions beside a truth, by identifier or by rank, and tells what does not fit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[+-]?\d{1,30}(\.0{1,30})?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_SHOWN = 5
_TRUTHS = {"true": True, "false": False}

Answer = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Alignment:
    """``rows`` gives for each row of the truth the rank of its prediction, both from 0; empty when anything is amiss.

    ``missing`` counts rows without a prediction; the two others name identifiers as they were delivered, a few of
    them, with how many there are.
    """

    rows: Sequence[int]
    missing: int = 0
    twice: int = 0
    twice_named: Sequence[str] = ()
    unknown: int = 0
    unknown_named: Sequence[str] = ()

    @property
    def fits(self) -> bool:
        return not (self.missing or self.twice or self.unknown)


def by_identifier(truth: Sequence[str], delivered: Sequence[str]) -> Alignment:
    """Whatever the order. ``truth`` has every identifier once.

    Where all of them are whole numbers, numbers are compared (``7``, ``007`` and ``7.0`` are one), else texts without
    the blanks around them.
    """
    numbers = all(_NUMBER.fullmatch(name.strip()) for name in truth)
    known = {_key(name, numbers): row for row, name in enumerate(truth)}
    if len(known) != len(truth):  # "7" and "007" are two for the certifier
        numbers, known = False, {name.strip(): row for row, name in enumerate(truth)}
    counts = Counter(_key(name, numbers) for name in delivered)
    places = {_key(name, numbers): rank for rank, name in enumerate(delivered)}
    twice = [name for name in _once(delivered, numbers) if counts[_key(name, numbers)] > 1]
    unknown = [name for name in _once(delivered, numbers) if _key(name, numbers) not in known]
    missing = sum(key not in counts for key in known)
    fits = not (twice or unknown or missing)
    return Alignment(
        rows=[places[key] for key in known] if fits else (),
        missing=missing,
        twice=len(twice),
        twice_named=twice[:_SHOWN],
        unknown=len(unknown),
        unknown_named=unknown[:_SHOWN],
    )


def answers(texts: Sequence[str], *, numeric: bool, comma: bool = False) -> list[Answer]:
    """Predictions as they were written, read as the truth's values are: numbers where those are ``numeric``.

    With ``comma``, the fields of the file are not separated by commas, which may then set decimals off. An empty
    text is None; one that is no number stays a text, which equals no number.
    """
    return [_answer(text.strip(), numeric, comma) for text in texts]


def _answer(text: str, numeric: bool, comma: bool) -> Answer:
    if not text or not numeric:
        return text or None
    if text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    if comma and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _key(name: str, numbers: bool) -> str | int:
    text = name.strip()
    return int(text.partition(".")[0]) if numbers and _NUMBER.fullmatch(text) else text


def _once(delivered: Sequence[str], numbers: bool) -> list[str]:
    """Each identifier as it was first written, in that order."""
    first: dict[str | int, str] = {}
    for name in delivered:
        first.setdefault(_key(name, numbers), name.strip())
    return list(first.values())
