"""Small real rows for tests: a référentiel of one bloc, a session, people in their roles, a submitted work."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.domain.digests import digest
from assessments.models import (
    Bundle,
    CheckResult,
    Enrolment,
    EvaluationRun,
    Habilitation,
    Juror,
    JuryProfile,
    Role,
    Session,
    Sitting,
    Slot,
    Submission,
    User,
    Work,
)
from assessments.models.juries import SittingKind
from assessments.models.reviews import ReviewOutcome
from assessments.services import ballots, declarations, journal, leases, reviews, runs, sittings, slots, works
from assessments.services.seals import seal_of
from certification.referentials.models import (
    Activity,
    Assessment,
    Bloc,
    Certification,
    Competency,
    Criterion,
    CriterionCheck,
    Referential,
)
from evaluator.checks import REGISTRY

_count = itertools.count(1)
PASSWORD = "correct horse battery staple"


def person(role: Role | None = None, name: str = "", **fields: Any) -> User:
    number = next(_count)
    name = name or f"{(role.value if role else 'person').title()} {number}"
    roles = [role.value] if role else []
    return User.objects.create_user(
        email=f"p{number}@demo.jalon.test", password=PASSWORD, full_name=name, roles=roles, **fields
    )


@dataclass
class Edition:
    """A draft edition of one bloc: criterion 0 is decided by two checks, 1 is informed by one, 2 has none."""

    referential: Referential
    bloc: Bloc
    assessment: Assessment
    criteria: list[Criterion] = field(default_factory=list)


def _node(referential: Referential, position: int = 1) -> dict[str, Any]:
    return {"referential": referential, "position": position, "uid": uuid.uuid4()}


def edition() -> Edition:
    number = next(_count)
    certification = Certification.objects.create(code=f"essai-{number}", title=f"Titre d'essai {number}")
    referential = Referential.objects.create(certification=certification, edition="2026", title=certification.title)
    bloc = Bloc.objects.create(code="BLOC 1", title="Explorer des données", **_node(referential))
    activity = Activity.objects.create(bloc=bloc, code="1.1", title="Analyse", **_node(referential))
    competency = Competency.objects.create(
        bloc=bloc, activity=activity, text="Représenter des données", **_node(referential)
    )
    assessment = Assessment.objects.create(
        bloc=bloc, title="Mise en situation professionnelle", kind="project", **_node(referential)
    )
    made = Edition(referential, bloc, assessment)
    for position, text in enumerate(["Deux graphiques.", "Des données propres.", "Un exposé clair."], start=1):
        made.criteria.append(
            Criterion.objects.create(
                bloc=bloc, activity=activity, competency=competency, text=text, **_node(referential, position)
            )
        )
    for position, check in enumerate(["chart.boxplot", "chart.pie"], start=1):
        CriterionCheck.objects.create(
            criterion=made.criteria[0], check_code=check, role="decided", params={}, **_node(referential, position)
        )
    CriterionCheck.objects.create(
        criterion=made.criteria[1],
        check_code="data.missing_values",
        role="informed",
        params={},
        **_node(referential),
    )
    return made


@dataclass
class World:
    """A session with everyone in place and one work."""

    edition: Edition
    session: Session
    administrator: User
    candidate: User
    mentor: User
    jurors: list[User]
    enrolment: Enrolment
    work: Work

    @property
    def president(self) -> User:
        return self.jurors[0]


def world() -> World:
    made = edition()
    now = timezone.now()
    session = Session.objects.create(
        referential=made.referential,
        name=f"Session {next(_count)}",
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=90),
        deposit_deadline=now + timedelta(days=30),
    )
    candidate, mentor = person(Role.CANDIDATE), person(Role.MENTOR)
    enrolment = Enrolment.objects.create(session=session, candidate=candidate, mentor=mentor)
    work = works.open_for(enrolment=enrolment, assessment=made.assessment)
    placed = World(
        edition=made,
        session=session,
        administrator=person(Role.ADMINISTRATOR),
        candidate=candidate,
        mentor=mentor,
        jurors=[person(Role.JUROR) for _ in range(3)],
        enrolment=enrolment,
        work=work,
    )
    habilitated(placed)
    return placed


def bundle(**fields: Any) -> Bundle:
    sha256 = uuid.uuid4().hex * 2
    return Bundle.objects.create(**{"sha256": sha256, "size": 10, "files": 1, "recognised": {}} | fields)


def submitted(made: World) -> Submission:
    """A frozen version of the work, its run queued, as ``submissions.submit`` leaves them."""
    number = made.work.submissions.count() + 1
    submission = Submission.objects.create(
        work=made.work, number=number, bundle=bundle(), file_name="projet.zip", submitted_by=made.candidate
    )
    made.work.state = "submitted"
    made.work.save(update_fields=["state"])
    with transaction.atomic():
        journal.record(made.candidate, "submission.made", submission, work=made.work.pk, seal=seal_of(submission))
    runs.enqueue(submission=submission, actor=made.candidate)
    return submission


def result(run: EvaluationRun, check: str, outcome: str = "met", **fields: Any) -> CheckResult:
    """An unsaved result of a run."""
    values = {
        "submission": run.submission,
        "run": run,
        "check_code": check,
        "check_version": REGISTRY[check].version if check in REGISTRY else 1,
        "params": {},
        "params_digest": digest({}),
        "runtime_digest": "0" * 64,
        "outcome": outcome,
        "message_code": f"{check}.{outcome}",
        "seconds": 0.1,
    }
    return CheckResult(**values | fields)


def evaluated(made: World, **outcomes: str) -> Submission:
    """A submission whose run is done; ``outcomes`` by check with ``__`` for the dot, *met* by default."""
    submission = submitted(made)
    run = leases.claim(runs.KIND, submission.runs.get().pk)
    assert run is not None
    rows = [result(run, item["check"], outcomes.get(item["check"].replace(".", "__"), "met")) for item in run.requested]
    runs.finish(run=run, results=rows, engine_version="1.0", runtime_digest="0" * 64)
    return submission


def evaluated_again(made: World, submission: Submission, version: int = 1, **outcomes: str) -> EvaluationRun:
    """A later run of a submission, done, whose checks are of so many versions later; ``outcomes`` as above."""
    queued = runs.enqueue(submission=submission, actor=made.administrator, reason="Une version corrige un contrôle.")
    run = leases.claim(runs.KIND, queued.pk)
    assert run is not None
    rows = [result(run, item["check"], outcomes.get(item["check"].replace(".", "__"), "met")) for item in run.requested]
    for row in rows:
        row.check_version += version
    runs.finish(run=run, results=rows, engine_version="2.0", runtime_digest="1" * 64)
    return run


def admitted(made: World) -> Submission:
    submission = evaluated(made)
    review = reviews.open_review(actor=made.mentor, submission=submission)
    reviews.give(actor=made.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    made.work.refresh_from_db()
    return submission


def habilitated(made: World) -> None:
    """What the law's own rules ask of a jury: every juror qualified and external, women and men."""
    for rank, juror in enumerate(made.jurors):
        JuryProfile.objects.get_or_create(user=juror, defaults={"sex": "FM"[rank % 2]})
        Habilitation.objects.get_or_create(
            user=juror,
            certification=made.session.referential.certification,
            defaults={"qualified": True, "external": True, "valid_from": date(2020, 1, 1), "reference": "Acte 1"},
        )


