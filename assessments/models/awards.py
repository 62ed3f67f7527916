"""Awards: what a certification jury decided on a unit, or on the title. Append-only: a correction supersedes."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.models.decisions import Decision
from assessments.models.juries import Sitting
from assessments.models.lengths import at_most
from assessments.models.people import User
from assessments.models.sessions import AcquiredBloc, Enrolment
from certification.referentials.models import Bloc


class AwardScope(models.TextChoices):
    UNIT = "unit", _("unité")
    TITLE = "title", _("titre")


class UnitOutcome(models.TextChoices):
    ACQUIRED = "acquired", _("acquis")
    NOT_ACQUIRED = "not_acquired", _("non acquis")
    ADJOURNED = "adjourned", _("ajourné")
    ABSENT = "absent", _("absent")


class TitleOutcome(models.TextChoices):
    FULL = "full", _("certification délivrée")
    PARTIAL = "partial", _("validation partielle")
    REFUSED = "refused", _("certification refusée")
    ADJOURNED = "adjourned", _("ajournée")


FOR_GOOD = (UnitOutcome.ACQUIRED.value, TitleOutcome.FULL.value)
"""Outcomes that no later award takes back."""
PENDING = "pending"
"""The proposal where something is not judged yet; never an outcome."""


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, user: User) -> AwardQuerySet:
        return self.filter(enrolment__in=Enrolment.objects.visible_to(user).values("pk"))

    def current(self) -> AwardQuerySet:
        return self.filter(superseded_by__isnull=True)

    def won(self) -> AwardQuerySet:
        """The units acquired, for good."""
        return self.current().filter(scope=AwardScope.UNIT, outcome=UnitOutcome.ACQUIRED)

    def titled(self) -> AwardQuerySet:
        """The titles decided, and not put off."""
        return self.current().filter(scope=AwardScope.TITLE).exclude(outcome=TitleOutcome.ADJOURNED)

    def outdated(self) -> AwardQuerySet:
        """Those that rest on a decision, or on an award, that another has replaced since."""
        return self.filter(rests_on_replaced())


def rests_on_replaced() -> Exists:
    replaced = Q(decision__superseded_by__isnull=False) | Q(earlier__superseded_by__isnull=False)
    return Exists(AwardBasis.objects.filter(replaced, award=OuterRef("pk")))


class Award(models.Model):
    """What the jury awards of a unit (a bloc; the edition, where it has none: ``bloc`` is empty), or of the title.

    ``proposal`` and ``reasons`` are what the rule said of ``bases`` then, kept as they were told to the jury.
    The database refuses UPDATE and DELETE.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="awards")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="awards")
    scope = models.CharField(max_length=5, choices=AwardScope.choices)
    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=[*UnitOutcome.choices, *TitleOutcome.choices[:3]])
    proposal = models.CharField(max_length=12)
    reasons = models.JSONField(default=list, help_text="[{code, params}] as domain.award gave them.")
    motive = models.TextField(_("motivation"), blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribution")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "scope", "bloc"],
                condition=Q(supersedes__isnull=True),
                nulls_distinct=False,
                name="award_one_first_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(scope=AwardScope.UNIT, outcome__in=UnitOutcome.values)
                | Q(scope=AwardScope.TITLE, bloc__isnull=True, outcome__in=TitleOutcome.values),
                name="award_outcome_of_its_scope",
            ),
            models.CheckConstraint(
                condition=Q(proposal=PENDING)
                | Q(scope=AwardScope.UNIT, proposal__in=UnitOutcome.values)
                | Q(scope=AwardScope.TITLE, proposal__in=TitleOutcome.values),
                name="award_proposal_known",
            ),
            at_most("motive", texts.COMMENT, "award_motive_length"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.bloc_id or self.scope} {self.outcome}"


class AwardBasis(models.Model):
    """What an award rests on: a decision on a work, an award of before, or a bloc carried over from an older edition.

    The database refuses UPDATE and DELETE.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="bases")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="award_bases")
    earlier = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="supports")
    carried = models.ForeignKey(AcquiredBloc, on_delete=models.PROTECT, null=True, related_name="award_bases")

    class Meta:
        verbose_name = _("base d’une attribution")
        ordering = ["award", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False, earlier__isnull=True, carried__isnull=True)
                | Q(decision__isnull=True, earlier__isnull=False, carried__isnull=True)
                | Q(decision__isnull=True, earlier__isnull=True, carried__isnull=False),
                name="award_basis_is_one",
            ),
            models.UniqueConstraint(fields=["award", "decision"], name="award_basis_decision_once"),
            models.UniqueConstraint(fields=["award", "earlier"], name="award_basis_earlier_once"),
            models.UniqueConstraint(fields=["award", "carried"], name="award_basis_carried_once"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}"
