"""What judgements rest on, frozen: the grid of a submission, and what each line of a decision comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from assessments.domain.lines import LineKey
from assessments.models import (
    Ballot,
    Decision,
    DecisionBasis,
    DecisionLine,
    DecisionNames,
    GridSnapshot,
    Juror,
    LineCheck,
    LineState,
    Mark,
    Submission,
    User,
)
from assessments.models.grids import TakenFor
from assessments.models.lines import on
from assessments.models.seats import chair
from assessments.selectors.grid import GridCheck, GridLine, computed_grid
from assessments.services import journal, locking
from assessments.services.seals import seal_of


@transaction.atomic
def freeze(
    *,
    actor: User | None,
    submission: Submission,
    taken_for: TakenFor,
    reconstructed: Sequence[GridLine] | None = None,
) -> GridSnapshot:
    """The one grid of the submission that judgements rest on, made of what the grid comes to now, on first use.

    ``reconstructed`` are the lines of one that was judged before grids were frozen.
    """
    locking.hold_work(submission.work_id)
    existing = GridSnapshot.objects.filter(submission=submission).first()
    if existing is not None:
        return existing
    answered = submission.runs.exclude(engine_version="").order_by("-pk").first()
    snapshot = GridSnapshot.objects.create(
        submission=submission,
        taken_for=taken_for,
        engine_version=answered.engine_version if answered else "",
        reconstructed=reconstructed is not None,
    )
    lines = computed_grid(submission).lines if reconstructed is None else reconstructed
    states = LineState.objects.bulk_create(_state(snapshot, rank, line) for rank, line in enumerate(lines, start=1))
    LineCheck.objects.bulk_create(
        _check(state, rank, check)
        for state, line in zip(states, lines, strict=True)
        for rank, check in enumerate(line.checks, start=1)
    )
    journal.record(
        actor, "grid.frozen", snapshot,
        submission=submission.pk, reconstructed=snapshot.reconstructed, seal=seal_of(snapshot),
    )  # fmt: skip
    return snapshot


def _state(snapshot: GridSnapshot, rank: int, line: GridLine) -> LineState:
    return LineState(
        snapshot=snapshot,
        position=rank,
        **on(line.line),
        proposal=line.proposal.value,
        settled=line.settled.value,
        remark=line.remark,
    )


def _check(state: LineState, rank: int, check: GridCheck) -> LineCheck:
    """A fault of ours is kept in words: its row goes when there is an answer."""
    result = check.result
    ours = result is not None and result.cause == "platform"
    fault = {}
    if result is not None and ours:
        fault = {"version": result.check_version, "code": result.message_code, "params": result.message_params}
    return LineCheck(
        state=state,
        position=rank,
        check_code=check.code,
        params_digest=check.params_digest,
        decides=check.decides,
        result=None if ours else result,
        fault=fault,
    )


def keep(*, decision: Decision, lines: Sequence[DecisionLine], names: DecisionNames | None = None) -> None:
    """What each of the ``lines`` of a decision rests on, and the names of everyone and everything in it.

    In the transaction that makes it, after the grid of its submission was frozen: raises KeyError for a line that
    was not.
    """
    states = {state.line_key: state for state in LineState.objects.filter(snapshot__submission=decision.submission_id)}
    marks: dict[LineKey, list[Mark]] = defaultdict(list)
    counted = _counted(decision)
    for mark in Mark.objects.filter(ballot__in=counted).order_by("pk"):
        marks[mark.line_key].append(mark)
    DecisionBasis.objects.bulk_create(
        basis for line in lines for basis in _bases(line, states[line.line_key], marks[line.line_key])
    )
    (names or names_of(decision, counted)).save(force_insert=True)


def _bases(line: DecisionLine, state: LineState, marks: Iterable[Mark]) -> list[DecisionBasis]:
    return [DecisionBasis(line=line, state=state), *(DecisionBasis(line=line, mark=mark) for mark in marks)]


def _counted(decision: Decision) -> list[Ballot]:
    """The ballots that a decision counts: those sealed for its passage by who sat for it, the president's first."""
    slot = decision.slot
    seated = Juror.objects.filter(sitting=slot.sitting_id).seated(slot.pk).values("pk")
    sealed = Ballot.objects.filter(slot=slot, sealed_at__isnull=False, juror__in=seated)
    found = sealed.annotate(
        presides=ExpressionWrapper(Q(juror=chair(sitting=slot.sitting_id, slot=slot.pk)), output_field=BooleanField())
    )
    return list(found.select_related("juror__user").order_by("-presides", "juror__user__full_name", "juror"))


def names_of(decision: Decision, counted: Sequence[Ballot] | None = None) -> DecisionNames:
    """Everyone and everything that a report names, as they are called now; not saved. ``counted``: its ballots."""
    work = decision.work
    session = work.enrolment.session
    edition = session.referential
    review = getattr(decision.submission, "review", None)
    slot = decision.slot
    presides = Juror.objects.filter(sitting=slot.sitting_id).presiding(slot.sitting_id, slot.pk).first()
    return DecisionNames(
        decision=decision,
        candidate=work.enrolment.candidate.full_name,
        certification=edition.certification.title,
        rncp_code=edition.certification.rncp_code or "",
        edition=str(edition.edition),
        session=session.name,
        bloc=str(decision.bloc or ""),
        assessment=work.assessment.title,
        president=(presides.user if presides else decision.decided_by).full_name,
        jurors=[ballot.juror.user.full_name for ballot in (counted if counted is not None else _counted(decision))],
        mentor=review.mentor.full_name if review else "",
    )
