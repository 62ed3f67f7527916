"""The words of states: whose fault it is, is said and coloured the same everywhere."""

from __future__ import annotations

import pytest

from assessments.domain.workflow import WorkState
from assessments.models.appeals import APPEAL_STATE_LABELS
from assessments.models.juries import SlotState
from assessments.models.runs import RunStatus
from assessments.models.works import WORK_STATE_LABELS, UploadState
from assessments.web.looks import APPEALS, PASSAGES, RUN_STATES, UPLOAD_STATES, WORK_STATES

OURS = {("run", "dead"), ("upload", "stuck")}
THEIRS = {("run", "failed"), ("upload", "refused")}
TABLES = {"run": (RUN_STATES, RunStatus), "upload": (UPLOAD_STATES, UploadState)}


@pytest.mark.parametrize(("table", "state"), sorted(OURS | THEIRS))
def test_a_state_names_whose_fault_it_is(table: str, state: str) -> None:
    """Before: a run that could not read the submission was said to be interrupted through our fault."""
    looks, choices = TABLES[table]
    ours = (table, state) in OURS
    assert (looks[state].tone == "platform") is ours
    assert ("notre fait" in str(looks[state].label)) is ours
    if table == "run":
        assert ("notre fait" in str(choices(state).label)) is ours


def test_every_state_has_its_words() -> None:
    assert set(WORK_STATES) == set(WORK_STATE_LABELS) == {state.value for state in WorkState}
    assert set(PASSAGES) == set(SlotState.values)
    assert set(APPEALS) == set(APPEAL_STATE_LABELS)
    assert set(RUN_STATES) == set(RunStatus.values)
