"""A standing made up by hand, to try an edition's rule without anybody's data. Pure.

``{"path": "FC", "options": ["5B"], "assessments": {"1": "acquired", "2": {"A1-C1": "acquired", "*": "in_progress"}}}``:
épreuves by their number in the edition; a level for every line of one, or by line (its number within the épreuve,
from 1, or its code; ``*`` for the others). What is not named is pending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.domain.award import Assessment, Edition, Given, Heard, Key

FIELDS = ("path", "options", "assessments")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong in what was given: ``place`` in it, a stable code, what the words need."""

    place: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class GivenRefused(Exception):
    """All that is wrong in it, at once."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        super().__init__("; ".join(f"{wrong.place}: {wrong.code}" for wrong in wrongs))
        self.wrongs = wrongs


def given_of(value: Any, edition: Edition[Key], paths: Collection[str]) -> Given[Key]:
    """Read a standing; ``paths``: the voies d'accès there are. Raises GivenRefused with everything wrong in it."""
    if not isinstance(value, dict):
        raise GivenRefused([Wrong("", "object")])
    wrongs = [Wrong(str(name), "unknown_field", {"known": list(FIELDS)}) for name in value if name not in FIELDS]
    path, options, given = value.get("path", ""), value.get("options", []), value.get("assessments", {})
    if path and path not in paths:
        wrongs.append(Wrong("path", "path", {"known": list(paths)}))
    choices = [unit.code for unit in edition.units if unit.group]
    if not isinstance(options, list):
        wrongs.append(Wrong("options", "list"))
    else:
        wrongs += [
            Wrong("options", "option", {"text": str(each), "known": choices}) for each in options if each not in choices
        ]
    heard: dict[int, Heard[Key]] = {}
    if isinstance(given, dict):
        wrongs += _heard(given, edition, heard)
    else:
        wrongs.append(Wrong("assessments", "object"))
    if wrongs:
        raise GivenRefused(wrongs)
    return Given(heard=heard, path=path, chosen=tuple(options))


def _heard(given: Mapping[str, Any], edition: Edition[Key], heard: dict[int, Heard[Key]]) -> Iterator[Wrong]:
    known = {found.number: found for found in assessments_of(edition)}
    for name, levels in given.items():
        place = f"assessments.{name}"
        found = known.get(int(name)) if name.isascii() and name.isdigit() and len(name) < 5 else None
        if found is None:
            yield Wrong(place, "assessment", {"last": max(known, default=0)})
            continue
        wrongs, by_line = _levels(place, levels, found, edition)
        yield from wrongs
        heard[found.number] = Heard(by_line, rank=found.number)


def assessments_of(edition: Edition[Key]) -> list[Assessment[Key]]:
    """Every épreuve of the edition, by its number."""
    of_units = (found for unit in edition.units for found in unit.assessments)
    return sorted([*of_units, *edition.beside], key=lambda found: found.number)


def _levels(
    place: str, given: Any, found: Assessment[Key], edition: Edition[Key]
) -> tuple[list[Wrong], dict[Key, str]]:
    named = given if isinstance(given, dict) else {"*": given}
    scale = [level.code for level in edition.scale]
    wrongs = [
        Wrong(f"{place}.{line}" if isinstance(given, dict) else place, "level", {"text": str(level), "known": scale})
        for line, level in named.items()
        if level not in scale
    ]
    by_name = {line.name: line.key for line in found.lines}
    by_name |= {str(number): line.key for number, line in enumerate(found.lines, start=1)}
    wrongs += [
        Wrong(f"{place}.{line}", "line", {"count": len(found.lines)})
        for line in named
        if line != "*" and line not in by_name
    ]
    if wrongs:
        return wrongs, {}
    levels = {line.key: named["*"] for line in found.lines} if "*" in named else {}
    return [], levels | {by_name[line]: level for line, level in named.items() if line != "*"}
