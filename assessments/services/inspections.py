"""The inspection of received files by a worker, in the sandbox. Persons take turns. Safe to deliver twice."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import INSPECT
from assessments.domain.durations import INSPECTION
from assessments.domain.leases import AWAITED
from assessments.models import Bundle, Upload, User
from assessments.models.works import UploadState
from assessments.services import bundles, journal, leases, storage, turns
from assessments.services.errors import Denied, Refused
from assessments.services.leases import Kind
from assessments.services.uploads import part_path
from evaluator import runner
from evaluator.errors import SubmissionFault

KIND = Kind(
    model=Upload,
    task=INSPECT,
    policy=AWAITED,
    waiting={"state": UploadState.INSPECTING},
    held={},
    dead=lambda upload: {"state": UploadState.STUCK},
    person="work__enrolment__candidate",
    related=("work",),
)


def serve() -> None:
    """Look in the sandbox into the file whose turn it is among the candidates, and accept or refuse it.

    A fault of the platform leaves the upload waiting for another attempt, and after the last one *stuck*: the file is
    kept and an administrator is told; the candidate loses nothing.
    """
    turns.serve(KIND, _inspect)


def _inspect(upload: Upload) -> None:
    path = part_path(upload)
    with leases.hold(KIND, upload):
        try:
            with path.open("rb") as stream:
                sha256 = storage.sha256_of(stream)
            inspection = runner.inspect(path, limits=runner.Limits(reading_seconds=INSPECTION.reading))
        except SubmissionFault as fault:
            leases.settle(KIND, upload, state=UploadState.REFUSED, fault_code=fault.code, fault_params=fault.params)
        else:
            bundle = Bundle(sha256=sha256, size=upload.size, files=inspection.files, recognised=inspection.recognised)
            _accept(upload, bundle, path)
        path.unlink(missing_ok=True)


@transaction.atomic
def _accept(upload: Upload, bundle: Bundle, path: Path) -> None:
    bundles.keep(bundle, path)
    leases.settle(KIND, upload, state=UploadState.ACCEPTED, bundle=bundle)
    journal.record(None, "upload.accepted", upload, sha256=bundle.sha256)


@transaction.atomic
def retry(*, actor: User, upload: Upload) -> None:
    """Have a file that is *stuck* inspected once more. Raises Denied; Refused("upload.not_stuck")."""
    if not policies.can_administer(actor):
        raise Denied
    if not leases.wake(KIND, Upload.objects.filter(pk=upload.pk, state=UploadState.STUCK)):
        raise Refused("upload.not_stuck", _("Cet envoi n’est pas bloqué."))
    journal.record(actor, "upload.retried", upload)
