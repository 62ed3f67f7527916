"""The Celery application: workers find their settings, their queues and their tasks here."""

import os
import threading
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_ready

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


@worker_ready.connect
def test_sandbox(sender: Any, **_: object) -> None:
    from certification import health

    # What a worker that opens no candidates' material (one of reports, one of probes) would measure says nothing.
    if "untrusted" not in sender.app.amqp.queues.consume_from:
        return
    # In a thread: the worker takes work meanwhile, and each job checks the isolation for itself.
    threading.Thread(target=health.measure_isolation, name="selftest", daemon=True).start()
