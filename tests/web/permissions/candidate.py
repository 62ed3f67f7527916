"""The candidate's screens and the way an archive comes in. The work of the scene is before its jury: closed."""

from typing import Any

from assessments.models import Upload
from tests.web.permissions import Row, Scene


def work(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.work.pk}


def assessment(scene: Scene) -> dict[str, Any]:
    return {"enrolment": scene.world.enrolment.pk, "assessment": scene.world.edition.assessment.pk}


def upload(scene: Scene) -> dict[str, Any]:
    return {"pk": Upload.objects.create(work=scene.world.work, file_name="projet.zip", size=3).pk}


SEEN = {"anonymous": 302, "candidate": 200, "mentor": 200, "juror": 200, "president": 200, "administrator": 200}
CLOSED = {"anonymous": 302, "candidate": 409, "mentor": 403, "juror": 403, "president": 403, "administrator": 403}
OWN = {"anonymous": 302, "candidate": 200, "administrator": 200}
OWN_CLOSED = {"anonymous": 302, "candidate": 409, "administrator": 403}
REMOVED = {"anonymous": 302, "candidate": 204}
"""By its candidate: to those who ask afterwards it does not exist."""

TOLD = {"candidate": 302}
"""A refusal that names itself is a message on the page that the form came from."""

ROWS = [
    Row("web:candidate_home", {"anonymous": 302, "candidate": 200, "stranger": 200}, otherwise=403),
    Row(
        "web:work_open",
        {"anonymous": 302, "candidate": 302, "stranger": 404},
        method="post",
        kwargs=assessment,
        otherwise=403,
    ),
    Row("web:work", SEEN, kwargs=work),
    Row("web:upload_start", CLOSED, method="post", kwargs=work),
    Row("web:upload_plain", CLOSED | TOLD, method="post", kwargs=work),
    Row("web:upload_piece", OWN, method="head", kwargs=upload),
    Row("web:upload_piece", OWN_CLOSED, method="patch", kwargs=upload),
    Row("web:upload_piece", REMOVED, method="delete", kwargs=upload),
    Row("web:upload_status", OWN, kwargs=upload),
    Row("web:upload_submit", OWN_CLOSED | TOLD, method="post", kwargs=upload),
    Row("web:upload_discard", REMOVED | TOLD, method="post", kwargs=upload),
]
