"""Links sent to a mailbox: whoever reads it proves that it is theirs."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from assessments.models.people import User


class LinkPurpose(models.TextChoices):
    INVITATION = "invitation", _("invitation")
    ADDRESS = "address", _("changement d’adresse")
    SIGN_UP = "sign_up", _("ouverture de compte")


class MailedLink(models.Model):
    """One secret, of which only a digest is kept; it expires, serves once, and another one replaces it.

    ``person`` is missing for who has no account yet, and ``full_name`` is what they gave. ``bound_to`` is what the
    account was when the link was sent (its address and password, as sessions are bound to them).
    """

    purpose = models.CharField(max_length=20, choices=LinkPurpose.choices)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="mailed_links")
    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=200, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    bound_to = models.CharField(max_length=64, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lien envoyé")
        verbose_name_plural = _("liens envoyés")
        ordering = ["-issued_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose=LinkPurpose.SIGN_UP, person__isnull=True)
                | (~models.Q(purpose=LinkPurpose.SIGN_UP) & models.Q(person__isnull=False)),
                name="mailed_link_person",
            ),
            models.UniqueConstraint(fields=["person", "purpose"], name="mailed_link_one_each"),
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(purpose=LinkPurpose.SIGN_UP), name="mailed_link_one_sign_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.email}"
