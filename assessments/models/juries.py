"""Juries: a sitting with its jurors, slots for the defences, blind ballots, marks."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.models.lengths import at_most
from assessments.models.lines import OnLine, once_per_line
from assessments.models.people import User
from assessments.models.sessions import Session
from assessments.models.versions import Versioned
from assessments.models.works import Submission, Work


class SittingKind(models.TextChoices):
    """Evaluation: works are defended and their lines judged. Certification: units and titles are awarded."""

    EVALUATION = "evaluation", _("jury d’évaluation")
    CERTIFICATION = "certification", _("jury de certification")


class SittingQuerySet(models.QuerySet["Sitting"]):
    def visible_to(self, user: User) -> SittingQuerySet:
        if user.is_administrator:
            return self
        return self.filter(jurors__user=user).distinct()


class Sitting(models.Model):
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="sittings")
    kind = models.CharField(_("nature"), max_length=13, choices=SittingKind.choices, default=SittingKind.EVALUATION)
    name = models.CharField(_("nom"), max_length=200)
    starts_at = models.DateTimeField(_("début"))
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    quorum = models.PositiveSmallIntegerField(default=2)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance de jury")
        verbose_name_plural = _("séances de jury")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quorum__gte=1), name="sitting_quorum_positive"),
            models.CheckConstraint(condition=Q(kind__in=SittingKind.values), name="sitting_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Juror(models.Model):
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="jurors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="juries")
    presides = models.BooleanField(_("préside"), default=False)

    class Meta:
        verbose_name = _("juré")
        ordering = ["-presides", "user__full_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "user"], name="juror_unique"),
            models.UniqueConstraint(fields=["sitting"], condition=Q(presides=True), name="juror_one_president"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class SlotState(models.TextChoices):
    """What became of a passage. One that is ``due`` stands: it is to come, under way, or was heard."""

    DUE = "due", _("prévu")
    CANCELLED = "cancelled", _("annulé")
    ABSENT = "absent", _("candidat absent")
    EXCUSED = "excused", _("absence excusée")
    ADJOURNED = "adjourned", _("ajourné")


class SlotQuerySet(models.QuerySet["Slot"]):
    def visible_to(self, user: User) -> SlotQuerySet:
        if user.is_administrator:
            return self
        return self.filter(Q(sitting__jurors__user=user) | Q(work__enrolment__candidate=user)).distinct()


class Slot(models.Model):
    """A passage of one work before a sitting, of which one stands. ``submission`` is the version that is judged."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="slots")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="slots")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("heure de passage"))
    minutes = models.PositiveSmallIntegerField(_("durée en minutes"), default=45)
    state = models.CharField(_("état"), max_length=10, choices=SlotState.choices, default=SlotState.DUE)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "starts_at"], condition=Q(state=SlotState.DUE), name="slot_time_unique"
            ),
            models.UniqueConstraint(fields=["work"], condition=Q(state=SlotState.DUE), name="slot_one_due_per_work"),
            models.CheckConstraint(condition=Q(state__in=SlotState.values), name="slot_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} {self.work}"


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, user: User) -> BallotQuerySet:
        """One's own ballot; the others' only when every juror of the slot has sealed theirs."""
        jurors_without_sealed = Juror.objects.filter(sitting=OuterRef("slot__sitting")).exclude(
            pk__in=Ballot.objects.filter(slot=OuterRef(OuterRef("slot")), sealed_at__isnull=False).values("juror")
        )
        opened = ~Exists(jurors_without_sealed)
        if user.is_administrator:
            return self.filter(opened | Q(juror__user=user))
        sits = Q(slot__sitting__in=Sitting.objects.visible_to(user).values("pk"))
        return self.filter(Q(juror__user=user) | (sits & Q(opened)))


class Ballot(Versioned):
    """One juror's marks for one slot: hidden from the others until sealed by all, frozen once sealed.

    Its version is that of the appreciation; each mark has its own.
    """

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="ballots")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="ballots")
    comment = models.TextField(_("appréciation"), blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        constraints = [
            models.UniqueConstraint(fields=["slot", "juror"], name="ballot_unique"),
            at_most("comment", texts.COMMENT, "ballot_comment_length"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} · {self.juror}"


class Mark(OnLine, Versioned):
    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="marks")
    level = models.CharField(max_length=20)
    comment = models.TextField(blank=True)

    class Meta:
        verbose_name = _("note")
        constraints = [*once_per_line("mark", "ballot"), at_most("comment", texts.REMARK, "mark_comment_length")]

    def __str__(self) -> str:
        return f"{self.line_key}: {self.level}"
