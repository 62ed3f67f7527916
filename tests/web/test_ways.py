"""Whoever opens a candidate's work comes from a page of theirs, and finds the way back to it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import User
from tests import factories


def way(user: User, address: str) -> str:
    """What the breadcrumb of a page holds."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(address).content.decode()
    return html.partition('<nav class="breadcrumb"')[2].partition("</nav>")[0]


@pytest.mark.django_db
def test_the_way_begins_where_the_reader_works() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    homes = {
        "web:candidate_home": world.candidate,
        "web:mentor_home": world.mentor,
        "web:juror_home": world.president,
        "web:admin_sessions": world.administrator,
    }
    pages = [reverse("web:work", args=[world.work.pk]), reverse("web:submission", args=[slot.submission_id])]
    for name, reader in homes.items():
        for page in pages:
            assert f'href="{reverse(name)}"' in way(reader, page), (name, page)
    assert reverse("web:admin_session", args=[world.session.pk]) in way(world.administrator, pages[1])
    assert str(world.candidate) in way(world.mentor, pages[1])


@pytest.mark.django_db
def test_a_work_speaks_to_the_candidate_alone() -> None:
    world = factories.world()
    factories.scheduled(world)
    address = reverse("web:work", args=[world.work.pk])
    for reader in (world.candidate, world.mentor, world.president, world.administrator):
        client = Client()
        client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
        html = client.get(address).content.decode().partition("<main")[2].partition("</main>")[0]
        assert ("otre " in html) == (reader == world.candidate), reader


@pytest.mark.django_db
def test_the_administrator_opens_works_from_the_tables_of_a_session() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    client = Client()
    client.force_login(world.administrator, backend="django.contrib.auth.backends.ModelBackend")
    work = f'href="{reverse("web:work", args=[slot.work_id])}"'
    for name in ("admin_session_works", "admin_session_juries"):
        assert work in client.get(reverse(f"web:{name}", args=[world.session.pk])).content.decode()
    run = slot.submission.runs.get()
    html = client.get(reverse("web:admin_run", args=[run.pk])).content.decode()
    assert f'href="{reverse("web:submission", args=[slot.submission_id])}"' in html
