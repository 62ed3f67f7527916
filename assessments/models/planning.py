"""Planning: rooms, when jurors can come, who and what is taken when, plans that are proposed, convocations."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.juries import Slot
from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User
from assessments.models.sessions import Session
from assessments.models.works import Work


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, user: User) -> RoomQuerySet:
        """Administrators; everybody else reads where to go in the passage and the convocation."""
        return self if user.is_administrator else self.none()

    def of(self, session: Session) -> RoomQuerySet:
        """The rooms that a session may use: its own, and those that all share."""
        return self.filter(Q(session=session) | Q(session__isnull=True))


class Room(models.Model):
    """Where passages are heard: in person, or at ``link`` where there is one. Shared where it has no session.

    ``capacity`` counts the jurors and the candidate; None where nothing bounds it.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="rooms", null=True, blank=True)
    name = models.CharField(_("nom"), max_length=200)
    link = models.URLField(_("lien de visioconférence"), max_length=500, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("salle")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "name"], name="room_name_unique", nulls_distinct=False),
            models.CheckConstraint(condition=Q(capacity__isnull=True) | Q(capacity__gte=2), name="room_holds_two"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where to go, in one line."""
        return f"{self.name}, {self.link}" if self.link else self.name


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    def visible_to(self, user: User) -> AvailabilityQuerySet:
        return self if user.is_administrator else self.filter(person=user)


class Availability(models.Model):
    """Hours of a juror in a session: in which they can sit (``free``), or are away. ``domain.hours`` reads them."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="availabilities")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="availabilities")
    starts_at = models.DateTimeField(_("de"))
    ends_at = models.DateTimeField(_("à"))
    free = models.BooleanField(_("disponible"), default=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("disponibilité")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="availability_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%d/%m %H:%M}"


class Occupation(models.Model):
    """A person or a room taken by a passage. The database refuses two that overlap (constraint ``occupation_once``).

    ``services.occupations`` keeps these rows; they are there as long as the passage is due.
    """

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="occupations")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="occupations", null=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="occupations", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("occupation")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, room__isnull=False) | Q(person__isnull=False, room__isnull=True),
                name="occupation_of_one",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occupation_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.room} {self.starts_at:%d/%m %H:%M}"


class PlanState(models.TextChoices):
    ASKED = "asked", _("en préparation")
    READY = "ready", _("à relire")
    ACCEPTED = "accepted", _("en cours de publication")
    PUBLISHED = "published", _("publié")
    FAILED = "failed", _("abandonné de notre fait")


class PlanDraftQuerySet(models.QuerySet["PlanDraft"]):
    def visible_to(self, user: User) -> PlanDraftQuerySet:
        return self if user.is_administrator else self.none()


class PlanDraft(Leased):
    """A plan of a session that a worker proposes, and publishes once it is accepted.

    ``asked``: ``{"days", "hours", "rooms", "jurors", "size"}`` as ``services.planning.asking.Asked`` writes it.
    ``result``: ``{"panels", "unplaced", "objective", "bound", "optimal", "moved"}`` as ``domain.planning.Plan`` does.
    ``progress``: from 0 to 100, of the time that the search may take.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(max_length=9, choices=PlanState.choices, default=PlanState.ASKED)
    asked = models.JSONField()
    result = models.JSONField(default=dict, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PlanDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan proposé")
        verbose_name_plural = _("plans proposés")
        ordering = ["-pk"]
        indexes = [due_index("plan")]
        constraints = [
            *lease_constraints("plan"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="plan_progress_is_share"),
            models.CheckConstraint(
                condition=~Q(state__in=[PlanState.ASKED, PlanState.ACCEPTED]) | Q(due_at__isnull=False),
                name="plan_waiting_is_due",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PlanState.ACCEPTED, PlanState.PUBLISHED]) | Q(accepted_by__isnull=False),
                name="plan_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.pk}"


class ConvocationQuerySet(models.QuerySet["Convocation"]):
    def visible_to(self, user: User) -> ConvocationQuerySet:
        return self if user.is_administrator else self.filter(person=user)

    def standing(self) -> ConvocationQuerySet:
        return self.filter(cancelled=False)


class Convocation(models.Model):
    """What a person was last told: a candidate of the passage of a ``work``, a juror of a ``day`` of the session.

    ``content``: ``{"starts_at", "ends_at", "place"}``, the moments in ISO 8601; ``uid`` and ``sequence`` are those of
    the calendar's event (RFC 5545): the first for good, the other raised by each message. Answers go to
    ``convoked_by``, whom calendars call the organiser.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="convocations")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="convocations")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="convocations", null=True)
    day = models.DateField(null=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    sequence = models.PositiveSmallIntegerField(default=0)
    content = models.JSONField()
    cancelled = models.BooleanField(default=False)
    convoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    objects = ConvocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("convocation")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "work"], name="convocation_unique_per_work"),
            models.UniqueConstraint(fields=["session", "person", "day"], name="convocation_unique_per_day"),
            models.CheckConstraint(
                condition=Q(work__isnull=True, day__isnull=False) | Q(work__isnull=False, day__isnull=True),
                name="convocation_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.uid}"
