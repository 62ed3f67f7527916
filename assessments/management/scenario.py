"""The demo's story: its accounts, its session, and the chain from a deposited project to an issued report.

Every act goes through the same service as on the screens; checks are run by the worker. Told a second time, the
story finds what it already did and does it no more.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessments.domain.lines import LineKey
from assessments.domain.proposals import Settled
from assessments.domain.workflow import WorkState
from assessments.models import (
    CheckResult,
    Decision,
    Document,
    EarlyOpening,
    Enrolment,
    EvaluationRun,
    Opinion,
    Role,
    Session,
    Sitting,
    Slot,
    Submission,
    Upload,
    User,
    Work,
)
from assessments.models.reviews import ReviewOutcome
from assessments.models.runs import ACTIVE
from assessments.models.works import UploadState
from assessments.samples import build
from assessments.selectors.deliberation import deliberation_of
from assessments.selectors.grid import grid_of
from assessments.services import (
    ballots,
    decisions,
    declarations,
    habilitations,
    reviews,
    seats,
    sittings,
    slots,
    storage,
    submissions,
    uploads,
    works,
)
from assessments.services.decisions import Ruling
from certification.referentials import queries
from certification.referentials import services as editions
from certification.referentials.models import Assessment, Referential
from certification.referentials.shipped import shipped_codes, shipped_tree
from evaluator import messages
from evaluator.results import Message

CODE = "oc-data-scientist"
SESSION = "Session de démonstration"
PASSWORD = "jalon-demonstration"  # noqa: S105 - printed by the command: demo accounts are plainly demo accounts
PATIENCE = 240.0  # seconds without any sign of progress after which the worker is given up


class StoryStopped(Exception):
    """The chain broke; the message says where and why, for the person at the terminal."""


Tell = Callable[[str], None]
"""What is told, again and again, of how far the worker is."""


@dataclass(frozen=True, slots=True)
class Account:
    email: str
    name: str
    role: Role


ACCOUNTS = (
    Account("admin@demo.jalon.test", "Administratrice (démo)", Role.ADMINISTRATOR),
    Account("candidat@demo.jalon.test", "Candidate A (démo)", Role.CANDIDATE),
    Account("candidat2@demo.jalon.test", "Candidat B (démo)", Role.CANDIDATE),
    Account("candidat3@demo.jalon.test", "Candidate C (démo)", Role.CANDIDATE),
    Account("mentor@demo.jalon.test", "Mentor (démo)", Role.MENTOR),
    Account("jury1@demo.jalon.test", "Présidente du jury (démo)", Role.JUROR),
    Account("jury2@demo.jalon.test", "Juré 2 (démo)", Role.JUROR),
    Account("jury3@demo.jalon.test", "Jurée 3 (démo)", Role.JUROR),
)


@dataclass(frozen=True, slots=True)
class Cast:
    administrator: User
    candidates: tuple[User, User, User]
    mentor: User
    jurors: tuple[User, User, User]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the later acts of the story are played with."""

    session: Session
    people: Cast
    sitting: Sitting
    archives: dict[str, Path]


def load_referentials() -> list[Referential]:
    """Every shipped référentiel in an edition in force, loaded and published where there was none."""
    return [queries.published_edition(code) or _published(code) for code in shipped_codes()]


def _published(code: str) -> Referential:
    return editions.publish(referential=editions.load_edition(tree=shipped_tree(code)).referential)


@transaction.atomic
def cast() -> Cast:
    """The demo's people, all with the same printed password."""
    people = []
    for account in ACCOUNTS:
        user = User.objects.filter(email=account.email).first()
        people.append(
            user
            or User.objects.create_user(account.email, PASSWORD, full_name=account.name, roles=[account.role.value])
        )
    admin, first, second, third, mentor, *jurors = people
    return Cast(admin, (first, second, third), mentor, (jurors[0], jurors[1], jurors[2]))


@transaction.atomic
def session_of(referential: Referential, people: Cast) -> Session:
    """A session open for deposits, with the three candidates enrolled under the mentor."""
    today = timezone.localdate()
    session, _created = Session.objects.get_or_create(
        referential=referential,
        name=SESSION,
        defaults={
            "starts_on": today,
            "ends_on": today + timedelta(days=180),
            "deposit_deadline": timezone.now() + timedelta(days=150),
        },
    )
    for candidate in people.candidates:
        Enrolment.objects.get_or_create(session=session, candidate=candidate, defaults={"mentor": people.mentor})
    return session


