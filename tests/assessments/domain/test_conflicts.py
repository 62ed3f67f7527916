"""Who may not judge whom, over any history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.conflicts import BARRING, Bond, Tie, barred, bars, ties_of

PEOPLE = st.integers(1, 6)
HISTORY = st.lists(st.builds(Bond, PEOPLE, PEOPLE, st.sampled_from(sorted(set(Tie) - {Tie.CANDIDATE}))), max_size=20)


@pytest.mark.parametrize("tie", sorted(set(Tie) - {Tie.CANDIDATE, Tie.JUDGED}))
def test_each_tie_bars(tie: Tie) -> None:
    assert barred([1, 2], 9, [Bond(9, 1, tie), Bond(8, 2, tie)]) == {1: {tie}}


def test_who_judged_an_earlier_attempt_may_judge_again() -> None:
    """Nothing in the law bars them; it is only said."""
    assert barred([1], 9, [Bond(9, 1, Tie.JUDGED)]) == {}
    assert ties_of(1, 9, [Bond(9, 1, Tie.JUDGED)]) == {Tie.JUDGED}


def test_nobody_judges_themself() -> None:
    assert barred([9], 9, []) == {9: {Tie.CANDIDATE}}


@given(HISTORY, PEOPLE)
def test_whoever_is_left_has_nothing_to_do_with_the_candidate(history: list[Bond], candidate: int) -> None:
    out = barred(range(1, 7), candidate, history)
    for person in set(range(1, 7)) - set(out):
        assert person != candidate
        assert not [
            bond for bond in history if (bond.person, bond.candidate) == (person, candidate) and bond.tie in BARRING
        ]


@given(HISTORY, HISTORY, PEOPLE)
def test_what_happens_later_never_lifts_a_bar(before: list[Bond], after: list[Bond], candidate: int) -> None:
    out, later = barred(range(1, 7), candidate, before), barred(range(1, 7), candidate, [*before, *after])
    assert all(later[person] >= ties for person, ties in out.items())


@given(HISTORY, PEOPLE, PEOPLE)
def test_one_person_and_many_are_told_the_same(history: list[Bond], person: int, candidate: int) -> None:
    assert barred([person], candidate, history).get(person, frozenset()) == bars(ties_of(person, candidate, history))
