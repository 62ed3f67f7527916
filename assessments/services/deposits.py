"""What every step of a deposit asks first: whose work it is, whether it awaits a version, whether it is in time.

And what it holds meanwhile: rows that another act holds are not waited for, a person is told at once.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain.deadlines import in_time
from assessments.domain.workflow import WorkEvent, WorkState, allows
from assessments.models import Upload, User, Work
from assessments.services.errors import Denied, Refused, conflicts_refused


def require(*, actor: User, work: Work, received_at: datetime | None = None, now: datetime | None = None) -> None:
    """``actor`` may go on with a deposit to ``work``. Raises Denied, and what ``require_open`` raises."""
    if not policies.is_depositor(actor, work):
        raise Denied
    require_open(work=work, received_at=received_at, now=now)


def awaits_version(work: Work) -> bool:
    return allows(WorkState(work.state), WorkEvent.SUBMIT)


def require_open(*, work: Work, received_at: datetime | None = None, now: datetime | None = None) -> None:
    """The work awaits a version, and what is deposited came in time.

    ``received_at`` is the moment of its last byte; while bytes are missing, None, it is ``now`` that counts, the
    clock's if none is given. Raises Refused("deposit.state"), Refused("deposit.too_late").
    """
    if not awaits_version(work):
        raise Refused("deposit.state", _("Ce travail n’attend pas de nouvelle version : rien n’a changé."))
    deadline = work.enrolment.session.deposit_deadline
    if in_time(deadline, received_at=received_at, now=now or timezone.now()):
        return
    if received_at is None:
        raise Refused(
            "deposit.too_late", _("La date limite est passée depuis le %(deadline)s."), deadline=said(deadline)
        )
    raise Refused(
        "deposit.too_late",
        _("Ce fichier est arrivé entier le %(received)s, après la date limite du %(deadline)s."),
        deadline=said(deadline),
        received=said(received_at),
    )


def held_work(key: int) -> Work:
    """The work as it is now, until the transaction ends nobody else's. Raises Busy."""
    free = Work.objects.select_for_update(of=("self",), no_key=True, nowait=True)
    with conflicts_refused():
        return free.select_related("enrolment__session").get(pk=key)


def held_upload(key: int) -> Upload:
    """The same for an upload. Raises Busy, Refused("upload.gone")."""
    free = Upload.objects.select_for_update(of=("self",), nowait=True)
    related = free.select_related("bundle", "work__enrolment__session", "work__enrolment__candidate")
    with conflicts_refused():
        row = related.filter(pk=key).first()
    if row is None:
        raise Refused("upload.gone", _("Cet envoi a été retiré : recommencez-le."))
    return row


def said(moment: datetime) -> str:
    """A moment in the words of the reader's language, to the second where the seconds matter."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S}"
