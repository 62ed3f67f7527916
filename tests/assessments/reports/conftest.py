"""A bloc of the real référentiel decided by a jury, with results as the engine words them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Decision, Enrolment, Opinion, Role, Session
from assessments.models.lines import key_of
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.grid import grid_of
from assessments.services import ballots, decisions, leases, reviews, runs, slots, works
from assessments.services.decisions import Ruling
from certification.referentials import services as editions
from certification.referentials.models import Criterion, Referential
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.factories import Edition, World

Place = dict[str, Any]
EVIDENCE: dict[str, list[Place]] = {
    "model.serialized": [{"kind": "file", "path": "model/pipeline.joblib"}],
    "model.loads": [{"kind": "file", "path": "model/pipeline.joblib"}],
    "model.metric": [{"kind": "metric", "path": "data/test.csv"}],
    "api.code": [{"kind": "code", "path": "api/main.py", "line": 14}],
    "api.responds": [{"kind": "http", "path": "api/main.py", "method": "GET", "url": "/clients/1042/prediction"}],
    "dashboard.interactive_charts": [
        {"kind": "code", "path": "dashboard/app.py", "line": 31},
        {"kind": "code", "path": "dashboard/app.py", "line": 48},
    ],
    "document.page_limit": [{"kind": "page", "path": "note_methodologique.pdf", "page": 2}],
    "repository.versions": [{"kind": "commit", "path": ".git", "commit": "5f0c9d1"}],
    "repository.readme": [{"kind": "file", "path": "README.md", "line": 1}],
}
WORDS = {
    "path": "model/pipeline.joblib", "count": 3, "library": "scikit-learn", "versions": 7, "minimum": 3, "pages": 2,
    "max_pages": 2, "metric": "roc_auc", "value": 0.842, "claimed": 0.84, "status": 200, "seconds": 0.21,
    "route": "/clients/{client_id}/prediction", "framework": "FastAPI", "formats": ["joblib"], "charts": 2,
}  # fmt: skip
REMARK = "Bonne mise en œuvre : la route répond en moins d'une seconde, y compris pour un identifiant inconnu."


def real_edition() -> Edition:
    """The shipped référentiel of the data scientist, published; ``bloc`` is the fifth."""
    loaded = editions.load_edition(tree=shipped_tree("oc-data-scientist")).referential
    referential: Referential = loaded if loaded.is_frozen else editions.publish(referential=loaded)
    bloc = referential.bloc_rows.get(code="5")
    assessment = bloc.assessments.get()
    return Edition(referential, bloc, assessment, list(Criterion.objects.filter(bloc=bloc)))


def real_world() -> World:
    made = real_edition()
    now = timezone.now()
    session = Session.objects.create(
        referential=made.referential, name="Session de printemps", starts_on=now.date(),
        ends_on=now.date() + timedelta(days=90), deposit_deadline=now + timedelta(days=30),
    )  # fmt: skip
    candidate = factories.person(Role.CANDIDATE, "Dominique Exemple")
    mentor = factories.person(Role.MENTOR, "Camille Exemple")
    enrolment = Enrolment.objects.create(session=session, candidate=candidate, mentor=mentor)
    return World(
        edition=made,
        session=session,
        administrator=factories.person(Role.ADMINISTRATOR),
        candidate=candidate,
        mentor=mentor,
        jurors=[factories.person(Role.JUROR, f"{name} Exemple") for name in ("Claude", "Sacha", "Maxime")],
        enrolment=enrolment,
        work=works.open_for(enrolment=enrolment, assessment=made.assessment),
    )


def decided(world: World, remark: str = REMARK, motive: str = "") -> Decision:
    """The whole chain: results with evidence, a review with remarks, three ballots, one ruling."""
    submission = factories.submitted(world)
    run = leases.claim(runs.KIND, submission.runs.get().pk)
    assert run is not None
    rows = [
        factories.result(
            run, item["check"], params=item["params"], params_digest=item["params_digest"],
            message_params=WORDS, evidence=EVIDENCE.get(item["check"], []),
        )
        for item in run.requested
    ]  # fmt: skip
    runs.finish(run=run, results=rows, engine_version="1.0", runtime_digest="0" * 64)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    lines = [line.line for line in grid_of(submission).lines]
    for line in lines[:8]:
        opinion = Opinion.CONFIRMED
        reviews.save_remark(actor=world.mentor, review=review, line=line, opinion=opinion, comment=remark)
        remark = ""
    reviews.save_comment(
        actor=world.mentor, review=review,
        comment="Un travail soigné, que je propose d'admettre.\nLa note pourrait dire davantage de la fonction coût.",
    )  # fmt: skip
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    world.work.refresh_from_db()
    slot = slots.schedule(
        actor=world.administrator, sitting=factories.sitting(world), work=world.work, starts_at=timezone.now()
    )
    for rank, juror in enumerate(world.jurors):
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        for place, line in enumerate(lines):
            if key_of(line) in grid_of(slot.submission).jury_lines:
                level = "in_progress" if (place + rank) % 7 == 0 else "acquired"
                comment = "Exposé clair, sans lecture de notes." if (place, rank) == (10, 1) else ""
                ballots.save_mark(actor=juror, ballot=ballot, line=line, level=level, comment=comment)
        ballots.seal(actor=juror, ballot=ballot)
    last = key_of(lines[-1])
    rulings = {last: Ruling("in_progress", "Le jury attend un guide d'installation complet.")}
    return decisions.decide(actor=world.president, slot=slot, rulings=rulings, motive=motive)


@pytest.fixture
def decide(db: None) -> Callable[..., Decision]:
    """Makes a decision on bloc 5 of the real référentiel."""
    return lambda **words: decided(real_world(), **words)
