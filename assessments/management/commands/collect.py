"""`manage.py collect`: erase what no row names, or say what would be."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from assessments.services import orphans


class Command(BaseCommand):
    help = "Efface les archives retirées, les moitiés de fichiers et les fichiers temporaires que plus rien ne désigne."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait effacé, et n’efface rien")

    def handle(self, *args: Any, **options: Any) -> None:
        found = orphans.collect(dry_run=options["dry_run"])
        for orphan in found:
            self.stdout.write(f"{orphan.kind:<10} {orphan.size:>14} {orphan.name}")
        verb = "à effacer" if options["dry_run"] else "effacés"
        self.stdout.write(f"{len(found)} {verb}, {sum(orphan.size for orphan in found)} octets")
