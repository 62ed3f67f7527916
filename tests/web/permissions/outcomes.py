"""What comes of a work: another attempt, a passage without decision, corrections, appeals.

The work of the scene is scheduled. Decisions and appeals are made of it where a row asks for one.
"""

from __future__ import annotations

from typing import Any

from assessments.models import Appeal, Award
from assessments.services import appeals
from tests.web.permissions import Row, Scene


def work(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.work.pk}


def passage(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.pk}


def decided(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.decision().pk}


def awarded(scene: Scene) -> dict[str, Any]:
    made = Award.objects.filter(enrolment=scene.world.enrolment, scope="unit").first()
    if made is not None:
        return {"pk": made.pk}
    award = Award.objects.create(
        enrolment=scene.world.enrolment, sitting=scene.slot.sitting, scope="unit", bloc=scene.world.edition.bloc,
        outcome="not_acquired", proposal="pending", decided_by=scene.world.president,
    )  # fmt: skip
    return {"pk": award.pk}


def _appeal(scene: Scene) -> Appeal:
    decision = scene.decision()
    filed = Appeal.objects.filter(decision=decision).first()
    return filed or appeals.contest(actor=scene.world.candidate, decision=decision, motive="Non.")


def contested(scene: Scene) -> dict[str, Any]:
    return {"pk": _appeal(scene).pk}


def handled(scene: Scene) -> dict[str, Any]:
    """An appeal that the administrator of the scene handles."""
    administrator = scene.world.administrator
    appeal = _appeal(scene)
    if appeal.handled_by_id is None:
        appeal = appeals.assign(actor=administrator, appeal=appeal, handler=administrator)
    return {"pk": appeal.pk}


def handler(scene: Scene) -> dict[str, Any]:
    return {"handler": scene.world.administrator.pk}


TOLD = {"anonymous": 302, "candidate": 302, "administrator": 302, "mentor": 403, "juror": 403, "president": 403}
"""A refusal is a message on the page that the form came from."""

CANDIDATE = {"anonymous": 302, "candidate": 200, "mentor": 403, "juror": 403, "president": 403, "administrator": 403}
PASSAGE = {"anonymous": 302, "president": 200, "administrator": 200, "juror": 403, "candidate": 403, "mentor": 403}
CORRECTED = {"anonymous": 302, "president": 200, "juror": 403, "candidate": 403, "mentor": 403, "administrator": 403}
SEEN = {"anonymous": 302, "candidate": 200, "administrator": 200}
HANDLED = {"anonymous": 302, "administrator": 200}
WITHDRAWN = {"anonymous": 302, "candidate": 302, "stranger": 404}

ROWS = [
    Row("web:work_again", TOLD, "post", work),
    Row("web:work_withdraw", TOLD, "post", work),
    Row("web:passage_tell", PASSAGE, kwargs=passage),
    Row("web:passage_tell", PASSAGE, "post", passage),
    Row("web:decision_correct", CORRECTED, kwargs=decided),
    Row("web:decision_correct", CORRECTED, "post", decided),
    Row("web:appeal_new", CANDIDATE, kwargs=decided),
    Row("web:appeal_new", CANDIDATE, "post", decided),
    Row("web:award_appeal_new", CANDIDATE, kwargs=awarded),
    Row("web:award_appeal_new", CANDIDATE, "post", awarded),
    Row("web:appeal", SEEN, kwargs=contested),
    Row("web:appeal_withdraw", WITHDRAWN, "post", contested, otherwise=403),
    Row("web:appeal_assign", {"anonymous": 302, "administrator": 302}, "post", contested, handler, otherwise=403),
    Row("web:appeal_answer", HANDLED, "post", handled, otherwise=403),
    Row("web:appeal_correct", HANDLED, kwargs=handled, otherwise=403),
    Row("web:appeal_correct", HANDLED, "post", handled, otherwise=403),
    Row("web:admin_appeals", HANDLED, otherwise=403),
]
