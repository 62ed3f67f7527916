"""Which lines an épreuve is judged on, from what the référentiel says that it covers. Pure.

An épreuve covers the competencies that it names; where it names none, those of its bloc; where it has no bloc, those
of the edition. It is judged on the criteria under them and, where it names none, on those of that bloc or edition as a
whole. For a competency with no criterion under it, it is judged on the criteria that say they cover it, and where
there is none either, on the competency itself. An épreuve of a whole certification that has blocs (a thesis) has the
lines that the certifier gives it, by default one: the épreuve itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assessments.domain.lines import LineKey


@dataclass(frozen=True, slots=True)
class Covering:
    """An épreuve. ``named``: the competencies it names; ``own``: the criteria that are its own."""

    pk: int
    bloc: int | None
    named: Sequence[int] = ()
    own: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """An edition. ``competencies`` and ``criteria`` by key in the order of the référentiel, each with its parent.

    A competency's parent is its bloc; a criterion's are its bloc and its competency. ``covers``: by competency, the
    criteria elsewhere that say they cover it.
    """

    has_blocs: bool
    competencies: Mapping[int, int | None]
    criteria: Mapping[int, tuple[int | None, int | None]]
    covers: Mapping[int, Collection[int]]


def lines_of(assessment: Covering, content: Content) -> list[LineKey]:
    """The lines of an épreuve: criteria in their order, then competencies that stand for themselves."""
    if assessment.own:
        return [LineKey("criterion", pk) for pk in assessment.own]
    if content.has_blocs and assessment.bloc is None and not assessment.named:
        return [LineKey("assessment", assessment.pk)]
    covered = assessment.named or [pk for pk, bloc in content.competencies.items() if assessment.bloc in (None, bloc)]
    under = {competency for _bloc, competency in content.criteria.values() if competency is not None}
    bare = [pk for pk in covered if pk not in under]
    wanted = {criterion for pk in bare for criterion in content.covers.get(pk, ())}
    criteria = [pk for pk, place in content.criteria.items() if pk in wanted or _is_within(place, assessment, covered)]
    alone = [pk for pk in bare if not content.covers.get(pk)]
    return [*(LineKey("criterion", pk) for pk in criteria), *(LineKey("competency", pk) for pk in alone)]


def _is_within(place: tuple[int | None, int | None], assessment: Covering, covered: Collection[int]) -> bool:
    """Whether a criterion is judged for where it stands: under a named competency, or within the bloc or edition."""
    bloc, competency = place
    if assessment.named:
        return competency in covered
    return assessment.bloc in (None, bloc)
