"""The machine proposes, a person decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.proposals import CheckAnswer, Proposal, Settled, left_to_jury, propose, settled_by

OUTCOMES = st.sampled_from(["met", "not_met", "undecided", "error", None])
ANSWERS = st.lists(st.builds(CheckAnswer, decides=st.booleans(), outcome=OUTCOMES), max_size=6)


@given(ANSWERS)
def test_informing_checks_never_weigh(answers: list[CheckAnswer]) -> None:
    assert propose(answers) is propose([answer for answer in answers if answer.decides])


@given(ANSWERS)
def test_acquired_needs_every_deciding_check_met(answers: list[CheckAnswer]) -> None:
    deciding = [answer.outcome for answer in answers if answer.decides]
    expected = bool(deciding) and set(deciding) == {"met"}
    assert (propose(answers) is Proposal.ACQUIRED) is expected


@pytest.mark.parametrize("outcome", ["undecided", "error", None])
def test_what_is_not_known_is_never_held_against_the_candidate(outcome: str | None) -> None:
    assert propose([CheckAnswer(True, "met"), CheckAnswer(True, outcome)]) is Proposal.NONE


def test_one_deciding_check_not_met_proposes_not_acquired() -> None:
    assert propose([CheckAnswer(True, "met"), CheckAnswer(True, "not_met")]) is Proposal.NOT_ACQUIRED


@pytest.mark.parametrize(
    ("proposal", "opinion", "expected"),
    [
        (Proposal.ACQUIRED, "", Settled.MACHINE),
        (Proposal.ACQUIRED, "confirmed", Settled.MACHINE),
        (Proposal.ACQUIRED, "to_improve", Settled.NOBODY),
        (Proposal.ACQUIRED, "left_to_jury", Settled.NOBODY),
        (Proposal.NOT_ACQUIRED, "", Settled.NOBODY),
        (Proposal.NOT_ACQUIRED, "confirmed", Settled.MENTOR),
        (Proposal.NONE, "", Settled.NOBODY),
        (Proposal.NONE, "confirmed", Settled.MENTOR),
        (Proposal.NONE, "left_to_jury", Settled.NOBODY),
    ],
)
def test_who_settles(proposal: Proposal, opinion: str, expected: Settled) -> None:
    assert settled_by(proposal, opinion) is expected
    assert left_to_jury(proposal, opinion) is (expected is Settled.NOBODY)
