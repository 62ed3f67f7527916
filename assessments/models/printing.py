"""Documents that are to be printed: ordered with the decision, kept until a worker has issued them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.decisions import Decision
from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User


class PrintState(models.TextChoices):
    WAITING = "waiting", _("à imprimer")
    ISSUED = "issued", _("délivré")
    DEAD = "dead", _("abandonné de notre fait")


class PrintOrderQuerySet(models.QuerySet["PrintOrder"]):
    def visible_to(self, user: User) -> PrintOrderQuerySet:
        """Administrators alone: everybody else sees the document, or that it is on its way."""
        return self if user.is_administrator else self.none()


class PrintOrder(Leased):
    """The report of a decision, that a worker prints; ``Document`` is what came of it."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="print_orders")
    state = models.CharField(max_length=7, choices=PrintState.choices, default=PrintState.WAITING)

    objects = PrintOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("document à imprimer")
        verbose_name_plural = _("documents à imprimer")
        ordering = ["-pk"]
        indexes = [due_index("print_order")]
        constraints = [
            *lease_constraints("print_order"),
            models.UniqueConstraint(fields=["decision"], name="print_order_unique"),
            models.CheckConstraint(condition=Q(state__in=PrintState.values), name="print_order_state_known"),
            models.CheckConstraint(
                condition=~Q(state=PrintState.WAITING) | Q(due_at__isnull=False), name="print_order_waiting_is_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.decision)
