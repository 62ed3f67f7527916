"""Whether an épreuve may be presented once more: every state, and what stands in the way."""

import pytest

from assessments.domain.attempts import Bar, awaited, bar, exceeds
from assessments.domain.workflow import WorkState

STATES = {
    "draft": Bar.UNDER_WAY,
    "submitted": Bar.UNDER_WAY,
    "in_review": Bar.UNDER_WAY,
    "returned": Bar.UNDER_WAY,
    "admitted": Bar.UNDER_WAY,
    "scheduled": Bar.UNDER_WAY,
    "defended": Bar.UNDER_WAY,
    "appealed": Bar.APPEALED,
    "decided": None,
    "absent": None,
    "withdrawn": None,
}
FREE = {"attempt": 1, "latest": True, "won": False, "before_deadline": True, "most": None}


@pytest.mark.parametrize("state", WorkState)
def test_every_state(state: WorkState) -> None:
    assert bar(state, **FREE) == STATES[state.value]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"latest": False}, Bar.UNDER_WAY),
        ({"won": True}, Bar.WON),
        ({"before_deadline": False}, Bar.DEADLINE),
        ({"most": 1}, Bar.ATTEMPTS),
        ({"most": 2}, None),
        ({"attempt": 2, "most": 2}, Bar.ATTEMPTS),
        ({"won": True, "before_deadline": False}, Bar.WON),
    ],
)
def test_what_stands_in_the_way(terms: dict[str, object], expected: Bar | None) -> None:
    assert bar(WorkState.DECIDED, **{**FREE, **terms}) == expected  # type: ignore[arg-type]


def test_without_a_bound_no_attempt_is_one_too_many() -> None:
    assert not exceeds(99, None)


@pytest.mark.parametrize("state", WorkState)
def test_what_is_awaited_of_an_attempt(state: WorkState) -> None:
    handed_in = state.value not in ("draft", "returned", "appealed", "decided", "absent", "withdrawn")
    assert awaited(state, before_deadline=False) == handed_in
    assert awaited(state, before_deadline=True) == (handed_in or state.value in ("draft", "returned"))
