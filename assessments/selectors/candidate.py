"""What a candidate's screens read: the blocs of their sessions, and one work with all that happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from assessments import policies
from assessments.domain.deadlines import counts, in_time, standing
from assessments.domain.next_step import THEIRS, NextStep, next_step
from assessments.domain.workflow import NOT_ADMITTED, WorkState
from assessments.models import (
    Decision,
    Document,
    Enrolment,
    Line,
    Review,
    ReviewRemark,
    Slot,
    Submission,
    Upload,
    User,
    Work,
)
from assessments.models.lines import KINDS
from assessments.selectors.attempts import bar_from, blocs_awarded, has_passed, may_follow, shown
from assessments.selectors.lines import LINE_ORDER, assessed_lines, competency_of, covered_codes
from certification.referentials.models import Assessment, AssessmentPart, Bloc, Competency, Deliverable


@dataclass(frozen=True, slots=True)
class AssessmentEntry:
    """One assessment of a candidate; ``work`` is None until it is opened.

    ``codes`` are those of the competencies that the assessment names: they tell assessments of one title apart.
    """

    enrolment: Enrolment
    assessment: Assessment
    codes: Sequence[str]
    work: Work | None
    submissions: Sequence[Submission]
    decision: Decision | None
    slot: Slot | None
    step: NextStep

    @property
    def waits_for_candidate(self) -> bool:
        return self.step in THEIRS


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """``entries`` stand in the order of the blocs."""

    enrolment: Enrolment
    entries: Sequence[AssessmentEntry]
    before_deadline: bool


def home_of(user: User) -> list[SessionEntry]:
    """The candidate's sessions with their blocs, the latest first; a number of queries that does not grow."""
    enrolments = list(
        Enrolment.objects.filter(candidate=user)
        .select_related("session__referential__certification", "mentor")
        .prefetch_related("options", "acquired_blocs")
        .annotate(awarded=blocs_awarded())
        .order_by("-session__starts_on", "pk")
    )
    assessments = Assessment.objects.filter(
        referential__in={enrolment.session.referential_id for enrolment in enrolments}
    ).select_related("bloc")
    assessments = assessments.prefetch_related("parts").annotate(codes=covered_codes("pk"))
    by_edition: dict[int, list[Assessment]] = {}
    for assessment in assessments.order_by("bloc__position", "position"):
        by_edition.setdefault(assessment.referential_id, []).append(assessment)
    works: dict[int, list[Work]] = defaultdict(list)
    for work in _works_with_all(user):
        works[work.assessment_id].append(work)
    return [_session(enrolment, by_edition, works) for enrolment in enrolments]


def _works_with_all(user: User) -> QuerySet[Work]:
    """In the order of their attempts: of those at one assessment in a session, the latest comes last."""
    return Work.objects.filter(enrolment__candidate=user).prefetch_related(
        "slots__sitting",
        "assessment",
        "slots__room",
        Prefetch("submissions", Submission.objects.order_by("-number")),
        Prefetch("uploads", Upload.objects.order_by("-pk")),
        Prefetch("decisions", Decision.objects.current()),
    )


def _session(
    enrolment: Enrolment, by_edition: dict[int, list[Assessment]], works: dict[int, list[Work]]
) -> SessionEntry:
    now = timezone.now()
    taken = {bloc.pk for bloc in enrolment.options.all()} | {row.bloc_id for row in enrolment.acquired_blocs.all()}
    entries = [
        _entry(enrolment, assessment, works.get(assessment.pk, []), now)
        for assessment in by_edition.get(enrolment.session.referential_id, [])
        if _is_taken(assessment.bloc, taken)
    ]
    return SessionEntry(enrolment, entries, _is_open(enrolment, now))


def _is_open(enrolment: Enrolment, now: datetime) -> bool:
    return in_time(enrolment.session.deposit_deadline, received_at=None, now=now)


def _is_taken(bloc: Bloc | None, taken: set[int]) -> bool:
    """A bloc of an option group is taken by those who chose it, or who won it in an older edition."""
    return bloc is None or bloc.option_group_id is None or bloc.pk in taken


