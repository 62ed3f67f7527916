"""Freezing an accepted upload as the next version of a work."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from assessments.domain.workflow import WorkEvent
from assessments.models import Submission, Upload, User, Work
from assessments.models.works import UploadState
from assessments.services import deposits, journal, locking, runs, works
from assessments.services.errors import Refused
from assessments.services.seals import seal_of


@locking.refused_when_held()
@transaction.atomic
def submit(*, actor: User, upload: Upload) -> Submission:
    """Submit an accepted upload: a new frozen version, the work *submitted*, an evaluation queued.

    The deadline is judged at the upload's last byte: it may have passed while the platform inspected it. Raises
    Denied; Refused("submission.not_ready") while the file is not accepted; ("deposit.state"), ("deposit.too_late");
    ("upload.busy") while another act holds the work or the upload; ("upload.gone"); ("work.transition").
    """
    free = Work.objects.select_for_update(of=("self",), no_key=True, nowait=True)
    work = free.select_related("enrolment__session", "assessment__bloc").get(pk=upload.work_id)
    upload = _held(upload)
    deposits.require(actor=actor, work=work, received_at=upload.received_at)
    if upload.state != UploadState.ACCEPTED or upload.bundle is None:
        raise Refused("submission.not_ready", _("Le fichier n’est pas encore prêt à être déposé."))
    last = work.submissions.aggregate(last=Max("number"))["last"] or 0
    submission = Submission.objects.create(
        work=work, number=last + 1, bundle=upload.bundle, file_name=upload.file_name, submitted_by=actor
    )
    works.move(
        work=work, event=WorkEvent.SUBMIT, actor=actor, submission=submission.pk, sha256=upload.bundle.sha256,
        received_at=upload.received_at.isoformat() if upload.received_at else None,
        deadline=work.enrolment.session.deposit_deadline.isoformat(),
    )  # fmt: skip
    journal.record(actor, "submission.made", submission, work=work.pk, seal=seal_of(submission))
    upload.delete()
    runs.enqueue(submission=submission, actor=actor)
    return submission


def _held(upload: Upload) -> Upload:
    free = Upload.objects.select_for_update(of=("self",), nowait=True).select_related("bundle")
    row = free.filter(pk=upload.pk).first()
    if row is None:
        raise Refused("upload.gone", _("Cet envoi a été retiré : recommencez-le."))
    return row
