"""The API: the same eyes as the screens. Without a token it answers 401."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import Upload
from assessments.models.works import UploadState
from tests import factories
from tests.web.permissions import Row, Scene

EVERYONE = {"anonymous": 401}


def upload(scene: Scene) -> dict[str, Any]:
    made = Upload.objects.create(
        work=scene.world.work,
        file_name="projet.zip",
        size=10,
        offset=10,
        state=UploadState.ACCEPTED,
        bundle=factories.bundle(),
    )
    return {"pk": made.pk}


def work(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.work.pk}


def submission(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.pk}


def run(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.runs.get().pk}


def archive(scene: Scene) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("projet.zip", b"PK")}


ROWS = [
    *(Row(f"api:{name}-list", EVERYONE, otherwise=200) for name in ("work", "upload", "submission", "run")),
    Row("api:work-detail", EVERYONE | {"stranger": 404}, kwargs=work, otherwise=200),
    Row("api:work-lines", EVERYONE | {"stranger": 404}, kwargs=work, otherwise=200),
    # The work is before its jury: whoever sees it may not deposit any more, its candidate is told why.
    Row("api:work-uploads", EVERYONE | {"stranger": 404, "candidate": 409}, "post", work, archive, otherwise=403),
    # What is not submitted yet is the candidate's own business.
    Row("api:upload-detail", EVERYONE | {"candidate": 200, "administrator": 200}, kwargs=upload),
    # Its candidate removes it: to those who ask afterwards it does not exist.
    Row("api:upload-detail", EVERYONE | {"candidate": 204}, "delete", upload),
    Row("api:upload-submit", EVERYONE | {"candidate": 409, "administrator": 403}, "post", upload),
    Row("api:submission-detail", EVERYONE | {"stranger": 404}, kwargs=submission, otherwise=200),
    Row("api:submission-results", EVERYONE | {"stranger": 404}, kwargs=submission, otherwise=200),
    Row("api:run-detail", EVERYONE | {"stranger": 404}, kwargs=run, otherwise=200),
    Row("api:token", {}, "post", otherwise=400),
    Row("api:schema", {}, otherwise=200),
    Row("api:docs", {}, otherwise=200),
]
