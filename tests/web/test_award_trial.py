"""The award rule of an edition is tried on levels made up by hand, without anybody's data."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import JournalEntry, Role
from certification.referentials.models import Referential
from certification.referentials.services import load_edition, publish
from certification.referentials.shipped import shipped_tree
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask() -> Callable[..., str]:
    """Post levels for an edition as an administrator, and read the answer."""
    client = Client()
    administrator = factories.person(Role.ADMINISTRATOR)
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")

    def asked(referential: Referential, status: int = 200, htmx: bool = True, **data: Any) -> str:
        headers = {"HX-Request": "true"} if htmx else {}
        address = reverse("web:admin_award_trial", args=[referential.pk])
        data = {name.replace("_", "-"): value for name, value in data.items()}
        response = client.post(address, data, headers=headers)
        assert response.status_code == status
        return response.content.decode()

    return asked


def loaded(code: str) -> Referential:
    return load_edition(tree=shipped_tree(code)).referential


def every(*numbers: int, level: str = "acquired") -> dict[str, str]:
    return {f"assessment_{number}": level for number in numbers}


WORDS = re.compile("Proposé\\s: (?:certification|validation partielle|refus|acquis|non acquis)|En attente")


def states(answer: str) -> list[str]:
    """The looks of the title, then of each unit and of each épreuve beside them."""
    return [word.replace("\u00a0", " ") for word in WORDS.findall(answer)]


def test_a_bloc_is_proposed_once_its_four_épreuves_are_decided(ask: Callable[..., str]) -> None:
    edition = loaded("ingenieur-ia-ms")
    for_three = states(ask(edition, path="FC", options="5B", **every(1, 2, 3)))
    assert for_three == ["En attente"] * 7
    assert states(ask(edition, path="FC", options="5B", **every(1, 2, 3, 4)))[1] == "Proposé : acquis"


def test_the_thesis_is_asked_for_except_of_the_vae(ask: Callable[..., str]) -> None:
    edition = loaded("ingenieur-ia-ms")
    blocs = every(*range(1, 20), *range(32, 42))
    assert states(ask(edition, path="FC", options="5B", **blocs))[0] == "En attente"
    assert states(ask(edition, path="FC", options="5B", **blocs, **every(42)))[0] == "Proposé : certification"
    assert states(ask(edition, path="VAE", options="5B", **blocs))[0] == "Proposé : certification"


def test_a_line_is_set_apart(ask: Callable[..., str]) -> None:
    edition = loaded("oc-data-scientist")
    answer = ask(edition, **every(1), line_1_3="not_acquired")
    assert states(answer)[1] == "Proposé : non acquis"
    page = ask(edition, htmx=False, **every(1), line_1_3="not_acquired")
    assert '<option value="not_acquired" selected>' in page


def test_a_published_edition_is_tried_too_and_nothing_is_written(ask: Callable[..., str]) -> None:
    edition = publish(referential=loaded("jedha-rncp35288"))
    before = JournalEntry.objects.count()
    with CaptureQueriesContext(connection) as queries:
        answer = ask(edition, **every(*range(1, 7)))
    assert states(answer)[0] == "Proposé : certification"
    read = " ".join(query["sql"] for query in queries)
    assert not any(f"assessments_{table}" in read for table in ("enrolment", "work", "decision", "session", "award"))
    assert JournalEntry.objects.count() == before


def test_what_is_no_level_is_refused_with_its_place(ask: Callable[..., str]) -> None:
    answer = ask(loaded("jedha-rncp35288"), status=422, htmx=False, **every(1, level="parfait"))
    assert "« parfait » n’est pas un niveau" in answer.replace("\u00a0", " ")