def work_of(session: Session, candidate: User, bloc: str) -> Work:
    """The candidate's work on the assessment of the bloc printed as ``bloc``."""
    assessment = Assessment.objects.select_related("bloc").get(
        referential=session.referential_id, bloc__position=int(bloc.split()[-1])
    )
    return works.open_for(enrolment=session.enrolments.get(candidate=candidate), assessment=assessment)


def samples(destination: Path) -> dict[str, Path]:
    """The two sample projects as folders with their history, and as the archives a candidate would send."""
    archives = {}
    for name in build.NAMES:
        folder, target = destination / name, destination / f"{name}.zip"
        shutil.rmtree(folder, ignore_errors=True)
        build.archive(build.build(name, folder), target)
        archives[name] = target
    return archives


def deposit(work: Work, candidate: User, archive: Path, tell: Tell) -> Submission:
    """Upload the archive by pieces, wait for the worker's inspection, submit."""
    existing = work.submissions.order_by("-number").first()
    if existing is not None:
        return existing
    upload = uploads.start(actor=candidate, work=work, file_name=archive.name, size=archive.stat().st_size)
    with archive.open("rb") as stream:
        upload = uploads.append(upload=upload, offset=0, pieces=iter(lambda: stream.read(storage.PIECE), b""))
    _until(
        lambda: _upload_state(upload) not in (UploadState.RECEIVING, UploadState.INSPECTING),
        "l'examen de l'archive",
        lambda: Upload.objects.values_list("state", "attempts").get(pk=upload.pk),
        tell,
    )
    upload.refresh_from_db()
    if upload.state != UploadState.ACCEPTED:
        reason = messages.render(Message(upload.fault_code, upload.fault_params), "fr")
        raise StoryStopped(f"{archive.name} n'a pas été accepté : {reason}")
    return submissions.submit(actor=candidate, upload=upload)


def _upload_state(upload: Upload) -> str:
    return str(Upload.objects.values_list("state", flat=True).get(pk=upload.pk))


def evaluated(submission: Submission, tell: Tell) -> list[CheckResult]:
    """Wait for the worker to end the run; return the results."""
    _until(
        lambda: not submission.runs.filter(status__in=ACTIVE).exists(),
        "l'évaluation automatique",
        lambda: (submission.results.count(), submission.runs.values_list("heartbeat_at", "attempts").latest("pk")),
        lambda waited: tell(f"{submission.results.count()} contrôles ont répondu ; {waited}"),
    )
    run: EvaluationRun = submission.runs.latest("pk")
    if run.status != "done":
        reason = messages.render(Message(run.fault_code, run.fault_params), "fr")
        raise StoryStopped(f"l'évaluation automatique s'est arrêtée ({run.status}) : {reason}")
    return list(submission.results.order_by("check_code", "params_digest"))


def outcome_counts(results: list[CheckResult]) -> str:
    words = {"met": "atteints", "not_met": "non atteints", "undecided": "indécis", "error": "en erreur"}
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[code]} {word}" for code, word in words.items() if counts[code])


def admit(submission: Submission, mentor: User) -> None:
    """The mentor confirms where every check is met, leaves the rest to the jury, and admits the work."""
    work = Work.objects.get(pk=submission.work_id)
    if WorkState(work.state) not in (WorkState.SUBMITTED, WorkState.IN_REVIEW):
        return
    review = reviews.open_review(actor=mentor, submission=submission)
    for line in grid_of(submission).lines:
        outcomes = {check.result.outcome for check in line.checks if check.result}
        confirmed = outcomes == {"met"}
        reviews.save_remark(
            actor=mentor,
            review=review,
            line=line.line,
            opinion=Opinion.CONFIRMED if confirmed else Opinion.LEFT_TO_JURY,
            comment="" if confirmed else "À apprécier à la soutenance.",
        )
    reviews.save_comment(
        actor=mentor, review=review, comment="Travail complet, preuves vérifiées une à une. Prêt pour la soutenance."
    )
    reviews.give(actor=mentor, review=review, outcome=ReviewOutcome.ADMITTED)