def sitting(made: World) -> Sitting:
    """A lawful jury of the world's jurors, each of whom has declared their independence."""
    habilitated(made)
    composed = sittings.compose(
        actor=made.administrator,
        session=made.session,
        name="Jury d'essai",
        starts_at=timezone.now(),
        jurors=made.jurors,
        president=made.president,
    )
    for juror in made.jurors:
        declarations.sign(actor=juror, sitting=composed)
    return composed


def plenary(made: World) -> Sitting:
    """The certification jury of the session: the same people, the same president, each of whom has declared."""
    habilitated(made)
    plenary = Sitting.objects.create(
        session=made.session, kind=SittingKind.CERTIFICATION, name="Jury de certification", starts_at=timezone.now()
    )
    Juror.objects.bulk_create(
        Juror(sitting=plenary, user=juror, presides=juror == made.president) for juror in made.jurors
    )
    with transaction.atomic():
        journal.record(made.administrator, "sitting.composed", plenary, seal=seal_of(plenary))
    for juror in made.jurors:
        declarations.sign(actor=juror, sitting=plenary)
    return plenary


def scheduled(made: World) -> Slot:
    admitted(made)
    slot = slots.schedule(actor=made.administrator, sitting=sitting(made), work=made.work, starts_at=timezone.now())
    made.work.refresh_from_db()
    return slot


def marked(made: World, *levels: str) -> Slot:
    """A defended work: each juror has given one of ``levels`` to every jury criterion, and sealed."""
    slot = scheduled(made)
    for juror, level in zip(made.jurors, levels or ("acquired",) * 3, strict=True):
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        for criterion in made.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level=level, comment="")
        ballots.seal(actor=juror, ballot=ballot)
    made.work.refresh_from_db()
    return slot


def lengthen(made: World) -> None:
    """Give everyone, their addresses and their session names as long as real ones may be, for pages to be seen with."""
    for user in (made.administrator, made.candidate, made.mentor, *made.jurors):
        user.full_name = f"Marie-Christine Alexandrine de La Rochefoucauld-Montmorency d’Aspremont {user.full_name}"
        user.email = f"une.adresse.electronique.vraiment.longue.{user.pk}@formation-professionnelle.jalon.test"
        user.save(update_fields=["full_name", "email"])
    made.session.name = (
        "Session de certification professionnelle d’automne 2026, groupe de Strasbourg et de Clermont-Ferrand"
    )
    made.session.save(update_fields=["name"])
