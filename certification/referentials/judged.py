"""What an assessment (épreuve) is judged on: the rule, whatever names the lines. Pure.

An assessment stands in a unit of award: its bloc, or the whole edition where there are no blocs. Where the edition has
blocs, one that is in none is of the whole certification. It is judged on the criteria it has of its own and on those
under the competencies it names; for a competency with no criterion under it, on the criteria that say they cover it,
and where there is none either, on the competency itself. One that says nothing is judged on its whole unit; one of the
whole certification that says nothing is its own and only line.

`lines` applies this to the tree of an edition, `assessments.selectors.award` to its rows; a test holds to it what
`assessments.selectors.lines` asks of the database for the grid of a work.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Unit = Hashable | None
WHOLE = ""
"""The unit of an edition without blocs. None is no unit: the whole certification, beside the blocs."""


@dataclass(frozen=True, slots=True)
class Covering(Generic[Key]):
    """An assessment: its unit, the competencies it names, the criteria it has of its own."""

    key: Key
    unit: Unit
    named: Collection[Key] = ()
    own: Collection[Key] = ()

    @property
    def says_nothing(self) -> bool:
        return not (self.named or self.own)

    @property
    def is_its_own_line(self) -> bool:
        return self.unit is None and self.says_nothing


@dataclass(frozen=True, slots=True)
class Content(Generic[Key]):
    """What an edition asks. `competencies` and `scattered`, criteria under none, each with their unit.

    `under` and `covering`: by competency, the criteria under it, and those elsewhere that say they cover it. `place`
    orders all lines.
    """

    competencies: Mapping[Key, Unit]
    scattered: Mapping[Key, Unit]
    under: Mapping[Key, Sequence[Key]]
    covering: Mapping[Key, Sequence[Key]]
    place: Mapping[Key, Any]

    def of_competency(self, competency: Key) -> Sequence[Key]:
        """The lines by which a competency is judged."""
        return self.under.get(competency) or self.covering.get(competency) or [competency]

    def of_unit(self, unit: Unit) -> Iterator[Key]:
        """Every line that stands in a unit, in no order."""
        yield from (criterion for criterion, within in self.scattered.items() if within == unit)
        for competency, within in self.competencies.items():
            if within == unit:
                yield from self.of_competency(competency)


def lines_of(assessment: Covering[Key], content: Content[Key]) -> list[Key]:
    """The lines of an assessment, in the order of the edition."""
    if assessment.is_its_own_line:
        return [assessment.key]
    found = set(assessment.own)
    for competency in assessment.named:
        found.update(content.of_competency(competency))
    if assessment.says_nothing:
        found.update(content.of_unit(assessment.unit))
    return sorted(found, key=content.place.__getitem__)
