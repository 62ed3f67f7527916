"""`manage.py migrate`, as the database's owner; the application's role then gets what it needs of the new tables.

What people rested on before it was frozen is then frozen, once every table is there (`services.reconstruction`).
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessments.services import grants, reconstruction


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with grants.owner() as role:
            super().handle(*args, **options)
            if role:
                grants.grant(role)
            if not options["plan"] and _is_whole():
                self._reconstruct(options["verbosity"])

    def _reconstruct(self, verbosity: int) -> None:
        counts = reconstruction.reconstruct()
        if counts and verbosity:
            self.stdout.write(f"{counts['grids']} grilles et {counts['decisions']} décisions d'avant figées.")


def _is_whole() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
