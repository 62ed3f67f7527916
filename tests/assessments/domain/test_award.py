"""Rules of award on small editions: what each proposes and why; and what holds whatever the levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.award import (
    Assessment,
    Award,
    Edition,
    Given,
    Group,
    Heard,
    Line,
    Repeated,
    Rule,
    State,
    Title,
    Unit,
    UnitRule,
    award,
)
from assessments.domain.scale import DEFAULT_SCALE

YES, SOON, NO, NONE = "acquired", "in_progress", "not_acquired", "not_assessed"


def epreuve(
    number: int, *names: str, kind: str = "project", weights: Mapping[str, int] | None = None
) -> Assessment[str]:
    lines = [Line(name, name, (weights or {}).get(name, 1), name.endswith("!")) for name in names]
    return Assessment(number, f"E{number}", kind, lines)


def edition(rule: Rule, *assessments: Assessment[str]) -> Edition[str]:
    """One unit "1" of those épreuves."""
    return Edition(rule, DEFAULT_SCALE, [Unit("1", "Bloc 1", assessments)])


def levels(**by_line: str) -> Heard[str]:
    return Heard({name.replace("_", "!"): level for name, level in by_line.items()})


def unit(found: Award[str]) -> tuple[State, list[str]]:
    return found.units[0].state, [reason.code for reason in found.units[0].reasons]


ALL, JURY = Rule(UnitRule.ALL), Rule()


@pytest.mark.parametrize("rule", [ALL, JURY])
@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ({}, (State.PENDING, ["assessment.undecided"] * 2)),
        ({1: levels(a=YES, b=YES)}, (State.PENDING, ["assessment.undecided"])),
        ({1: levels(a=YES, b=NO)}, (State.PENDING, ["assessment.undecided", "line.failed"])),
        ({1: levels(a=YES, b=YES), 2: levels(c=YES)}, (State.ACQUIRED, ["unit.all"])),
        ({1: levels(a=YES, b=SOON), 2: levels(c=YES)}, (State.NOT_ACQUIRED, ["line.failed"])),
        ({1: levels(a=NO, b=NO), 2: levels(c=NO)}, (State.NOT_ACQUIRED, ["line.failed"] * 3)),
        ({1: levels(a=YES, b=NONE), 2: levels(c=YES)}, (State.PENDING, ["line.undecided"])),
        ({1: levels(a=YES), 2: levels(c=YES)}, (State.PENDING, ["line.undecided"])),
        ({1: levels(a=YES, b="brillant"), 2: levels(c=YES)}, (State.PENDING, ["line.undecided"])),
    ],
)
def test_every_line_of_every_epreuve(
    rule: Rule, heard: dict[int, Heard[str]], expected: tuple[State, list[str]]
) -> None:
    assert unit(award(edition(rule, epreuve(1, "a", "b"), epreuve(2, "c")), Given(heard))) == expected


SHARE, POINTS = Rule(UnitRule.SHARE, Fraction(3, 4)), Rule(UnitRule.POINTS, Fraction(5))
WEIGHTS = {"a": 3, "b": 3, "c": 2}


@pytest.mark.parametrize(
    ("rule", "heard", "expected"),
    [
        (SHARE, levels(a=YES, b=YES, c=NO), State.ACQUIRED),  # 6 of 8: the threshold itself
        (SHARE, levels(a=YES, b=NO, c=YES), State.NOT_ACQUIRED),  # 5 of 8
        (SHARE, levels(a=YES, b=YES), State.PENDING),  # c has no level: missing is never zero
        (POINTS, levels(a=YES, b=NO, c=YES), State.ACQUIRED),  # 5
        (POINTS, levels(a=NO, b=YES, c=SOON), State.NOT_ACQUIRED),  # 3
    ],
)
def test_weights(rule: Rule, heard: Heard[str], expected: State) -> None:
    found = award(edition(rule, epreuve(1, "a", "b", "c", weights=WEIGHTS)), Given({1: heard}))
    assert found.units[0].state is expected


def test_weights_of_zero_everywhere_award_nothing() -> None:
    nothing = epreuve(1, "a", weights={"a": 0})
    assert award(edition(SHARE, nothing), Given({1: levels(a=YES)})).units[0].state is State.NOT_ACQUIRED


def test_an_eliminatory_line_refuses_whatever_the_share() -> None:
    made = edition(Rule(UnitRule.SHARE, Fraction(1, 2)), epreuve(1, "a", "b", "c!"))
    assert unit(award(made, Given({1: levels(a=YES, b=YES, c_=NO)}))) == (
        State.NOT_ACQUIRED,
        ["line.eliminatory", "unit.share"],
    )
    assert award(made, Given({1: levels(a=YES, b=NO, c_=YES)})).units[0].state is State.ACQUIRED


@pytest.mark.parametrize(
    ("repeated", "first", "second", "expected"),
    [
        (Repeated.ALL, YES, YES, State.ACQUIRED),
        (Repeated.ALL, YES, NO, State.NOT_ACQUIRED),
        (Repeated.BEST, YES, NO, State.ACQUIRED),
        (Repeated.BEST, NO, SOON, State.NOT_ACQUIRED),
        (Repeated.LAST, NO, YES, State.ACQUIRED),
        (Repeated.LAST, YES, NO, State.NOT_ACQUIRED),
        (Repeated.BEST, YES, NONE, State.PENDING),
    ],
)
def test_a_line_judged_twice(repeated: Repeated, first: str, second: str, expected: State) -> None:
    made = edition(Rule(repeated=repeated), epreuve(1, "a"), epreuve(2, "a"))
    heard = {2: Heard({"a": second}, rank=9), 1: Heard({"a": first}, rank=3)}
    found = award(made, Given(heard)).units[0]
    assert found.state is expected
    assert [verdict.levels[1] for verdict in found.lines] == [first]  # each keeps its level


def test_the_last_is_the_last_decided_not_the_last_of_the_edition() -> None:
    made = edition(Rule(repeated=Repeated.LAST), epreuve(1, "a"), epreuve(2, "a"))
    heard = {1: Heard({"a": YES}, rank=9), 2: Heard({"a": NO}, rank=3)}
    assert award(made, Given(heard)).units[0].state is State.ACQUIRED


def test_a_unit_without_epreuve_is_never_acquired() -> None:
    found = award(edition(JURY), Given())
    assert (*unit(found), found.title) == (State.PENDING, ["unit.empty"], Title.PENDING)


WHOLE = Edition(
    Rule(beside=frozenset({"thesis"}), exempt=frozenset({"VAE"})),
    DEFAULT_SCALE,
    [
        Unit("1", "Bloc 1", [epreuve(1, "a")]),
        Unit("5A", "Bloc 5A", [epreuve(2, "b")], "5"),
        Unit("5B", "Bloc 5B", [epreuve(3, "c")], "5"),
    ],
    [Group("5", "Options", 1)],
    [epreuve(4, "thesis", kind="thesis"), epreuve(5, "talk", kind="defence")],
)


def standing(one: str = "", a: str = "", b: str = "", thesis: str = "", **fields: object) -> Given[str]:
    named = {1: ("a", one), 2: ("b", a), 3: ("c", b), 4: ("thesis", thesis)}
    heard = {number: Heard({line: level}) for number, (line, level) in named.items() if level}
    return Given(heard, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "title", "missing"),
    [
        (standing(), Title.PENDING, ["1", "5", "4"]),
        (standing(YES, b=YES, thesis=YES, chosen=["5B"]), Title.FULL, []),
        (standing(YES, a=YES, thesis=YES, chosen=["5B"]), Title.PENDING, ["5"]),  # 5A is not the one chosen
        (standing(YES, thesis=YES), Title.PENDING, ["5"]),  # nothing chosen
        (standing(YES, b=NO, thesis=YES, chosen=["5B"]), Title.PARTIAL, ["5"]),
        (standing(YES, a=NO, b=YES, thesis=YES, chosen=["5A", "5B"]), Title.FULL, []),  # one of the two is enough
        (standing(YES, b=YES, chosen=["5B"]), Title.PENDING, ["4"]),
        (standing(YES, b=YES, thesis=NO, chosen=["5B"]), Title.PARTIAL, ["4"]),
        (standing(YES, b=YES, chosen=["5B"], path="VAE"), Title.FULL, []),
        (standing(YES, b=YES, thesis=NO, chosen=["5B"], path="VAE"), Title.FULL, []),
        (standing(NO, b=NO, thesis=NO, chosen=["5B"]), Title.REFUSED, ["1", "5", "4"]),
        (standing(NO, b=NO, thesis=YES, chosen=["5B"]), Title.REFUSED, ["1", "5"]),
        (standing(NO, thesis=YES, chosen=["5B"]), Title.PENDING, ["1", "5"]),
        (standing(b=YES, thesis=YES, chosen=["5B"], won=["1"]), Title.FULL, []),
        (standing(YES, thesis=YES, won=["5A"]), Title.FULL, []),  # an option won before counts as chosen
    ],
)
def test_the_title(found: Given[str], title: Title, missing: list[str]) -> None:
    proposed = award(WHOLE, found)
    assert (proposed.title, [part.code for part in proposed.missing]) == (title, missing)


def test_what_is_exempted_is_said() -> None:
    reasons = award(WHOLE, standing(YES, b=YES, chosen=["5B"], path="VAE")).reasons
    assert [reason.code for reason in reasons] == ["title.all", "title.exempt"]


def test_a_rule_as_an_edition_holds_it() -> None:
    stored = {
        "bloc": {"rule": "share", "threshold": 0.1, "repeated": "best"},
        "certification": {"rule": "all_blocs", "assessments": ["thesis"], "exempt": ["VAE"]},
        "text": "…",
    }
    assert Rule.of(stored) == Rule(
        UnitRule.SHARE, Fraction(1, 10), Repeated.BEST, frozenset({"thesis"}), frozenset({"VAE"})
    )
    assert Rule.of({}) == Rule()


ORDER = [NO, SOON, YES]
RANK = {Title.REFUSED: 0, Title.PARTIAL: 1, Title.FULL: 2}
RULES = st.builds(
    Rule,
    st.sampled_from(UnitRule),
    st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(2)]),
    st.sampled_from(Repeated),
    st.sampled_from([frozenset(), frozenset({"thesis"})]),
    st.sampled_from([frozenset(), frozenset({"VAE"})]),
)


@st.composite
def editions(draw: st.DrawFn) -> Edition[str]:
    """Two to three units, one an option, of one to three épreuves that may share lines; a thesis beside them."""
    number = iter(range(1, 20))
    units = []
    for code in ("1", "2", "5A")[: draw(st.integers(2, 3))]:
        names = draw(st.lists(st.lists(st.sampled_from("abc!"), min_size=1, unique=True), min_size=1, max_size=3))
        found = [epreuve(next(number), *(f"{code}{name}" for name in each)) for each in names]
        units.append(Unit(code, code, found, "5" if code == "5A" else ""))
    groups = [Group("5", "Options", 1)] if len(units) == 3 else []
    return Edition(draw(RULES), DEFAULT_SCALE, units, groups, [epreuve(next(number), "t", kind="thesis")])


@st.composite
def standings(draw: st.DrawFn, made: Edition[str], among: list[str]) -> Given[str]:
    found = [each for unit in made.units for each in unit.assessments] + list(made.beside)
    heard = {
        each.number: Heard({line.key: draw(st.sampled_from(among)) for line in each.lines}, draw(st.integers(0, 5)))
        for each in found
        if draw(st.integers(0, 4))
    }
    return Given(heard, draw(st.sampled_from(["FC", "VAE"])), draw(st.sampled_from([(), ("5A",)])))


@given(st.data())
def test_a_better_mark_never_lowers_an_outcome(data: st.DataObject) -> None:
    made = data.draw(editions())
    before = data.draw(standings(made, ORDER))
    raised = {
        number: replace(
            heard,
            levels={
                line: data.draw(st.sampled_from(ORDER[ORDER.index(level) :])) for line, level in heard.levels.items()
            },
        )
        for number, heard in before.heard.items()
    }
    first, second = award(made, before), award(made, replace(before, heard=raised))
    for was, now in zip([*first.units, *first.beside], [*second.units, *second.beside], strict=True):
        assert (was.state is State.PENDING) == (now.state is State.PENDING)
        assert not (was.state is State.ACQUIRED and now.state is State.NOT_ACQUIRED)
    assert (first.title is Title.PENDING) == (second.title is Title.PENDING) or second.title is Title.FULL
    if first.title is not Title.PENDING:
        assert RANK[second.title] >= RANK[first.title]


@given(st.data(), st.randoms())
def test_the_order_of_epreuves_and_units_changes_nothing(data: st.DataObject, random: Random) -> None:
    made = data.draw(editions())
    found = data.draw(standings(made, [*ORDER, NONE]))
    mixed = replace(
        made,
        units=random.sample(
            [
                replace(unit, assessments=random.sample([*unit.assessments], len(unit.assessments)))
                for unit in made.units
            ],
            len(made.units),
        ),
    )
    heard = dict(random.sample([*found.heard.items()], len(found.heard)))
    first, second = award(made, found), award(mixed, replace(found, heard=heard))
    assert first.title is second.title
    assert {unit.code: unit.state for unit in first.units} == {unit.code: unit.state for unit in second.units}
    assert {part.code for part in first.missing} == {part.code for part in second.missing}


@given(st.data())
def test_nothing_is_acquired_while_a_required_line_has_no_level(data: st.DataObject) -> None:
    made = data.draw(editions())
    found = data.draw(standings(made, [*ORDER, NONE]))
    proposed = award(made, found)
    by_code = {unit.code: unit for unit in made.units}
    for unit_ in proposed.units:
        judged = [
            found.heard[each.number].levels[line.key] if each.number in found.heard else NONE
            for each in by_code[unit_.code].assessments
            for line in each.lines
        ]
        assert (unit_.state is State.PENDING) == (NONE in judged)
    if proposed.title is Title.FULL:
        assert all(unit_.state is State.ACQUIRED for unit_ in proposed.units if not by_code[unit_.code].group)


@given(st.data())
def test_what_was_won_before_is_never_lost(data: st.DataObject) -> None:
    made = data.draw(editions())
    found = data.draw(standings(made, [*ORDER, NONE]))
    kept = award(made, replace(found, won=["1"]))
    assert next(unit.state for unit in kept.units if unit.code == "1") is State.ACQUIRED
    rank = {**RANK, Title.PENDING: 0}
    assert rank[kept.title] >= rank[award(made, found).title]
