"""Rows that a person writes from several places at once: a tab, a laptop, a phone that comes back to the network."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """``version`` rises each time other words are kept, by ``services.versions`` alone; 0 for what nobody wrote yet.

    A row that was emptied stays: its version tells who had seen what stood in it.
    """

    version = models.PositiveIntegerField(_("version"), default=0)
    saved_at = models.DateTimeField(_("enregistré le"), null=True, blank=True)

    class Meta:
        abstract = True
