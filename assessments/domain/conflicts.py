"""Who may not judge whom: derived from all that happened between them, not declared only. Pure.

« Les membres du jury ne doivent entretenir ou avoir entretenu aucune relation professionnelle ou personnelle avec le
candidat, ni avoir accompagné le candidat » (Code du travail, art. D6412-6); the doctrine says the same of every access
path. Planner, hand assignment and pages ask here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tie(StrEnum):
    """What ties a person to a candidate.

    ``JUDGED``: sealed a ballot on the candidate before. The law lets them judge again, and it is only said; but nobody
    hears the appeal of what they judged (``APPEALED``).
    """

    CANDIDATE = "candidate"
    MENTOR = "mentor"
    MENTORED = "mentored"
    REVIEWER = "reviewer"
    EMPLOYER = "employer"
    DECLARED = "declared"
    APPEALED = "appealed"
    JUDGED = "judged"


BARRING: Final = frozenset(Tie) - {Tie.JUDGED}


@dataclass(frozen=True, slots=True)
class Bond:
    """One thing that happened: ``person`` has been this to ``candidate``; both are keys of people."""

    candidate: int
    person: int
    tie: Tie


def ties_of(person: int, candidate: int, bonds: Iterable[Bond]) -> frozenset[Tie]:
    """All that ties the person to the candidate, barring or not."""
    own = {Tie.CANDIDATE} if person == candidate else set()
    return frozenset(own | {bond.tie for bond in bonds if (bond.person, bond.candidate) == (person, candidate)})


def bars(ties: Iterable[Tie]) -> frozenset[Tie]:
    """Those of the ties for which the person may not judge."""
    return BARRING & frozenset(ties)


def barred(people: Iterable[int], candidate: int, bonds: Iterable[Bond]) -> Mapping[int, frozenset[Tie]]:
    """Of these people, those who may not judge the candidate, each with why."""
    tied: dict[int, set[Tie]] = defaultdict(set)
    for bond in bonds:
        if bond.candidate == candidate:
            tied[bond.person].add(bond.tie)
    tied[candidate].add(Tie.CANDIDATE)
    found = {person: bars(tied.get(person, ())) for person in people}
    return {person: ties for person, ties in found.items() if ties}
