"""How long a plan takes to be proposed, and how far it may be from the best one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from assessments.domain.planning import Candidacy, Given, Plan, faults_of, parts_of
from assessments.services.planning.solver import solve
from tests.bench.frame import Bench, Measure, timed

_HOURS = ((9 * 60, 12 * 60 + 30), (13 * 60 + 30, 17 * 60 + 30))


def case(works: int, jurors: int, rooms: int, days: int) -> Given:
    """Works of 45 minutes, each with the mentor and sometimes another juror barred; a fifth of the halves lost."""
    chance = random.Random(1)
    first = date(2027, 1, 4)
    parts = parts_of(
        days=[first + timedelta(days=day) for day in range(days)],
        hours=_HOURS,
        rooms=range(1, rooms + 1),
        taken=(),
        shortest=45,
    )
    everywhere = frozenset(range(len(parts)))
    halves = sorted({(part.day, part.starts) for part in parts})
    able = {}
    for juror in range(1, jurors + 1):
        away = set(chance.sample(halves, len(halves) // 5))
        able[juror] = frozenset(index for index in everywhere if (parts[index].day, parts[index].starts) not in away)
    candidacies = [
        Candidacy(work, work, 45, frozenset(chance.sample(range(1, jurors + 1), chance.choice((1, 1, 2)))), everywhere)
        for work in range(1, works + 1)
    ]
    return Given(parts, candidacies, able, size=3)


def run(folder: Path) -> Iterator[Measure]:
    solve(case(1, 3, 1, 1))  # a worker has the solver loaded after its first plan
    for works, jurors, rooms, days, most in ((30, 12, 2, 3, 2.0), (300, 60, 4, 10, 60.0)):
        given = case(works, jurors, rooms, days)
        found: list[Plan] = []
        seconds = timed(lambda given=given, found=found: found.append(solve(given)))
        plan = found[0]
        detail = f"cost {plan.objective:g}, best bound {plan.bound:g}, {len(plan.panels)} panels"
        yield Measure(f"a plan of {works}", seconds, "s", at_most=most, detail=detail)
        wrong = len(list(faults_of(plan, given))) + len(plan.unplaced)
        yield Measure(f"faults and works without a place, of {works}", wrong, "", at_most=0)


BENCH = Bench("planning", run)
