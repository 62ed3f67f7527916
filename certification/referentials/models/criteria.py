"""Criteria: what is looked at to judge a competency, and the checks that look at it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certification.referentials.models.base import (
    Node,
    among,
    at_least_one_if_given,
    grid_weight,
    node_constraints,
    printed_code,
)
from certification.referentials.models.structure import Activity, Bloc, Competency


class Criterion(Node):
    """A line of the référentiel d'évaluation.

    `competency` is the competency beside which the criterion is printed; it is empty for a criterion of an
    activity, of a bloc or of the edition as a whole. `bloc` and `activity` repeat those of the competency.
    `assessment` is the one that alone is judged on the criterion, which then stands nowhere else.
    `covers` are the competencies that the criterion says it covers.
    """

    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, related_name="criteria", null=True, blank=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="criteria", null=True, blank=True)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="criteria", null=True, blank=True)
    assessment = models.ForeignKey(
        "referentials.Assessment", on_delete=models.PROTECT, related_name="criteria", null=True, blank=True
    )
    covers = models.ManyToManyField(Competency, through="referentials.CriterionCover", related_name="covering_criteria")
    code = printed_code()
    lead_in = models.TextField(blank=True, default="", help_text="Shared opening, such as “Capacité à :”.")
    text = models.TextField()
    page_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    minimum = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Minimum quantity stated.")
    weight = grid_weight()
    eliminatory = models.BooleanField(default=False)

    class Meta:
        ordering = (
            "referential",
            "bloc__position",
            "activity__position",
            "competency__position",
            "assessment__position",
            "position",
        )
        verbose_name_plural = "criteria"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("criterion", "bloc", "activity", "competency", "assessment"),
            models.CheckConstraint(
                condition=Q(assessment__isnull=True)
                | Q(bloc__isnull=True, activity__isnull=True, competency__isnull=True),
                name="criterion_of_one_parent",
            ),
            at_least_one_if_given("criterion_quantities_from_one", "page_limit", "minimum"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class CriterionCover(Node):
    """A competency that a criterion says it covers."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="cover_rows")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("criterion", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("criterioncover", "criterion"),
            models.UniqueConstraint(fields=["criterion", "competency"], name="criterioncover_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} → {self.competency_id}"


class CriterionItem(Node):
    """A sub-item of a criterion."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="items")
    text = models.TextField()

    class Meta:
        ordering = ("criterion", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = node_constraints("criterionitem", "criterion")

    def __str__(self) -> str:
        return self.text


class CheckRole(models.TextChoices):
    """What a check's answer is worth for a criterion."""

    DECIDED = "decided", _("décide")
    INFORMED = "informed", _("éclaire")


class CriterionCheck(Node):
    """A check that the certifier asks for a criterion.

    `decided`: this check and the other decided ones of the criterion, together, answer the whole of it, and
    their answer is proposed as the mark. `informed`: evidence for the reader only.
    """

    Role = CheckRole

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="checks")
    check_code = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=Role.choices)
    params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("criterion", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("criterioncheck", "criterion"),
            among("criterioncheck_role_known", "role", CheckRole),
        ]

    def __str__(self) -> str:
        return f"{self.check_code} ({self.role})"
