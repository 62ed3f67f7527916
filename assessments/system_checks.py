"""What an installation should be told about itself before it serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.database, deploy=True)
def application_does_not_own(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The application's role owns no table and can empty none; run by `check --deploy --database default`."""
    from assessments.services.grants import weaknesses  # models are ready by now

    found = weaknesses() if databases else []
    if not found:
        return []
    return [
        Warning(
            f"The application's role can rewrite the past: {', '.join(found[:3])}.",
            hint="Set JALON_MIGRATION_DATABASE_URL to the owner's address and run `manage.py grants`.",
            id="assessments.W001",
        )
    ]
