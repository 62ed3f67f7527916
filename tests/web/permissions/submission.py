"""The pages of a submission: everyone who sees the work sees its evidence, the administrator alone runs it again."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments.models import CheckResult, EvidenceFile
from assessments.services import probes
from tests.web.permissions import Row, Scene


def submission(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.pk}


def evidence(scene: Scene) -> dict[str, Any]:
    found = scene.submission.results.order_by("pk").first()
    assert found is not None
    CheckResult.objects.filter(pk=found.pk).update(evidence=[{"kind": "file", "path": "README.md", "excerpt": "a"}])
    return {"pk": scene.submission.pk, "result": found.pk, "index": 0}


def picture(scene: Scene) -> dict[str, Any]:
    row = EvidenceFile.objects.create(submission=scene.submission, sha256="a" * 64, media_type="image/png")
    _keep(row.storage_key)
    return {"pk": scene.submission.pk, "sha256": row.sha256}


def address(scene: Scene) -> dict[str, Any]:
    declared = {"path": "jalon.toml", "urls": {"api": "https://api.exemple.test/"}}
    probes.watch(submission=scene.submission, declaration=declared, kinds={"api"})
    return {"pk": scene.submission.pk, "kind": "api"}


def archive(scene: Scene) -> dict[str, Any]:
    _keep(scene.submission.bundle.storage_key)
    return submission(scene)


def _keep(key: str) -> None:
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(b"content"))


SEEN = {"anonymous": 302, "candidate": 200, "mentor": 200, "juror": 200, "president": 200, "administrator": 200}

ROWS = [
    Row("web:submission", SEEN, kwargs=submission),
    Row("web:submission_results", SEEN, kwargs=submission),
    Row("web:evidence", SEEN, kwargs=evidence),
    Row("web:probes", SEEN, kwargs=submission),
    Row("web:probe_ask", dict.fromkeys(SEEN, 302), method="post", kwargs=address),
    Row("web:file_view", SEEN, kwargs=submission),
    Row("web:evidence_image", SEEN, kwargs=picture),
    Row("web:archive", SEEN, kwargs=archive),
    Row("web:rerun", {"anonymous": 302, "administrator": 302}, method="post", kwargs=submission, otherwise=403),
]
