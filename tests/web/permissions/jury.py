"""The jury's addresses. In the scene the work is scheduled; ``opened`` gives the second juror a ballot."""

from __future__ import annotations

from typing import Any

from assessments.models.lines import key_of
from assessments.services import ballots
from tests.web.permissions import Row, Scene

HOME = {"anonymous": 302, "juror": 200, "president": 200, "stranger": 200}
READ = {"anonymous": 302, "juror": 200, "president": 200, "stranger": 404}
OPEN = {"anonymous": 302, "juror": 302, "president": 302, "stranger": 404}
WAITING = {"anonymous": 302, "juror": 302, "president": 200, "stranger": 404}
OWN = {"anonymous": 302, "juror": 302, "president": 404, "stranger": 404}
TOO_EARLY = {"anonymous": 302, "juror": 403, "president": 403, "stranger": 404}


def slot(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.pk}


def opened(scene: Scene) -> dict[str, Any]:
    return {"pk": ballots.open_ballot(actor=scene.world.jurors[1], slot=scene.slot).pk}


def marked(scene: Scene) -> dict[str, Any]:
    return {**opened(scene), "line": key_of(scene.world.edition.criteria[1])}


def ruled(scene: Scene) -> dict[str, Any]:
    return {**slot(scene), "line": key_of(scene.world.edition.criteria[1])}


ROWS = [
    Row("web:juror_home", HOME, otherwise=403),
    Row("web:ballot", READ, kwargs=slot, otherwise=403),
    Row("web:ballot_open", OPEN, "post", slot, otherwise=403),
    Row("web:ballot_mark", OWN, "post", marked, otherwise=403),
    Row("web:ballot_comment", OWN, "post", opened, otherwise=403),
    Row("web:ballot_seal", OWN, "post", opened, otherwise=403),
    Row("web:ballot_note", OWN, "post", marked, otherwise=403),
    Row("web:ruling_draft", TOO_EARLY, "post", ruled, otherwise=403),
    Row("web:motive_draft", TOO_EARLY, "post", slot, otherwise=403),
    Row("web:jury_worker", HOME, otherwise=403),
    Row("web:deliberation", WAITING, kwargs=slot, otherwise=403),
    Row("web:deliberation_preview", TOO_EARLY, "post", slot, otherwise=403),
    Row("web:decide", TOO_EARLY, "post", slot, otherwise=403),
]
