"""The Celery application: workers find their settings, their queues and their tasks here."""

import os

from celery import Celery
from celery.signals import heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.prod")

app = Celery("jalon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads other than the importing one (gunicorn's, tests') would otherwise get an unconfigured application.
app.set_default()


@heartbeat_sent.connect
def tell_health(**_: object) -> None:
    # The settings are not ready when this module is imported.
    from certification import health

    health.record_heartbeat()
