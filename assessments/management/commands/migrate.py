"""`manage.py migrate`, as the database's owner; the application's role then gets what it needs of the new tables."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from assessments.services import grants


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with grants.owner() as role:
            super().handle(*args, **options)
            if role:
                grants.grant(role)
