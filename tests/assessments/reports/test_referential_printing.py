"""The PDF of a référentiel is printed by a worker, kept, and printed anew when anything of it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import dispatch
from assessments.models import Role
from assessments.reports import referential as printing
from certification.referentials import services
from certification.referentials.models import Referential
from certification.referentials.shipped import shipped_tree
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    cache.clear()
    keys: list[int] = []
    monkeypatch.setattr(printing, "ring", lambda task, key: keys.append(key))
    return keys


@pytest.fixture
def edition(db: None) -> Referential:
    return services.load_edition(tree=shipped_tree("sd-deep-learning-ia")).referential


def test_the_page_waits_then_gives_the_file(edition: Referential, rung: list[int], client: Client) -> None:
    client.force_login(person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("web:admin_referential_export", args=[edition.pk]) + "?format=pdf"
    waiting = client.get(address)
    client.get(address)
    assert rung == [edition.pk]  # asked twice, rung once
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    printing.print_edition(referential_id=edition.pk)
    polled = client.get(f"{address}&attente=1", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in polled
    assert "format=pdf" in polled
    given: Any = client.get(address)
    assert given["Content-Type"] == "application/pdf"
    assert "attachment" in given["Content-Disposition"]
    assert b"".join(given.streaming_content).startswith(b"%PDF")


def test_it_is_printed_once_and_anew_when_published(
    edition: Referential, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[int] = []
    monkeypatch.setattr(printing, "render_pdf", lambda referential: printed.append(referential.pk) or b"%PDF")
    for _ in range(2):
        printing.print_edition(referential_id=edition.pk)
    assert printed == [edition.pk]
    published = services.publish(referential=edition)
    assert printing.asked(published) is None
    printing.print_edition(referential_id=edition.pk)
    assert printing.asked(published) is not None
    printing.print_edition(referential_id=0)  # an edition that is gone asks for nothing
    assert dispatch.QUEUES[dispatch.PRINT_REFERENTIAL] == "reports"


def test_what_was_printed_long_ago_is_forgotten(edition: Referential, settings: Any, rung: list[int]) -> None:
    printing.print_edition(referential_id=edition.pk)
    key = printing.asked(edition)
    assert key is not None
    assert default_storage.get_modified_time(key) > timezone.now() - timedelta(minutes=5)
    printing.forget_old()
    assert default_storage.exists(key)
    settings.IMPORT_DAYS = -1
    assert printing.forget_old() >= 1
    assert printing.asked(edition) is None
