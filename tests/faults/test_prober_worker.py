"""A real worker calls what is due, once, and goes nowhere that is not public; killed, it is replaced."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Probe, ProbedAddress
from assessments.services import probes
from assessments.services.sweeping import sweep
from tests import factories
from tests.evaluator.probes.scene import canary
from tests.workers import Worker, until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_calls_what_is_due_and_nothing_private(worker: Worker) -> None:
    watcher = canary()
    worker.environment |= {"JALON_PROBE_PORTS": str(watcher.port), "JALON_PROBE_WITNESSES": "temoin.exemple.invalid"}
    submission = factories.evaluated(factories.world())
    urls = {"api": f"http://127.0.0.1:{watcher.port}/", "dashboard": f"http://[::1]:{watcher.port}/"}
    declaration = {"path": "jalon.toml", "urls": urls}
    probes.watch(submission=submission, declaration=declaration, kinds=set(urls))
    # As a worker leaves it that was killed during its call: taken, and the lease run out.
    lost = timezone.now() - timedelta(hours=1)
    ProbedAddress.objects.filter(kind="api").update(
        lease_token=uuid.uuid4(), lease_expires_at=lost, ring_at=lost, attempts=1
    )

    worker.start()
    sweep(probes.KIND)
    until(lambda: Probe.objects.count() == 2, "both addresses called")
    sweep(probes.KIND)
    assert set(Probe.objects.values_list("standing", "failure_code")) == {("down", "probe.forbidden")}
    assert Probe.objects.count() == 2
    assert watcher.connections == 0
    watcher.close()
