from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Évaluations"

    def ready(self) -> None:
        from assessments import signals, system_checks  # noqa: F401  models are loaded only now; the checks register

        signals.connect()
