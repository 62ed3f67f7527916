"""The quotas of what one person sends: counted as bytes come, judged before more may."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.domain.quotas import DAY, Exceeded, Limits, Received, exceeded
from assessments.models import Intake, Upload, User
from assessments.models.works import UploadState
from assessments.services.deposits import said
from assessments.services.errors import Refused
from assessments.services.locking import Lock, hold_at_once

_UNTIL = {
    "quota.bytes_per_day": _("Vous avez beaucoup envoyé depuis hier : ce fichier sera accepté le %(until)s."),
    "quota.inspections_per_day": _("Vous avez envoyé beaucoup de fichiers depuis hier : le suivant, dès le %(until)s."),
}
_SENTENCES = {
    "quota.bytes_per_day": _("Ce fichier dépasse à lui seul ce qu’une personne peut envoyer en un jour."),
    "quota.inspections_per_day": _("Trop de vos fichiers attendent leur examen : recommencez quand il sera fini."),
    "quota.open_uploads": _("Trop de vos envois sont en cours : terminez-en un, ou retirez-le, avant le suivant."),
    "quota.waiting_bytes": _("Vos archives en attente prennent toute la place permise : déposez ou retirez-en une."),
}


def limits() -> Limits:
    return Limits(
        bytes_per_day=settings.QUOTA_BYTES_PER_DAY,
        inspections_per_day=settings.QUOTA_INSPECTIONS_PER_DAY,
        open_uploads=settings.QUOTA_OPEN_UPLOADS,
        waiting_bytes=settings.QUOTA_WAITING_BYTES,
    )


def require_room(*, person: User, size: int) -> None:
    """``person`` may send ``size`` bytes more. What is counted is theirs alone until the transaction ends.

    Raises Refused with the quota's code and, where time makes room, the moment; Busy.
    """
    hold_at_once(Lock.DEPOSITS, person.pk)
    now = timezone.now()
    waiting = Upload.objects.filter(work__enrolment__candidate=person).exclude(state=UploadState.REFUSED)
    recent = Intake.objects.filter(person=person, at__gt=now - DAY).values_list("at", "size", "whole")
    found = exceeded(
        limits(),
        size=size,
        received=[Received(*row) for row in recent],
        receiving=waiting.filter(state=UploadState.RECEIVING).count(),
        inspecting=waiting.filter(state=UploadState.INSPECTING).count(),
        waiting_bytes=waiting.aggregate(Sum("size"))["size__sum"] or 0,
        now=now,
    )
    if found is not None:
        raise _refusal(found)


def _refusal(found: Exceeded) -> Refused:
    if found.until is None:
        return Refused(found.code, _SENTENCES[found.code])
    return Refused(found.code, _UNTIL[found.code], until=said(found.until))


def begin(upload: Upload, *, person: User) -> None:
    Intake.objects.create(person=person, upload=upload, at=timezone.now())


def count(upload: Upload, *, size: int, at: datetime) -> None:
    """``size`` bytes more have come of the upload."""
    whole = upload.offset == upload.size
    Intake.objects.filter(upload=upload).update(size=F("size") + size, at=at, whole=whole)


def forget_old() -> int:
    """Throw away what no quota counts any more; return how much."""
    old = Intake.objects.filter(upload__isnull=True, at__lt=timezone.now() - 2 * DAY)
    return old.delete()[0]
