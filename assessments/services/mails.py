"""Mail goes out by a worker: kept with what it tells of, sent once per attempt, given up after days.

No request waits for a post office. One that is out of reach or silent loses nothing: the message stays here under its
Message-ID, the same at each attempt, and is erased once it is sent, for it may hold a link that opens an account.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.mail import EmailAlternative, EmailMessage, EmailMultiAlternatives
from django.core.mail.message import make_msgid
from django.core.mail.utils import DNS_NAME
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from assessments import policies
from assessments.dispatch import SEND_MAIL, ring
from assessments.domain.leases import POSTED
from assessments.models import OutgoingMail, User
from assessments.models.mails import MailState
from assessments.services import journal, leases
from assessments.services.errors import Denied
from assessments.services.leases import Kind
from evaluator.errors import EngineFault

KEPT = timedelta(days=30)
_ADDRESSES = ("to", "cc", "bcc", "reply_to")

KIND = Kind(
    model=OutgoingMail,
    task=SEND_MAIL,
    policy=POSTED,
    waiting={"state": MailState.WAITING},
    held={},
    dead=lambda row: {"state": MailState.DEAD},
)


@transaction.atomic
def keep(message: EmailMessage) -> OutgoingMail:
    """Store a message in the caller's transaction, and have it sent once that commits.

    Its headers are checked now, while whoever writes it can still be told: raises BadHeaderError, and ValueError for
    an attachment that is a MIME part of its own making.
    """
    message.extra_headers.setdefault("Message-ID", make_msgid(domain=DNS_NAME))
    message.message()
    row = OutgoingMail.objects.create(
        subject=str(message.subject)[:998],
        message_id=message.extra_headers["Message-ID"],
        content=_as_json(message),
        **leases.due(KIND.policy),
    )
    ring(SEND_MAIL, row.pk)
    return row


def send(*, mail_id: int) -> None:
    """Hand a message over to the post office, once. Safe to deliver twice."""
    row = leases.claim(KIND, mail_id)
    if row is None:
        return
    with leases.hold(KIND, row):
        refused = _deliver(_from_json(row.content))
        if refused:
            leases.settle(KIND, row, state=MailState.DEAD, fault_code="mail.refused", fault_params={"code": refused})
        else:
            leases.settle(KIND, row, state=MailState.SENT, sent_at=Now(), content={})


def _deliver(message: EmailMessage) -> int:
    """Zero once it is handed over, or the code with which its addresses are refused for good. Raises EngineFault.

    Only the kind of a failure is kept: what a server says may quote the message.
    """
    try:
        mail.get_connection(settings.MAIL_DELIVERY_BACKEND).send_messages([message])
    except SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        if codes and min(codes) >= 500:
            return max(codes)
        raise EngineFault("mail.deferred", code=max(codes, default=0)) from None
    except (SMTPException, OSError) as error:
        raise EngineFault("mail.unreachable", kind=type(error).__name__) from None
    return 0


@transaction.atomic
def retry(*, actor: User) -> int:
    """Send again what was given up; how many. Raises Denied."""
    if not policies.can_administer(actor):
        raise Denied
    woken = leases.wake(KIND, OutgoingMail.objects.filter(state=MailState.DEAD).order_by("pk"))
    for key in woken:
        journal.record(actor, "mail.retried", OutgoingMail(pk=key))
    return len(woken)


def forget_old() -> int:
    """Delete what was sent, or given up, more than KEPT ago. Returns how many."""
    old = OutgoingMail.objects.filter(due_at__isnull=True, created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def _as_json(message: EmailMessage) -> dict[str, Any]:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "subtype": message.content_subtype,
        # Whoever sends knows the platform's own address; whoever writes may not.
        "from_email": "" if message.from_email == settings.DEFAULT_FROM_EMAIL else message.from_email,
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "alternatives": [[str(content), kind] for content, kind in alternatives],
        "attachments": [_packed(attachment) for attachment in message.attachments],
        **{name: [str(each) for each in getattr(message, name)] for name in _ADDRESSES},
    }


def _packed(attachment: Any) -> list[str | None]:
    if not isinstance(attachment, tuple):
        raise ValueError("a mail's attachment is a name, a content and a type")
    name, content, kind = attachment
    raw = content.encode() if isinstance(content, str) else content
    return [name, base64.b64encode(raw).decode("ascii"), kind]


def _from_json(content: dict[str, Any]) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        content["subject"],
        content["body"],
        content["from_email"],
        headers=content["headers"],
        **{name: content[name] for name in _ADDRESSES},
    )
    message.content_subtype = content["subtype"]
    message.alternatives = [EmailAlternative(text, kind) for text, kind in content["alternatives"]]
    for name, packed, kind in content["attachments"]:
        message.attach(name, base64.b64decode(packed), kind)
    return message
