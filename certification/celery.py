"""The Celery application: workers find their settings, their queues and their tasks here."""

import logging
import os
import threading
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_ready, worker_shutting_down

if TYPE_CHECKING:
    from certification.vitals import Vitals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.prod")

app = Celery("jalon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads other than the importing one (gunicorn's, tests') would otherwise get an unconfigured application.
app.set_default()

logger = logging.getLogger(__name__)
_ended = threading.Event()
_vitals: "list[Vitals]" = []  # of the one worker that this process is, once it is ready


@worker_ready.connect
def introduce(sender: Any, **_: object) -> None:
    # The settings are not ready when this module is imported.
    from django.conf import settings

    from certification.vitals import Vitals

    if settings.PROCESS == "web":
        logger.warning("JALON_PROCESS is not set: this worker waits no longer than a web page may")
    vitals = Vitals(str(sender.hostname), sorted(sender.app.amqp.queues.consume_from))
    _vitals[:] = [vitals]
    # What a worker that opens no candidates' material (one of reports, one of probes) would measure says nothing.
    if "untrusted" in vitals.queues:
        vitals.inherit()
        # In a thread: the worker takes work meanwhile, and each job checks the isolation for itself.
        threading.Thread(target=vitals.measure_until_isolated, args=[_ended], name="selftest", daemon=True).start()
    vitals.tell()


@heartbeat_sent.connect
def tell_health(**_: object) -> None:
    for vitals in _vitals:
        vitals.tell()


@worker_shutting_down.connect
def stop_measuring(**_: object) -> None:
    _ended.set()
