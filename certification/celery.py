"""The Celery application: workers find their settings, their queues and their tasks here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.prod")

app = Celery("jalon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads other than the importing one (gunicorn's, tests') would otherwise get an unconfigured application.
app.set_default()
