"""`manage.py grants`: the rights of the application's role, given again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services import grants


class Command(BaseCommand):
    help = "Donne au rôle de l'application exactement les droits qu'il lui faut ; en propriétaire de la base."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", default="", help="un autre rôle que celui de DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        with grants.owner() as role:
            role = options["role"] or role
            if not role:
                raise CommandError("Nommez le propriétaire par JALON_MIGRATION_DATABASE_URL, ou un rôle par --role.")
            count = grants.grant(role)
        self.stdout.write(f"Droits de {role} donnés sur {count} tables.")
