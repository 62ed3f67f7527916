"""`manage.py record_existing`: once, after the upgrade that brought the seals."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services.errors import Refused
from assessments.services.existing import record_existing


class Command(BaseCommand):
    help = "Relève une fois pour toutes ce qui existait avant que le journal ne scelle ce que les actes laissent."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = record_existing()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        stored, lost = counts.pop("stored", 0), counts.pop("lost", 0)
        self.stdout.write(
            f"{sum(counts.values())} contenus relevés ; données gardées pour {stored} documents, "
            f"impossibles à retrouver pour {lost}."
        )