def _entry(enrolment: Enrolment, assessment: Any, tried: Sequence[Work], now: datetime) -> AssessmentEntry:
    """``tried``: the candidate's works at the assessment, in every session."""
    work = shown(each for each in tried if each.enrolment_id == enrolment.pk)
    upload = standing(work.uploads.all() if work else (), deadline=enrolment.session.deposit_deadline, now=now)
    again = work is not None and bar_from(enrolment, work, now, tried) is None
    step = _won(enrolment, assessment, work, tried) or _step(enrolment, work, upload, now, again=again)
    return AssessmentEntry(
        enrolment=enrolment,
        assessment=assessment,
        codes=[code for code in assessment.codes if code],
        work=work,
        submissions=list(work.submissions.all()) if work else [],
        decision=_decision(work),
        slot=work.slot if work else None,
        step=step,
    )


def _won(enrolment: Any, assessment: Assessment, work: Work | None, tried: Sequence[Work]) -> NextStep | None:
    """Why there is nothing to present: the bloc was won, or the épreuve passed in another session.

    None where there is, or where a decision of this session says it.
    """
    if assessment.bloc_id in {row.bloc_id for row in enrolment.acquired_blocs.all()}:
        return NextStep.ALREADY_WON
    if work is not None and (work.decisions.all() or work.submissions.all()):
        return None
    if assessment.bloc_id in enrolment.awarded:
        return NextStep.ALREADY_WON
    return NextStep.ALREADY_PASSED if any(map(has_passed, tried)) else None


def _decision(work: Work | None) -> Decision | None:
    """The decision that stands: none while it is contested, or the work is heard again."""
    if work is None or work.state != WorkState.DECIDED:
        return None
    return next(iter(work.decisions.all()), None)


def _step(enrolment: Enrolment, work: Work | None, upload: Upload | None, now: datetime, *, again: bool) -> NextStep:
    return next_step(
        WorkState(work.state) if work else None,
        upload.state if upload else "",
        before_deadline=_is_open(enrolment, now),
        upload_counts=upload is not None and counts(upload, enrolment.session.deposit_deadline),
        again=again,
    )


@dataclass(frozen=True, slots=True)
class ExpectedCompetency:
    """A competency with the lines it is judged on: its criteria, or itself for want of any.

    None: the bloc, or the assessment, as a whole.
    """

    competency: Competency | None
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class ExpectedDeliverable:
    """Something to hand in, and what it gathers."""

    deliverable: Deliverable
    contents: Sequence[Deliverable]


@dataclass(frozen=True, slots=True)
class PastSubmission:
    """A version handed in, and the mentor's review of it when it was given."""

    submission: Submission
    review: Review | None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """``upload`` is what stands between the candidate and a new version; ``open`` says whether they may send a file.

    ``upload_counts``: the upload was received in time, and may be submitted, once accepted, also after the deadline.
    ``follows``: whether another attempt may follow this one.
    """

    work: Work
    step: NextStep
    open: bool
    before_deadline: bool
    upload: Upload | None
    upload_counts: bool
    expected: Sequence[ExpectedCompetency]
    parts: Sequence[AssessmentPart]
    deliverables: Sequence[ExpectedDeliverable]
    submissions: Sequence[PastSubmission]
    decision: Decision | None
    documents: Sequence[Document]
    slot: Slot | None
    follows: bool

    @property
    def may_submit(self) -> bool:
        """Whether the upload may be submitted, as far as the clock and the work's state go."""
        return self.open or self.upload_counts

    @property
    def review(self) -> Review | None:
        """The mentor's review of the latest version, once given."""
        return self.submissions[0].review if self.submissions else None

    @property
    def awaits_versions(self) -> bool:
        """Whether a version may still be handed in, or asked for by the mentor: the deadline matters."""
        return WorkState(self.work.state) in NOT_ADMITTED

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.expected for line in group.lines]


