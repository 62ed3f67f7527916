"""What Django and allauth send mail by: everything is kept in the database, and sent by a worker."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from assessments.services import mails


class LedgerBackend(BaseEmailBackend):
    """``EMAIL_BACKEND``; the one that reaches a post office is ``MAIL_DELIVERY_BACKEND``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        addressed = [message for message in email_messages if message.recipients()]
        for message in addressed:
            mails.keep(message)
        return len(addressed)
