"""Freezing an accepted upload as the next version of a work."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from assessments.domain.workflow import WorkEvent
from assessments.models import Submission, Upload, User
from assessments.models.works import UploadState
from assessments.services import deposits, journal, runs, uploads, works
from assessments.services.errors import Refused
from assessments.services.seals import seal_of


@transaction.atomic
def submit(*, actor: User, upload: Upload) -> Submission:
    """Submit an accepted upload: a new frozen version, the work *submitted*, an evaluation queued.

    The deadline is judged at the upload's last byte: it may have passed while the platform inspected it. Raises
    Denied; Refused("submission.not_ready") while the file is not accepted; ("deposit.state"), ("deposit.too_late");
    Busy while another act holds the work or one of its uploads; ("upload.gone"); ("work.transition").
    """
    work = deposits.held_work(upload.work_id)
    upload = deposits.held_upload(upload.pk)
    deposits.require(actor=actor, work=work, received_at=upload.received_at)
    if upload.state != UploadState.ACCEPTED or upload.bundle is None:
        raise Refused("submission.not_ready", _("Le fichier n’est pas encore prêt à être déposé."))
    others = uploads.drop(work.uploads.exclude(pk=upload.pk))  # none of them answers what is asked any more
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
    for other in others:
        journal.record(actor, "upload.discarded", other, work=work.pk, sha256=other.bundle_id or "")
    upload.delete()
    runs.enqueue(submission=submission, actor=actor)
    return submission
