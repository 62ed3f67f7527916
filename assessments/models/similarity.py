"""What a work shares with the other works of its session: sketches to compare, and the nearest works found."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User
from assessments.models.works import Submission


class SketchQuerySet(models.QuerySet["SubmissionSketch"]):
    def visible_to(self, user: User) -> SketchQuerySet:
        return self.filter(submission__in=Submission.objects.read_by(user).values("pk"))


class SubmissionSketch(Leased):
    """The distinct fingerprints of a submission (``evaluator.similarity.Sketch``), and its comparison.

    ``read_at`` is when its bundle was read for it; it is to be compared while ``due_at`` is set. ``people`` and
    ``common`` are those of ``evaluator.similarity.Compared``, of the comparison at ``compared_at``.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="sketch")
    code = models.BinaryField()
    text = models.BinaryField()
    extractor_version = models.PositiveSmallIntegerField()
    read_at = models.DateTimeField()
    compared_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    common = models.FloatField(default=0.0)

    objects = SketchQuerySet.as_manager()

    class Meta:
        verbose_name = _("empreintes d’un dépôt")
        verbose_name_plural = _("empreintes des dépôts")
        indexes = [due_index("sketch")]
        constraints = lease_constraints("sketch")

    def __str__(self) -> str:
        return str(self.submission)


class LikenessQuerySet(models.QuerySet["Likeness"]):
    def visible_to(self, user: User) -> LikenessQuerySet:
        """By the work that it tells of; whether the other one may be named is asked of its own visibility."""
        return self.filter(submission__in=Submission.objects.read_by(user).values("pk"))


class Likeness(models.Model):
    """A work of the session that is among the nearest to a submission: replaced by each comparison.

    ``share`` and ``text`` are the parts of the submission's own code and text that ``other`` holds (None where there
    is too little to tell), ``strength`` the larger of both. ``passages``: ``[{"own", "other", "prints"}]``, see
    ``evaluator.similarity.Passage``.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="likenesses")
    other = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    share = models.FloatField(null=True, blank=True)
    text = models.FloatField(null=True, blank=True)
    strength = models.FloatField()
    shared = models.PositiveIntegerField()
    passages = models.JSONField(default=list)

    objects = LikenessQuerySet.as_manager()

    class Meta:
        verbose_name = _("similitude")
        ordering = ["submission", "-strength", "-shared", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "other"], name="likeness_unique"),
            models.CheckConstraint(condition=~Q(submission=F("other")), name="likeness_of_two"),
            models.CheckConstraint(condition=Q(strength__gte=0, strength__lte=1), name="likeness_strength_is_share"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} / {self.other}"
