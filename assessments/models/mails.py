"""Mails on their way out: written in the transaction that has something to say, sent by a worker."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User


class MailState(models.TextChoices):
    WAITING = "waiting", _("à envoyer")
    SENT = "sent", _("envoyé")
    DEAD = "dead", _("abandonné")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def visible_to(self, user: User) -> OutgoingMailQuerySet:
        return self if user.is_administrator else self.none()


class OutgoingMail(Leased):
    """One message. ``content`` is the whole of it as ``services.mails`` writes it, erased once it is sent.

    It may hold a link that opens an account: no page shows it, no log tells of it.
    """

    subject = models.CharField(max_length=998)
    message_id = models.CharField(max_length=255, unique=True)
    content = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=7, choices=MailState.choices, default=MailState.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("courriel")
        ordering = ["-created_at", "-pk"]
        indexes = [due_index("mail")]
        constraints = [
            *lease_constraints("mail"),
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=~Q(state=MailState.WAITING) | Q(due_at__isnull=False), name="mail_waiting_is_due"
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False, content={})
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
                name="mail_sent_is_erased",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id
