"""The application of the référentiels."""

from __future__ import annotations

from django.apps import AppConfig


class ReferentialsConfig(AppConfig):
    """Holds the référentiels and knows the checks only by name.

    The référentiels and the engine do not import each other: the catalogue of checks is reached through
    this dotted path, a callable without argument answering a mapping from check code to JSON schema.
    """

    name = "certification.referentials"
    label = "referentials"
    verbose_name = "Référentiels"
    default_auto_field = "django.db.models.BigAutoField"
    check_catalogue = "certification.check_catalogue.parameter_schemas"

    def ready(self) -> None:
        """Register the system checks."""
        from certification.referentials import system_checks  # noqa: F401 - registers on import
