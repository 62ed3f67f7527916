"""What somebody logged in was shown is not left on the machine; what is public may be."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import EvidenceFile
from assessments.services import storage, tokens
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture
def candidate(world: World) -> Client:
    client = Client()
    client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    return client


def kept(answer: Any) -> str:
    return str(answer.headers.get("Cache-Control", ""))


def test_every_page_behind_the_door_is_private(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    pages = [reverse("web:candidate_home"), reverse("web:work", args=[world.work.pk]), reverse("web:profile")]
    pages += [reverse("web:submission", args=[submission.pk]), reverse("web:security"), reverse("api:work-list")]
    assert {kept(candidate.get(page)) for page in pages} == {"private, no-store"}
    missing = candidate.get(reverse("web:work", args=[10**9]))
    assert (missing.status_code, kept(missing)) == (404, "private, no-store")


def test_so_is_what_a_tool_is_told(world: World) -> None:
    key = tokens.create(actor=world.candidate, name="Outil").key
    tool = Client(headers={"authorization": f"Token {key}"})
    assert kept(tool.get(reverse("api:work-list"))) == "private, no-store"


def test_public_pages_are_as_they_were(client: Client) -> None:
    assert "private, no-store" not in kept(client.get(reverse("case:discovery")))


def test_a_picture_is_asked_for_again_and_gone_with_the_session(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    row = EvidenceFile.objects.create(submission=submission, sha256=uuid.uuid4().hex * 2, media_type="image/png")
    storage.keep_bytes(row.storage_key, b"\x89PNG")
    url = reverse("web:evidence_image", kwargs={"pk": submission.pk, "sha256": row.sha256})
    first = candidate.get(url)
    assert kept(first) == "private, no-cache"
    known = {"if-none-match": first.headers["ETag"]}
    assert candidate.get(url, headers=known).status_code == 304
    candidate.logout()
    assert candidate.get(url, headers=known).status_code == 302
