"""A work answers one assessment; each submission is one frozen version of it, addressed by content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.domain.workflow import WorkState
from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User
from assessments.models.sessions import Enrolment, awarded_by
from certification.referentials.models import Assessment

if TYPE_CHECKING:
    from assessments.models.juries import Slot

WORK_STATE_LABELS = {
    WorkState.DRAFT: _("à déposer"),
    WorkState.SUBMITTED: _("déposé"),
    WorkState.IN_REVIEW: _("en lecture"),
    WorkState.RETURNED: _("renvoyé au candidat"),
    WorkState.ADMITTED: _("admis à la soutenance"),
    WorkState.SCHEDULED: _("soutenance programmée"),
    WorkState.DEFENDED: _("soutenu"),
    WorkState.DECIDED: _("décidé"),
    WorkState.APPEALED: _("en recours"),
    WorkState.ABSENT: _("absent à la soutenance"),
    WorkState.WITHDRAWN: _("retiré par le candidat"),
}

sha256_validator = RegexValidator(r"^[0-9a-f]{64}$")


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, user: User) -> WorkQuerySet:
        """Own works, works one mentors, works one sits in judgement of; administrators see all."""
        if user.is_administrator:
            return self
        jurors = "slots__sitting__jurors"
        heard = self.model.objects.filter(**{f"{jurors}__user": user, f"{jurors}__departure__isnull": True})
        judged = Q(pk__in=heard.values("pk")) | Q(enrolment__session__in=awarded_by(user))
        return self.filter(Q(enrolment__candidate=user) | Q(enrolment__mentor=user) | judged)


class Work(models.Model):
    """An attempt at an assessment: one that was not acquired may open the next."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="works")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="works")
    attempt = models.PositiveSmallIntegerField(_("tentative"), default=1)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, label) for state, label in WORK_STATE_LABELS.items()],
        default=WorkState.DRAFT.value,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        ordering = ["enrolment", "assessment", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "assessment", "attempt"], name="work_unique"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="work_attempt_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in WorkState]), name="work_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.assessment}"

    @property
    def slot(self) -> Slot | None:
        """The passage that stands, if any; no query where ``slots`` were prefetched."""
        return next((slot for slot in self.slots.all() if slot.state == "due"), None)


class Bundle(models.Model):
    """The content of a submission. ``sha256`` is the digest of the archive's bytes and names the stored file."""

    sha256 = models.CharField(primary_key=True, max_length=64, validators=[sha256_validator])
    size = models.BigIntegerField(_("taille en octets"))
    files = models.PositiveIntegerField(_("nombre de fichiers"))
    recognised = models.JSONField(_("ce qui a été reconnu"), default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("archive")

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def storage_key(self) -> str:
        return f"bundles/{self.sha256[:2]}/{self.sha256}"


class UploadState(models.TextChoices):
    RECEIVING = "receiving", _("réception en cours")
    INSPECTING = "inspecting", _("examen en cours")
    ACCEPTED = "accepted", _("prêt à être déposé")
    REFUSED = "refused", _("refusé")
    STUCK = "stuck", _("examen impossible pour l’instant")


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> UploadQuerySet:
        """An upload not yet submitted is the candidate's own business; administrators may help."""
        if user.is_administrator:
            return self
        return self.filter(work__enrolment__candidate=user)


class Upload(Leased):
    """A file on its way in: received by pieces, then inspected in the sandbox, then submitted or dropped."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="uploads")
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=UploadState.choices, default=UploadState.RECEIVING)
    received_at = models.DateTimeField(null=True, blank=True, help_text="The moment of the last byte.")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, null=True, blank=True, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi")
        ordering = ["-created_at", "-pk"]
        indexes = [due_index("upload")]
        constraints = [
            *lease_constraints("upload"),
            models.CheckConstraint(
                condition=~Q(state=UploadState.INSPECTING) | Q(due_at__isnull=False), name="upload_inspecting_is_due"
            ),
            models.CheckConstraint(condition=Q(offset__gte=0) & Q(offset__lte=F("size")), name="upload_offset_in_size"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(offset=F("size")), name="upload_received_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(state=UploadState.ACCEPTED, bundle__isnull=False) | ~Q(state=UploadState.ACCEPTED),
                name="upload_accepted_has_bundle",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User) -> SubmissionQuerySet:
        if user.is_administrator:
            return self
        return self.filter(work__in=Work.objects.visible_to(user).values("pk"))

    def read_by(self, user: User) -> SubmissionQuerySet:
        """Those in sight but the user's own: what is told there of other people is not for a candidate."""
        return self.visible_to(user).exclude(work__enrolment__candidate=user)


class Submission(models.Model):
    """One immutable version of a work (the database refuses changes)."""

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="submissions")
    file_name = models.CharField(max_length=255)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("dépôt")
        ordering = ["work", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="submission_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.work} n° {self.number}"


class EvidenceFile(models.Model):
    """A picture that the sandbox made from a submission: a figure, a rendered page. Stored by content."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="evidence_files")
    sha256 = models.CharField(max_length=64, validators=[sha256_validator])
    media_type = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("pièce de preuve")
        constraints = [
            models.UniqueConstraint(fields=["submission", "sha256"], name="evidence_file_unique"),
            models.CheckConstraint(
                condition=Q(media_type__in=["image/png", "image/jpeg"]), name="evidence_file_is_picture"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def storage_key(self) -> str:
        return f"evidence/{self.sha256[:2]}/{self.sha256}"
