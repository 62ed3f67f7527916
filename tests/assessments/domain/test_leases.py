"""Whose turn it is, how often anything is tried, and how long one waits between."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain import leases
from assessments.domain.leases import Backoff, Standing, in_turn

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICIES = [leases.AWAITED, leases.PRINTED, leases.CALLED, leases.COMPARED, leases.POSTED]

delays = st.builds(timedelta, seconds=st.integers(1, 86_400))
moments = st.integers(0, 10_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
standings = st.lists(
    st.builds(Standing, st.integers(1, 1000), st.integers(0, 5), st.none() | moments, moments),
    unique_by=lambda each: each.person,
    max_size=30,
)


@pytest.mark.parametrize(("times", "seconds"), [(0, 10), (1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (10_000, 60)])
def test_delays_grow_up_to_the_longest(times: int, seconds: int) -> None:
    assert Backoff(timedelta(seconds=10), timedelta(seconds=60)).after(times).total_seconds() == seconds


@given(delays, delays, st.integers(2, 10), st.integers(1, 200))
def test_no_delay_is_shorter_than_the_one_before_nor_too_long(
    first: timedelta, most: timedelta, factor: int, times: int
) -> None:
    delay = Backoff(first, most, factor)
    assert delay.after(times) <= delay.after(times + 1) <= most


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_comes_to_an_end(policy: leases.Policy) -> None:
    assert policy.may_retry(policy.attempts - 1)
    assert not policy.may_retry(policy.attempts)
    assert not policy.may_retry(policy.attempts + 4)


def test_a_post_office_may_be_away_for_more_than_a_day() -> None:
    waits = [leases.POSTED.retry.after(attempt) for attempt in range(1, leases.POSTED.attempts)]
    assert timedelta(days=1) < sum(waits, timedelta()) < timedelta(days=3)


def standing(person: int, *, held: int = 0, served: int | None = None, oldest: int = 0) -> Standing:
    """Times in minutes after noon."""
    told = None if served is None else NOON + timedelta(minutes=served)
    return Standing(person, held, told, NOON + timedelta(minutes=oldest))


@pytest.mark.parametrize(
    ("waiting", "order"),
    [
        ([standing(1, oldest=0), standing(2, oldest=5)], [1, 2]),
        ([standing(1, oldest=5), standing(2, oldest=0)], [2, 1]),
        ([standing(1, served=3, oldest=0), standing(2, oldest=9)], [2, 1]),
        ([standing(1, served=8, oldest=0), standing(2, served=3, oldest=9)], [2, 1]),
        ([standing(1, held=2, oldest=0), standing(2, held=1, served=9, oldest=9)], [2, 1]),
        ([standing(1, held=3, oldest=0), standing(2, held=2, oldest=0)], [2]),
        ([], []),
    ],
)
def test_whose_turn_it_is(waiting: list[Standing], order: list[int]) -> None:
    assert [each.person for each in in_turn(waiting, held_at_most=3)] == order


@given(standings, st.integers(1, 4))
def test_nobody_is_forgotten_nor_served_beyond_their_share(waiting: list[Standing], most: int) -> None:
    found = in_turn(waiting, held_at_most=most)
    assert set(found) == {each for each in waiting if each.held < most}
    assert [each.held for each in found] == sorted(each.held for each in found)
    assert found == in_turn(reversed(waiting), held_at_most=most)
