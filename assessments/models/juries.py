"""Juries: a sitting with its jurors, slots for the defences, who sits for each, blind ballots, marks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.domain.passages import PassageState
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


class SittingState(models.TextChoices):
    PLANNED = "planned", _("prévue")
    CANCELLED = "cancelled", _("annulée")


class SittingQuerySet(models.QuerySet["Sitting"]):
    def visible_to(self, user: User) -> SittingQuerySet:
        if user.is_administrator:
            return self
        return self.filter(jurors__user=user, jurors__departure__isnull=True).distinct()


class Sitting(models.Model):
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="sittings")
    kind = models.CharField(_("nature"), max_length=13, choices=SittingKind.choices, default=SittingKind.EVALUATION)
    name = models.CharField(_("nom"), max_length=200)
    starts_at = models.DateTimeField(_("début"))
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    quorum = models.PositiveSmallIntegerField(default=2)
    state = models.CharField(_("état"), max_length=9, choices=SittingState.choices, default=SittingState.PLANNED)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance de jury")
        verbose_name_plural = _("séances de jury")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quorum__gte=1), name="sitting_quorum_positive"),
            models.CheckConstraint(condition=Q(kind__in=SittingKind.values), name="sitting_kind_known"),
            models.CheckConstraint(condition=Q(state__in=SittingState.values), name="sitting_state_known"),
        ]

    def __str__(self) -> str:
        return self.name


class JurorQuerySet(models.QuerySet["Juror"]):
    def presiding(self, sitting: Any, slot: Any = None) -> JurorQuerySet:
        """Who presides the ``sitting``, or one passage of it, since the jury was composed or since they were named."""
        from assessments.models.seats import chair  # its rows name those of this module

        return self.filter(pk=chair(sitting=sitting, slot=slot))

    def in_office(self) -> JurorQuerySet:
        """Those who have not left the jury."""
        return self.filter(departure__isnull=True)

    def seated(self, slot: Any) -> JurorQuerySet:
        """Those who sit for the passage ``slot`` (its key, or an expression): not on leave, not gone before sealing.

        Once the passage is decided, those who had sealed: who joins the jury afterwards did not hear it.
        """
        leaves = Leave.objects.filter(juror=OuterRef("pk"), slot=slot, ended_at__isnull=True)
        sealed = Ballot.objects.filter(juror=OuterRef("pk"), slot=slot, sealed_at__isnull=False)
        decided = Slot.objects.filter(pk=slot, decisions__isnull=False)
        return self.filter(~Exists(leaves), Exists(sealed) | Q(departure__isnull=True) & ~Exists(decided))


class Juror(models.Model):
    """A member of a jury; the database refuses UPDATE and DELETE. ``presides``: since the jury was composed."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="jurors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="juries")
    presides = models.BooleanField(_("préside"), default=False)

    objects = JurorQuerySet.as_manager()

    class Meta:
        verbose_name = _("juré")
        ordering = ["-presides", "user__full_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "user"], name="juror_unique"),
            models.UniqueConstraint(fields=["sitting"], condition=Q(presides=True), name="juror_one_president"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class JurorDeparture(models.Model):
    """A member who left the jury: frozen, like the member's own row. Ballots sealed before still count."""

    juror = models.OneToOneField(Juror, on_delete=models.PROTECT, related_name="departure")
    reason = models.TextField(_("motif"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("départ d’un juré")
        constraints = [at_most("reason", texts.REMARK, "departure_reason_length")]

    def __str__(self) -> str:
        return f"{self.juror} · {self.at:%d/%m/%Y}"


class SlotState(models.TextChoices):
    """What became of a passage. One that is ``due`` stands: it is to come, under way, or was heard."""

    DUE = PassageState.DUE.value, _("prévu")
    CANCELLED = PassageState.CANCELLED.value, _("annulé")
    ABSENT = PassageState.ABSENT.value, _("candidat absent")
    EXCUSED = PassageState.EXCUSED.value, _("absence excusée")
    ADJOURNED = PassageState.ADJOURNED.value, _("ajourné")


class SlotQuerySet(models.QuerySet["Slot"]):
    def visible_to(self, user: User) -> SlotQuerySet:
        if user.is_administrator:
            return self
        sits = Q(sitting__jurors__user=user, sitting__jurors__departure__isnull=True)
        heard = self.model.objects.filter(sits).values("pk")
        return self.filter(Q(pk__in=heard) | Q(work__enrolment__candidate=user))


class Slot(models.Model):
    """A passage of one work before a sitting, of which one stands. ``submission`` is the version that is judged."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="slots")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="slots")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("heure de passage"))
    minutes = models.PositiveSmallIntegerField(_("durée en minutes"), default=45)
    room = models.ForeignKey("assessments.Room", on_delete=models.PROTECT, related_name="slots", null=True, blank=True)
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

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def place(self) -> str:
        """Where to go: the passage's room, else the place of the sitting."""
        return self.room.place if self.room else self.sitting.place


class LeaveKind(models.TextChoices):
    ABSENT = "absent", _("absent")
    RECUSED = "recused", _("récusé")


class Leave(models.Model):
    """A member who does not sit for one passage. An absence may end; who is recused does not come back.

    ``cause``: the codes of the ties that bar them (``domain.conflicts``), empty where a person said so in ``reason``.
    ``by`` is empty where the ties were found by the platform. Frozen once it cannot end any more.
    """

    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="leaves")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=8, choices=LeaveKind.choices)
    cause = models.JSONField(default=list, blank=True)
    reason = models.TextField(_("motif"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("absence ou récusation")
        ordering = ["slot", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["juror", "slot"], condition=Q(ended_at__isnull=True), name="leave_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(kind=LeaveKind.ABSENT) | Q(kind=LeaveKind.RECUSED, ended_at__isnull=True),
                name="leave_recused_for_good",
            ),
            at_most("reason", texts.REMARK, "leave_reason_length"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} · {self.juror}: {self.kind}"


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, user: User) -> BallotQuerySet:
        """One's own ballot; the others', sealed, when every juror who sits for the passage has sealed theirs.

        Who does not sit for it (absent, recused) sees none but their own.
        """
        sealed = Ballot.objects.filter(slot=OuterRef(OuterRef("slot")), sealed_at__isnull=False)
        seated = Juror.objects.filter(sitting=OuterRef("slot__sitting")).seated(OuterRef(OuterRef("slot")))
        opened = Q(~Exists(seated.exclude(pk__in=sealed.values("juror"))), sealed_at__isnull=False)
        if user.is_administrator:
            return self.filter(opened | Q(juror__user=user))
        return self.filter(Q(juror__user=user) | opened & Q(Exists(seated.filter(user=user))))


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
