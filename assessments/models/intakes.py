"""What a person has sent of late: the counters of the quotas, that outlive the uploads they count."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.people import User
from assessments.models.works import Upload


class Intake(models.Model):
    """The bytes received of one upload, withdrawn or submitted since or not; thrown away when a day is long past."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    upload = models.OneToOneField(Upload, on_delete=models.SET_NULL, null=True, related_name="intake")
    size = models.BigIntegerField(default=0, help_text="Bytes received, pieces sent twice counted twice.")
    whole = models.BooleanField(default=False)
    at = models.DateTimeField(help_text="When the last of them came.")

    class Meta:
        verbose_name = _("réception")
        verbose_name_plural = _("réceptions")
        ordering = ["-at"]
        indexes = [models.Index(fields=["person", "at"], name="intake_person_idx")]
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="intake_size_positive")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.size}"
