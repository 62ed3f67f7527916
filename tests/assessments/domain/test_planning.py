"""Durations, hours, and plans: none that is found seats somebody barred or twice at once, whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.domain.hours import Hours, can_sit, durations
from assessments.domain.planning import (
    Candidacy,
    Given,
    Group,
    Heard,
    Panel,
    Part,
    Plan,
    faults_of,
    parts_of,
)
from assessments.services.planning.solver import solve

MONDAY = date(2027, 1, 4)
NINE, NOON = 9 * 60, 12 * 60


@pytest.mark.parametrize(
    ("said", "total"),
    [
        ({}, 45),
        ({"talk": 20, "questions": 10}, 30),
        ({"talk": 10, "questions": 5, "questions_max": 10}, 20),  # 10 + 5 to 10 minutes: the longest
        ({"whole": 240}, 240),
        ({"talk": 20, "whole": 240}, 20),
        ({"questions": 15, "whole": 60}, 60),
        ({"questions": 15}, 45),
        ({"talk": 20, "questions": 10, "jury": 15}, 45),
        ({"talk": 20, "questions": 10, "extra": 1 / 3}, 40),
        ({"talk": 20, "questions": 11, "extra": 1 / 3, "jury": 5}, 47),
    ],
)
def test_a_passage_lasts_as_its_assessment_says(said: dict[str, float], total: int) -> None:
    nothing = {"talk": None, "questions": None, "questions_max": None, "whole": None, "jury": 0}
    assert durations(**nothing | said).total == total  # type: ignore[arg-type]


def test_a_juror_sits_in_the_hours_they_gave_and_never_while_away() -> None:
    at = lambda hour: datetime(2027, 1, 4, hour)  # noqa: E731 - a moment
    morning, away = Hours(at(9), at(12), True), Hours(at(10), at(11), False)
    assert can_sit([], at(9), at(18))
    assert can_sit([morning], at(9), at(12))
    assert not can_sit([morning], at(11), at(13))
    assert not can_sit([morning, away], at(10), at(11))
    assert can_sit([away], at(11), at(12))


def test_a_room_that_is_taken_leaves_what_is_free_of_its_day() -> None:
    taken = [Part(1, MONDAY, 10 * 60, 11 * 60), Part(2, MONDAY, NINE, NOON)]
    parts = parts_of(days=[MONDAY], hours=[(NINE, NOON)], rooms=[1, 2], taken=taken, shortest=60)
    assert parts == [Part(1, MONDAY, NINE, 10 * 60), Part(1, MONDAY, 11 * 60, NOON)]


def small(barred: frozenset[int] = frozenset()) -> tuple[Given, Plan]:
    """Two works before jurors 1 and 2 in one room, and the plan that hears them."""
    part = Part(1, MONDAY, NINE, NOON)
    works = [Candidacy(work, work, 45, barred, frozenset({0})) for work in (1, 2)]
    panel = Panel(1, MONDAY, NINE, NOON, (1, 2), (Heard(1, NINE, 45), Heard(2, NINE + 45, 45)))
    everywhere = frozenset({0})
    return Given([part], works, {1: everywhere, 2: everywhere, 3: everywhere}, size=2), Plan((panel,))


def codes(plan: Plan, asked: Given) -> list[str]:
    return [fault.code for fault in faults_of(plan, asked)]


def test_what_is_wrong_with_a_plan_is_named() -> None:
    asked, plan = small()
    panel = plan.panels[0]
    assert codes(plan, asked) == []
    assert codes(plan, small(frozenset({2}))[0]) == ["plan.conflict"] * 2
    other = lambda **fields: Plan((replace(panel, **fields),))  # noqa: E731 - a plan
    assert codes(other(jurors=(1,)), asked) == ["plan.size"]
    assert codes(other(jurors=(1, 9)), asked) == ["plan.away"]
    assert codes(other(heard=(Heard(1, NINE, 45), Heard(2, NINE + 30, 45))), asked) == ["plan.overlap"]
    assert codes(other(heard=(Heard(1, NINE, 30),)), asked) == ["plan.short"]
    assert codes(other(heard=(Heard(1, NOON - 30, 45),)), asked) == ["plan.hours"]
    assert codes(other(heard=(Heard(9, NINE, 45),)), asked) == ["plan.unknown"]
    assert codes(other(heard=(Heard(1, NINE, 45), Heard(1, NINE + 45, 45))), asked) == ["plan.twice"]
    twice = Plan((panel, replace(panel, heard=())))
    assert codes(twice, asked) == []
    beside = replace(panel, heard=(Heard(2, NINE, 45),))
    apart = Plan((replace(panel, heard=(Heard(1, NINE, 45),)), beside))
    assert codes(apart, asked) == ["plan.room", "plan.juror_twice", "plan.juror_twice"]
    grouped = replace(asked, groups=[Group(frozenset({3}), 1)])
    assert codes(plan, grouped) == ["plan.composition"]


def test_a_plan_survives_its_json() -> None:
    _asked, plan = small()
    assert Plan.from_json(plan.as_json()) == plan


@st.composite
def cases(draw: st.DrawFn) -> Given:
    """Some days of some rooms, jurors who come for some of the parts, works that some of them may not judge."""
    rooms, days = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    parts = parts_of(
        days=[MONDAY + timedelta(days=day) for day in range(days)],
        hours=[(NINE, NOON), (13 * 60, 16 * 60)],
        rooms=range(1, rooms + 1),
        taken=[],
        shortest=30,
    )
    some = st.sets(st.sampled_from(range(len(parts))), min_size=1).map(frozenset)
    people = range(1, draw(st.integers(2, 7)) + 1)
    works = [
        Candidacy(
            work,
            draw(st.integers(1, 6)),
            draw(st.sampled_from([30, 45, 60])),
            draw(st.sets(st.sampled_from(people), max_size=2).map(frozenset)),
            draw(some),
        )
        for work in range(1, draw(st.integers(1, 9)) + 1)
    ]
    group = Group(frozenset(people[: draw(st.integers(1, len(people)))]), draw(st.integers(0, 1)))
    return Given(parts, works, {juror: draw(some) for juror in people}, size=2, groups=[group])


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_no_plan_seats_who_is_barred_or_has_anybody_in_two_places_at_once(asked: Given) -> None:
    plan = solve(asked, seconds=0.5, workers=1)
    assert codes(plan, asked) == []
    placed = {each.work for panel in plan.panels for each in panel.heard}
    assert placed | set(plan.unplaced) == {each.work for each in asked.works}
    assert plan.bound <= plan.objective


@settings(max_examples=15, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.data())
def test_a_repair_without_need_moves_nobody_and_no_repair_breaks_a_rule(asked: Given, data: st.DataObject) -> None:
    plan = solve(asked, seconds=0.5, workers=1)
    assert solve(asked, before=plan, seconds=0.5, workers=1).moved == 0
    absent = data.draw(st.sampled_from(sorted(asked.jurors)))
    fewer = replace(asked, jurors={**asked.jurors, absent: frozenset()})
    repaired = solve(fewer, before=plan, seconds=0.5, workers=1)
    assert codes(repaired, fewer) == []
    assert all(absent not in panel.jurors for panel in repaired.panels)


def test_a_repair_replaces_the_absent_juror_and_moves_no_candidate() -> None:
    asked, plan = small()
    fewer = replace(asked, jurors={**asked.jurors, 2: frozenset()})
    repaired = solve(fewer, before=plan, seconds=1, workers=1)
    assert repaired.moved == 0
    assert [panel.heard for panel in repaired.panels] == [panel.heard for panel in plan.panels]
    assert repaired.panels[0].jurors == (1, 3)


def test_what_fits_nowhere_is_named_and_the_rest_is_placed() -> None:
    asked, _plan = small()
    alone = Candidacy(3, 3, 45, frozenset({1, 2, 3}), frozenset({0}))
    plan = solve(replace(asked, works=[*asked.works, alone]), seconds=1, workers=1)
    assert plan.unplaced == (3,)
    assert len(plan.panels[0].heard) == 2