def works_in_sight(user: User) -> QuerySet[Work]:
    """The works the user may see, with what a page about one of them names."""
    works = Work.objects.visible_to(user).select_related(
        "enrolment__session__referential__certification",
        "enrolment__candidate",
        "enrolment__mentor",
        "assessment__bloc",
    )
    return works.prefetch_related("slots__sitting", "slots__outcomes__recorded_by")


def uploads_in_sight(user: User) -> QuerySet[Upload]:
    return Upload.objects.visible_to(user).select_related(
        "bundle", "work__enrolment__session", "work__enrolment__candidate", "work__assessment__bloc"
    )


def work_page(user: User, work: Work) -> WorkPage:
    """Everything about a work that ``user`` may see of it; at most a dozen queries whatever its length."""
    now = timezone.now()
    every = Upload.objects.visible_to(user).filter(work=work).select_related("bundle")
    upload = standing(every, deadline=work.enrolment.session.deposit_deadline, now=now)
    decisions = Decision.objects.visible_to(user).current().filter(work=work)
    decision = decisions.select_related("decided_by", "slot__sitting").first()
    follows = may_follow(work, now)
    again = policies.is_depositor(user, work) and follows
    return WorkPage(
        work=work,
        step=_step(work.enrolment, work, upload, now, again=again),
        open=policies.can_deposit(user, work, now),
        before_deadline=_is_open(work.enrolment, now),
        upload=upload,
        upload_counts=_may_come_of(upload, user, work, now),
        expected=_expected(work),
        parts=list(work.assessment.parts.all()),
        deliverables=_deliverables(work.assessment),
        submissions=_past(user, work),
        decision=decision,
        documents=_documents(user, decision),
        slot=work.slot,
        follows=follows,
    )


def _may_come_of(upload: Upload | None, user: User, work: Work, now: datetime) -> bool:
    """Whether ``user`` may submit the upload, or may once it is accepted, because it came in time."""
    if upload is None or not counts(upload, work.enrolment.session.deposit_deadline):
        return False
    return policies.can_deposit(user, work, now, received_at=upload.received_at)


def _documents(user: User, decision: Decision | None) -> list[Document]:
    """Those of the decision, and whether what they were printed from was stored, without reading it."""
    found = Document.objects.visible_to(user).filter(decision=decision) if decision else Document.objects.none()
    return list(found.select_related("stored").defer("stored__content"))


def _expected(work: Work) -> list[ExpectedCompetency]:
    groups = groupby(assessed_lines(work), key=competency_of)
    return [ExpectedCompetency(competency, list(lines)) for competency, lines in groups]


def _deliverables(assessment: Assessment) -> list[ExpectedDeliverable]:
    """Those of the assessment, and those of its bloc that no other assessment claims; each under what gathers it."""
    wanted = Q(assessment=assessment)
    if assessment.bloc_id:
        wanted |= Q(bloc=assessment.bloc_id, assessment__isnull=True)
    every = list(Deliverable.objects.filter(wanted).order_by("-required", "position", "pk"))
    there = {deliverable.pk for deliverable in every}
    contents: dict[int | None, list[Deliverable]] = defaultdict(list)
    for deliverable in every:
        contents[deliverable.container_id if deliverable.container_id in there else None].append(deliverable)
    return [ExpectedDeliverable(deliverable, contents[deliverable.pk]) for deliverable in contents[None]]


def _past(user: User, work: Work) -> list[PastSubmission]:
    submissions = Submission.objects.filter(work=work).select_related("bundle").order_by("-number")
    remarks = ReviewRemark.objects.exclude(opinion="", comment="").select_related(*KINDS)
    reviews = {
        review.submission_id: review
        for review in Review.objects.visible_to(user)
        .filter(submission__work=work, given_at__isnull=False)
        .select_related("mentor")
        .prefetch_related(Prefetch("remarks", remarks.order_by(*LINE_ORDER)))
    }
    return [PastSubmission(row, reviews.get(row.pk)) for row in submissions]
