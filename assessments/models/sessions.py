"""A session is an edition of a référentiel run on dates; an enrolment is a candidate in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.domain.appeals import DAYS as APPEAL_DAYS
from assessments.models.people import User
from certification.referentials.models import Bloc, Referential


class AccessPath(models.TextChoices):
    """Voies d'accès to a title registered at the RNCP (Code du travail, art. R6113-9)."""

    FI = "FI", _("formation initiale")
    CA = "CA", _("contrat d’apprentissage")
    FC = "FC", _("formation continue")
    CQ = "CQ", _("contrat de professionnalisation")
    CL = "CL", _("candidature libre")
    VAE = "VAE", _("validation des acquis de l’expérience")


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> SessionQuerySet:
        if user.is_administrator:
            return self
        sits = Q(sittings__jurors__user=user, sittings__jurors__departure__isnull=True)
        taking_part = Q(enrolments__candidate=user) | Q(enrolments__mentor=user) | sits
        return self.filter(pk__in=self.model.objects.filter(taking_part).values("pk"))


class Session(models.Model):
    referential = models.ForeignKey(Referential, on_delete=models.PROTECT, related_name="sessions")
    name = models.CharField(_("nom"), max_length=200)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    deposit_deadline = models.DateTimeField(_("date limite de dépôt"))
    max_attempts = models.PositiveSmallIntegerField(_("tentatives par épreuve"), null=True, blank=True)
    appeal_days = models.PositiveSmallIntegerField(_("délai de recours en jours"), default=APPEAL_DAYS)
    jury_minutes = models.PositiveSmallIntegerField(
        _("temps du jury après chaque passage, en minutes"), default=0, help_text="domain.hours.durations adds it."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        ordering = ["-starts_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["referential", "name"], name="session_name_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="session_dates_ordered"),
            models.CheckConstraint(
                condition=Q(max_attempts__isnull=True) | Q(max_attempts__gte=1), name="session_one_attempt_at_least"
            ),
            models.CheckConstraint(condition=Q(appeal_days__gte=1), name="session_appeals_are_possible"),
        ]

    def __str__(self) -> str:
        return self.name


def awarded_by(user: User) -> models.QuerySet[Session, int]:
    """The sessions on whose certification jury, still to be held, the user sits: it decides of every candidate."""
    sits = Session.objects.filter(
        sittings__kind="certification",
        sittings__state="planned",
        sittings__jurors__user=user,
        sittings__jurors__departure__isnull=True,
    )
    return sits.values_list("pk", flat=True)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: User) -> EnrolmentQuerySet:
        if user.is_administrator:
            return self
        heard = user.juries.in_office().filter(sitting__slots__isnull=False)
        judged = Q(pk__in=heard.values("sitting__slots__work__enrolment")) | Q(session__in=awarded_by(user))
        return self.filter(Q(candidate=user) | Q(mentor=user) | judged)


class Enrolment(models.Model):
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="enrolments")
    candidate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrolments")
    mentor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="mentored_enrolments", null=True, blank=True
    )
    access_path = models.CharField(_("voie d’accès"), max_length=3, choices=AccessPath.choices, default=AccessPath.FC)
    options = models.ManyToManyField(Bloc, blank=True, related_name="+", verbose_name=_("options choisies"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription")
        ordering = ["session", "candidate__full_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "candidate"], name="enrolment_unique"),
            models.CheckConstraint(
                condition=Q(mentor__isnull=True) | ~Q(mentor=F("candidate")), name="enrolment_not_own_mentor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.session}"


class MentorSpan(models.Model):
    """Someone who mentors the candidate of an enrolment, or did until then: a mentor of old never judges them."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="mentor_spans")
    mentor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("accompagnement")
        ordering = ["enrolment", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(until__isnull=True), name="mentor_span_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="mentor_span_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.mentor}"


class AcquiredBloc(models.Model):
    """A bloc of the enrolment's edition that was won before, in it or in an older one: it is not presented again.

    ``reason``: ``{"rows": [{"edition", "bloc", "verdict"}], "awards": [keys]}``, the rows of the carry-over tables by
    which it counts, none for one of the same edition, and the awards that won it; ``decisions`` in place of
    ``awards`` where it was recorded before there were awards. The database refuses UPDATE and DELETE.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="acquired_blocs")
    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, related_name="+")
    reason = models.JSONField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("bloc déjà acquis")
        verbose_name_plural = _("blocs déjà acquis")
        ordering = ["enrolment", "bloc__position"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "bloc"], name="acquired_bloc_unique")]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.bloc_id}"
