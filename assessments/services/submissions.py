"""Freezing an accepted upload as the next version of a work."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain.workflow import WorkEvent
from assessments.models import Submission, Upload, User, Work
from assessments.models.works import UploadState
from assessments.services import runs, works
from assessments.services.errors import Denied, Refused


@transaction.atomic
def submit(*, actor: User, upload: Upload) -> Submission:
    """Submit an accepted upload: a new frozen version, the work *submitted*, an evaluation queued.

    Raises Denied; Refused("submission.done") when another request did it; Refused("submission.not_ready") while the
    file is not accepted; Refused("work.transition").
    """
    locked = Work.objects.select_for_update(of=("self",), no_key=True)
    work = locked.select_related("enrolment__session").get(pk=upload.work_id)
    found = Upload.objects.select_for_update(of=("self",)).select_related("bundle").filter(pk=upload.pk).first()
    if found is None:
        raise Refused("submission.done", _("Ce fichier vient d’être déposé ou retiré : rechargez la page."))
    if not policies.can_deposit(actor, work, timezone.now()):
        raise Denied
    upload = found
    if upload.state != UploadState.ACCEPTED or upload.bundle is None:
        raise Refused("submission.not_ready", _("Le fichier n’est pas encore prêt à être déposé."))
    last = work.submissions.aggregate(last=Max("number"))["last"] or 0
    submission = Submission.objects.create(
        work=work, number=last + 1, bundle=upload.bundle, file_name=upload.file_name, submitted_by=actor
    )
    works.move(work=work, event=WorkEvent.SUBMIT, actor=actor, submission=submission.pk, sha256=upload.bundle.sha256)
    upload.delete()
    runs.enqueue(submission=submission, actor=actor)
    return submission
