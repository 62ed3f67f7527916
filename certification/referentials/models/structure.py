"""Blocs, activities, tasks and competencies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from certification.referentials.models.base import (
    Node,
    grid_weight,
    node_constraints,
    printed_code,
    reference_key,
    unique_if_given,
)


class OptionGroup(Node):
    """Blocs among which a candidate chooses: "one of 5A, 5B"."""

    code = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    choose = models.PositiveSmallIntegerField(default=1, help_text="How many blocs of the group are taken.")

    class Meta:
        ordering = ("referential", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("optiongroup"),
            models.UniqueConstraint(fields=["referential", "code"], name="optiongroup_code_unique"),
            models.CheckConstraint(condition=Q(choose__gte=1), name="optiongroup_choose_from_one"),
        ]

    def __str__(self) -> str:
        return self.title


class Bloc(Node):
    """A bloc de compétences: the unit of award."""

    key = reference_key()
    code = printed_code()
    title = models.TextField()
    option_group = models.ForeignKey(OptionGroup, on_delete=models.PROTECT, related_name="blocs", null=True, blank=True)

    class Meta:
        ordering = ("referential", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("bloc"),
            unique_if_given("bloc_code_unique", "referential", field="code"),
            unique_if_given("bloc_key_unique", "referential", field="key"),
        ]

    def __str__(self) -> str:
        return f"{self.short_name} – {self.title}" if self.code else self.title

    @property
    def short_name(self) -> str:
        """``Bloc 5``, as one says it; an edition may print the word with the number."""
        code = self.code or str(self.position)
        return code if code.lower().startswith("bloc") else _("Bloc %(code)s") % {"code": code}


class Activity(Node):
    """An activity of the trade, in a bloc or directly in the edition."""

    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, related_name="activities", null=True, blank=True)
    key = reference_key()
    code = printed_code()
    title = models.TextField()

    class Meta:
        ordering = ("referential", "bloc__position", "position")
        verbose_name_plural = "activities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("activity", "bloc"),
            unique_if_given("activity_key_unique", "referential", field="key"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class Task(Node):
    """A task listed under an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="tasks")
    text = models.TextField()

    class Meta:
        ordering = ("activity", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = node_constraints("task", "activity")

    def __str__(self) -> str:
        return self.text


class Competency(Node):
    """A competency; `bloc` repeats the bloc of its activity, and stands alone where there is no activity.

    Weight and elimination count where the competency itself is the line of the grid, for want of criteria.
    """

    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, related_name="competencies", null=True, blank=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="competencies", null=True, blank=True)
    key = reference_key()
    code = printed_code()
    text = models.TextField()
    weight = grid_weight()
    eliminatory = models.BooleanField(default=False)

    class Meta:
        ordering = ("referential", "bloc__position", "activity__position", "position")
        verbose_name_plural = "competencies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("competency", "bloc", "activity"),
            unique_if_given("competency_key_unique", "referential", field="key"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()
