"""People of a session of a shipped référentiel, and épreuves taken through the services from deposit to decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.domain.lines import LineKey
from assessments.models import (
    Bundle,
    Decision,
    Enrolment,
    Juror,
    Role,
    Session,
    Sitting,
    Slot,
    Submission,
    User,
)
from assessments.models.juries import SittingKind
from assessments.models.reviews import ReviewOutcome
from assessments.models.runs import RunStatus
from assessments.selectors.grid import grid_of
from assessments.services import (
    ballots,
    decisions,
    declarations,
    journal,
    reviews,
    runs,
    seats,
    sessions,
    sittings,
    slots,
    works,
)
from assessments.services.decisions import Ruling
from assessments.services.seals import seal_of
from certification.referentials.models import Assessment, Bloc, Referential
from certification.referentials.services import load_edition, publish
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.workers import until


def published(code: str, change: Callable[[dict[str, Any]], None] | None = None) -> Referential:
    """The shipped edition in force, as it is or with what a certifier changes in it."""
    tree = shipped_tree(code)
    if change is not None:
        change(tree)
    return publish(referential=load_edition(tree=tree).referential)


@dataclass
class Story:
    """A session of an edition, with an administrator, a mentor and a lawful jury."""

    referential: Referential
    name: str = "Session de mars"
    administrator: User = field(default_factory=lambda: factories.person(Role.ADMINISTRATOR, "Ada Administration"))
    mentor: User = field(default_factory=lambda: factories.person(Role.MENTOR, "Maud Mentorat"))
    jurors: list[User] = field(
        default_factory=lambda: [
            factories.person(Role.JUROR, name) for name in ("Paule Présidence", "Jules Jury", "Jeanne Jury")
        ]
    )

    bundle: Bundle | None = None
    """What everybody hands in, where a worker is there to look into it."""

    def __post_init__(self) -> None:
        now = timezone.now()
        self.session: Session = sessions.create(
            actor=self.administrator,
            referential=self.referential,
            name=self.name,
            starts_on=now.date(),
            ends_on=now.date() + timedelta(days=90),
            deposit_deadline=now + timedelta(days=30),
        )
        factories.habilitated(self)  # type: ignore[arg-type]  # it asks for jurors and a session
        self.heard = 0

    @property
    def president(self) -> User:
        return self.jurors[0]

    def enrol(self, candidate: User | None = None, *, path: str = "FC", options: Sequence[str] = ()) -> Enrolment:
        return sessions.enrol(
            actor=self.administrator,
            session=self.session,
            candidate=candidate or factories.person(Role.CANDIDATE),
            mentor=self.mentor,
            access_path=path,
            options=list(Bloc.objects.filter(referential=self.referential, code__in=options)),
        )

    def jury(self, kind: str = SittingKind.EVALUATION) -> Sitting:
        name = "Jury de certification" if kind == SittingKind.CERTIFICATION else "Jury de soutenance"
        made = sittings.compose(
            actor=self.administrator, session=self.session, name=name, starts_at=timezone.now(),
            jurors=self.jurors, president=self.president, kind=kind,
        )  # fmt: skip
        for juror in self.jurors:
            declarations.sign(actor=juror, sitting=made)
        return made

    @property
    def panel(self) -> Sitting:
        """The sitting that hears everybody."""
        if not hasattr(self, "_panel"):
            self._panel = self.jury()
        return self._panel

    def handed_in(self, enrolment: Enrolment, number: int) -> Submission:
        """A deposit of that épreuve, frozen, its evaluation asked for."""
        assessment = Assessment.objects.get(referential=self.referential, position=number)
        work = works.open_for(enrolment=enrolment, assessment=assessment)
        candidate = enrolment.candidate
        submission = Submission.objects.create(
            work=work,
            number=1,
            bundle=self.bundle or factories.bundle(),
            file_name="projet.zip",
            submitted_by=candidate,
        )
        with transaction.atomic():
            works.move(work=work, event=works.WorkEvent.SUBMIT, actor=candidate)
            journal.record(candidate, "submission.made", submission, work=work.pk, seal=seal_of(submission))
        runs.enqueue(submission=submission, actor=candidate)
        return submission

    def admitted(self, submission: Submission) -> Submission:
        """By the mentor, who first reads what the worker found, where one can."""
        if self.bundle is not None:
            evaluated(submission)
        review = reviews.open_review(actor=self.mentor, submission=submission)
        reviews.give(actor=self.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
        return submission

    def scheduled(self, submission: Submission) -> Slot:
        """The passage of what was admitted, an hour after the one before, opened by the president ahead of time."""
        submission.work.refresh_from_db()
        self.heard += 1
        starts = timezone.now() + timedelta(hours=self.heard)
        slot = slots.schedule(
            actor=self.administrator, sitting=self.panel, work=submission.work, starts_at=starts, minutes=30
        )
        seats.open_early(actor=self.president, slot=slot, reason="Le candidat précédent ne s’est pas présenté.")
        return slot

    def passage(self, enrolment: Enrolment, number: int) -> Slot:
        return self.scheduled(self.admitted(self.handed_in(enrolment, number)))

    def marked(self, slot: Slot, *levels: str, jurors: Sequence[User] | None = None) -> None:
        """Each juror gives one of ``levels`` to every line, and seals."""
        lines = [line.line for line in grid_of(slot.submission).lines]
        for rank, juror in enumerate(jurors or self.jurors):
            ballot = ballots.open_ballot(actor=juror, slot=slot)
            for line in lines:
                ballots.save_mark(
                    actor=juror, ballot=ballot, line=line, level=levels[rank % len(levels)], comment="", base=0
                )
            ballots.seal(actor=juror, ballot=ballot)

    def decided(self, enrolment: Enrolment, *numbers: int, level: str = "acquired") -> list[Decision]:
        """Those épreuves heard and decided, every line at that level."""
        found = []
        for number in numbers:
            slot = self.passage(enrolment, number)
            self.marked(slot, level)
            found.append(decisions.decide(actor=self.president, slot=slot, rulings=_none()))
        return found

    def seat(self, user: User) -> Juror:
        return Juror.objects.get(sitting=self.panel, user=user)


def evaluated(submission: Submission) -> None:
    """A worker has answered all that the machine is asked about it."""
    until(lambda: submission.runs.latest("pk").status == RunStatus.DONE, "the evaluation")


def _none() -> dict[LineKey, Ruling]:
    return {}
