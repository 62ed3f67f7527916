"""The jury's addresses. In the scene the work is scheduled; ``opened`` gives the second juror a ballot."""

from __future__ import annotations

from typing import Any

from assessments.models.lines import key_of
from assessments.services import ballots
from tests import factories
from tests.web.permissions import Row, Scene

HOME = {"anonymous": 302, "juror": 200, "president": 200, "stranger": 200}
READ = {"anonymous": 302, "juror": 200, "president": 200, "stranger": 404}
OPEN = {"anonymous": 302, "juror": 302, "president": 302, "stranger": 404}
WAITING = {"anonymous": 302, "juror": 302, "president": 200, "stranger": 404}
OWN = {"anonymous": 302, "juror": 302, "president": 404, "stranger": 404}
TOO_EARLY = {"anonymous": 302, "juror": 403, "president": 403, "stranger": 404}

KEPT = {"anonymous": 302, "president": 200, "administrator": 200, "stranger": 404}
ADVANCED = {"anonymous": 302, "president": 302, "stranger": 404}


def sitting(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.sitting_id}


def seat(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.pk, "juror": scene.slot.sitting.jurors.get(user=scene.world.jurors[2]).pk}


def slot(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.pk}


def opened(scene: Scene) -> dict[str, Any]:
    return {"pk": ballots.open_ballot(actor=scene.world.jurors[1], slot=scene.slot).pk}


def marked(scene: Scene) -> dict[str, Any]:
    return {**opened(scene), "line": key_of(scene.world.edition.criteria[1])}


def plenary(scene: Scene) -> dict[str, Any]:
    return {"pk": factories.plenary(scene.world).pk}


def candidate(scene: Scene) -> dict[str, Any]:
    return {**plenary(scene), "enrolment": scene.world.enrolment.pk}


PRESIDENT = {"anonymous": 302, "juror": 403, "president": 200, "stranger": 404}
RECORDED = {"anonymous": 302, "juror": 403, "president": 302, "stranger": 404}
STANDING = {"anonymous": 302, "candidate": 200, "mentor": 200, "juror": 200, "president": 200, "administrator": 200}


def ruled(scene: Scene) -> dict[str, Any]:
    return {**slot(scene), "line": key_of(scene.world.edition.criteria[1])}


ROWS = [
    Row("web:awarding", READ | {"administrator": 200}, kwargs=plenary),
    Row("web:awarding_candidate", READ | {"administrator": 200}, kwargs=candidate),
    Row("web:award_check", PRESIDENT, "post", candidate, otherwise=403),
    Row("web:award", RECORDED, "post", candidate, otherwise=403),
    Row("web:standing", STANDING, kwargs=lambda scene: {"pk": scene.world.enrolment.pk}),
    Row("web:juror_home", HOME, otherwise=403),
    Row("web:ballot", READ, kwargs=slot, otherwise=403),
    Row("web:ballot_open", OPEN, "post", slot, otherwise=403),
    Row("web:ballot_mark", OWN, "post", marked, otherwise=403),
    Row("web:ballot_comment", OWN, "post", opened, otherwise=403),
    Row("web:ballot_seal", OWN, "post", opened, otherwise=403),
    Row("web:declaration", HOME | {"stranger": 404}, kwargs=sitting, otherwise=403),
    Row("web:declaration", OPEN, "post", sitting, otherwise=403),
    Row("web:seats", KEPT, kwargs=slot, otherwise=403),
    Row("web:seat", KEPT | {"president": 302, "administrator": 302}, "post", seat, otherwise=403),
    Row("web:open_early", ADVANCED, "post", slot, otherwise=403),
    Row("web:ballot_note", OWN, "post", marked, otherwise=403),
    Row("web:ruling_draft", TOO_EARLY, "post", ruled, otherwise=403),
    Row("web:motive_draft", TOO_EARLY, "post", slot, otherwise=403),
    Row("web:jury_worker", HOME, otherwise=403),
    Row("web:deliberation", WAITING, kwargs=slot, otherwise=403),
    Row("web:deliberation_preview", TOO_EARLY, "post", slot, otherwise=403),
    Row("web:decide", TOO_EARLY, "post", slot, otherwise=403),
]
