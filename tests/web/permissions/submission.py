"""The pages of a submission: everyone who sees the work sees its evidence, the administrator alone runs it again."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments.models import CheckResult, Enrolment, EvidenceFile, Likeness, LineFlag, Role, Submission
from assessments.services import probes, works
from tests import factories
from tests.tampering import guards_off
from tests.web.permissions import Row, Scene


def submission(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.pk}


def evidence(scene: Scene) -> dict[str, Any]:
    found = scene.submission.results.order_by("pk").first()
    assert found is not None
    with guards_off():
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


def likeness(scene: Scene) -> dict[str, Any]:
    """A work of somebody whom only the administrator sees."""
    enrolment = Enrolment.objects.create(session=scene.world.session, candidate=factories.person(Role.CANDIDATE))
    work = works.open_for(enrolment=enrolment, assessment=scene.world.edition.assessment)
    other = Submission.objects.create(
        work=work, number=1, bundle=factories.bundle(), file_name="b.zip", submitted_by=enrolment.candidate
    )
    Likeness.objects.create(submission=scene.submission, other=other, share=0.5, strength=0.5, shared=20)
    return {"pk": scene.submission.pk, "other": other.pk}


def flag(scene: Scene) -> dict[str, Any]:
    factories.evaluated_again(scene.world, scene.submission, chart__pie="not_met")
    return {"pk": LineFlag.objects.get().pk}


SEEN = {"anonymous": 302, "candidate": 200, "mentor": 200, "juror": 200, "president": 200, "administrator": 200}

# What is told of other people is not for the candidate.
READ = {"anonymous": 302, "mentor": 200, "juror": 200, "president": 200, "administrator": 200}

ROWS = [
    Row("web:similarities", READ, kwargs=submission),
    Row("web:similarity", {"anonymous": 302, "administrator": 200}, kwargs=likeness),
    Row("web:submission", SEEN, kwargs=submission),
    Row("web:submission_results", SEEN, kwargs=submission),
    Row("web:evidence", SEEN, kwargs=evidence),
    Row("web:probes", SEEN, kwargs=submission),
    Row("web:probe_ask", dict.fromkeys(SEEN, 302), method="post", kwargs=address),
    Row("web:file_view", SEEN, kwargs=submission),
    Row("web:evidence_image", SEEN, kwargs=picture),
    Row("web:archive", SEEN, kwargs=archive),
    Row(
        "web:rerun",
        {"anonymous": 302, "administrator": 302},
        method="post",
        kwargs=submission,
        data=lambda scene: {"reason": "Un contrôle avait un défaut."},
        otherwise=403,
    ),
    Row(
        "web:flag_close",
        {"anonymous": 302, "mentor": 302, "juror": 403, "president": 302, "administrator": 302},
        method="post",
        kwargs=flag,
        data=lambda scene: {"word": "Vu."},
    ),
]
