"""Decisions and the documents issued from them. Append-only: a correction supersedes, nothing is edited."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.domain.codes import new_code, spelled
from assessments.models.juries import Slot
from assessments.models.lengths import at_most
from assessments.models.lines import OnLine, once_per_line
from assessments.models.people import User
from assessments.models.works import Submission, Work, sha256_validator
from certification.referentials.models import Bloc


class DecisionOutcome(models.TextChoices):
    ACQUIRED = "acquired", _("épreuve validée")
    NOT_ACQUIRED = "not_acquired", _("épreuve non validée")


class DecidedBy(models.TextChoices):
    MACHINE = "machine", _("évaluation automatique, confirmée par le mentor")
    MENTOR = "mentor", _("mentor")
    JURY = "jury", _("jury")
    CASTING = "casting", _("jury, par la voix prépondérante du président")
    PRESIDENT = "president", _("président du jury, après délibération")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User) -> DecisionQuerySet:
        return self.filter(work__in=Work.objects.visible_to(user).values("pk"))

    def current(self) -> DecisionQuerySet:
        return self.filter(superseded_by__isnull=True)

    def passed(self) -> DecisionQuerySet:
        """Those that find every line acquired."""
        return self.filter(outcome=DecisionOutcome.ACQUIRED)


class Decision(models.Model):
    """What the jury decided on an épreuve: a level for each of its lines. The database refuses UPDATE and DELETE.

    ``outcome`` says whether every line is acquired; whether a bloc is, a certification jury decides
    (``models.awards``).
    """

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="decisions")
    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=12, choices=DecisionOutcome.choices)
    motive = models.TextField(_("motivation"), blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["work"], condition=Q(supersedes__isnull=True), name="decision_one_first_per_work"
            ),
            models.CheckConstraint(condition=Q(outcome__in=DecisionOutcome.values), name="decision_outcome_known"),
            at_most("motive", texts.COMMENT, "decision_motive_length"),
        ]

    def __str__(self) -> str:
        return f"{self.work}: {self.outcome}"

    @property
    def passed(self) -> bool:
        return self.outcome == DecisionOutcome.ACQUIRED


class DecisionLine(OnLine):
    """One line of a decision: its level, who decided it, the blind votes (``{level: count}``)."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="lines")
    level = models.CharField(max_length=20)
    decided_by = models.CharField(max_length=10, choices=DecidedBy.choices)
    votes = models.JSONField(default=dict, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        verbose_name = _("ligne de décision")
        constraints = [
            *once_per_line("decision_line", "decision"),
            at_most("comment", texts.REMARK, "decision_line_comment_length"),
        ]

    def __str__(self) -> str:
        return f"{self.line_key}: {self.level}"


class DocumentKind(models.TextChoices):
    EVALUATION_REPORT = "evaluation_report", _("rapport d’évaluation")


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> DocumentQuerySet:
        return self.filter(decision__in=Decision.objects.visible_to(user).values("pk"))


class Document(models.Model):
    """An issued PDF, stored by content; ``number`` and ``code`` are printed on it and serve together to verify it.

    The code is random (``domain.codes``). A document issued before there were codes has one that its paper lacks.
    """

    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="documents")
    number = models.CharField(max_length=40, unique=True)
    sha256 = models.CharField(max_length=64, validators=[sha256_validator])
    content_hash = models.CharField(_("empreinte du contenu"), max_length=64, validators=[sha256_validator])
    code = models.CharField(_("code de vérification"), max_length=26, unique=True, default=new_code)
    code_on_paper = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "decision"], name="document_unique")]

    def __str__(self) -> str:
        return self.number

    @property
    def spelled_code(self) -> str:
        return spelled(self.code)

    @property
    def storage_key(self) -> str:
        return f"documents/{self.sha256[:2]}/{self.sha256}.pdf"


class DocumentContent(models.Model):
    """What a document says, in the very bytes that ``content_hash`` was computed over: canonical JSON, frozen."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="stored")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("contenu d’un document")
        verbose_name_plural = _("contenus des documents")

    def __str__(self) -> str:
        return str(self.document_id)