@transaction.atomic
def sitting_of(session: Session, people: Cast) -> Sitting:
    existing = session.sittings.first()
    if existing is not None:
        return existing
    _habilitate(session, people)
    tomorrow = timezone.localdate() + timedelta(days=1)
    sitting = sittings.compose(
        actor=people.administrator,
        session=session,
        name="Jury de démonstration",
        starts_at=_hour(tomorrow, 9),
        jurors=people.jurors,
        president=people.jurors[0],
        place="Salle 1",
    )
    for juror in people.jurors:
        declarations.sign(actor=juror, sitting=sitting)
    return sitting


def _habilitate(session: Session, people: Cast) -> None:
    """What the rule asks of the jury: habilitated, qualified, two of the three external, women and men."""
    for rank, juror in enumerate(people.jurors):
        if juror.habilitations.exists():
            continue
        habilitations.grant(
            actor=people.administrator,
            user=juror,
            certification=session.referential.certification,
            qualified=True,
            external=rank > 0,
            valid_from=session.starts_on,
            reference="Acte de démonstration",
        )
        habilitations.describe(actor=people.administrator, person=juror, employer="", sex="FMF"[rank])


def _hour(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))


@transaction.atomic
def slot_of(submission: Submission, sitting: Sitting, people: Cast) -> Slot:
    """The passage of the work, on the first free hour of the sitting."""
    existing = Slot.objects.filter(work=submission.work_id).first()
    if existing is not None:
        return existing
    last = sitting.slots.order_by("-starts_at").first()
    starts_at = last.starts_at + timedelta(hours=1) if last else sitting.starts_at
    work = Work.objects.select_related("enrolment__session").get(pk=submission.work_id)
    return slots.schedule(actor=people.administrator, sitting=sitting, work=work, starts_at=starts_at)


def decide(slot: Slot, people: Cast) -> Decision:
    """Three blind ballots, then the president's deliberation by majority."""
    existing = Decision.objects.filter(slot=slot).first()
    if existing is not None:
        return existing
    if not EarlyOpening.objects.filter(slot=slot).exists():
        seats.open_early(actor=people.jurors[0], slot=slot, reason="La démonstration n’attend pas demain.")
    lines = [line for line in grid_of(slot.submission).lines if line.settled is Settled.NOBODY]
    for seat, juror in enumerate(people.jurors):
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        if ballot.sealed_at is not None:
            continue
        for number, line in enumerate(lines):
            # The third juror is stricter on every fourth criterion: a majority, not a unison.
            level = "in_progress" if seat == 2 and number % 4 == 0 else "acquired"
            comment = "Explication à préciser à l'oral." if level == "in_progress" else ""
            ballots.save_mark(actor=juror, ballot=ballot, line=line.line, level=level, comment=comment)
        ballots.seal(actor=juror, ballot=ballot)
    slot.work.refresh_from_db()
    rulings: dict[LineKey, Ruling] = {
        line.key: Ruling("acquired", "Retenu par le jury après échange avec la candidate.")
        for line in deliberation_of(slot)
        if not line.proposed
    }
    return decisions.decide(
        actor=people.jurors[0], slot=slot, rulings=rulings, motive="Le jury félicite la candidate pour sa rigueur."
    )


def report_of(decision: Decision, tell: Tell) -> tuple[Document, Path]:
    """Wait for the worker to issue the report; return it with a copy beside the demo's other files."""
    _until(lambda: Document.objects.filter(decision=decision).exists(), "le rapport d'évaluation", lambda: None, tell)
    document = Document.objects.get(decision=decision)
    path = Path(settings.BASE_DIR) / "var" / "demo" / f"{document.number}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(storage.read_bytes(document.storage_key))
    return document, path


def _until(done: Callable[[], bool], what: str, progress: Callable[[], Any], tell: Tell) -> None:
    """Wait as long as ``progress`` gives something new within PATIENCE: a busy machine is slow, not stuck."""
    began = last = time.monotonic()
    seen = progress()
    while not done():
        now, found = time.monotonic(), progress()
        if found != seen:
            seen, last = found, now
        if now - last > PATIENCE:
            raise StoryStopped(f"{what} n'avance plus depuis {PATIENCE:.0f} s : voyez var/log/worker.log.")
        tell(f"{what} : {now - began:.0f} s")
        time.sleep(0.2)
