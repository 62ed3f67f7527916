"""Space on the disk: told by /readyz before it is gone, and named as ours wherever it is missing."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg.errors import DiskFull

from assessments.models import Upload
from assessments.services import tokens
from certification import space
from tests import factories
from tests.factories import World
from tests.web.test_candidate import announce, logged_in

LARGE = 3 * 1024 * 1024


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


def full(*args: object, **kwargs: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.django_db
def test_ready_tells_the_space_and_fails_below_the_floor(client: Client, settings: Any) -> None:
    told = client.get("/readyz").json()["checks"]["disk"]
    assert told["ok"]
    assert told["detail"].endswith("GB free")
    settings.DISK_FLOOR_BYTES = 2**60
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not answer.json()["checks"]["disk"]["ok"]


def test_below_the_floor_nothing_more_is_received(world: World, settings: Any) -> None:
    settings.DISK_FLOOR_BYTES = 2**60
    answer = announce(logged_in(world.candidate), world.work, "projet.zip", 3)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("method", ["new_file", "receive_data_chunk", "file_complete"])
def test_a_form_that_finds_no_space_is_told_so_and_not_that_the_file_is_missing(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(TemporaryFileUploadHandler, method, full)
    client = logged_in(world.candidate)
    url = reverse("web:upload_plain", kwargs={"pk": world.work.pk})
    answer = client.post(url, {"archive": SimpleUploadedFile("projet.zip", b"x" * LARGE)})
    assert answer.status_code == 507
    assert "La plateforme manque de place" in answer.content.decode()


def test_the_api_says_it_with_a_code(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    tool = Client(headers={"authorization": f"Token {tokens.create(actor=world.candidate, name='Outil').key}"})
    url = reverse("api:work-uploads", kwargs={"pk": world.work.pk})
    answer = tool.post(url, {"file": SimpleUploadedFile("projet.zip", b"x" * LARGE)})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")


def test_what_came_of_a_full_disk_is_one() -> None:
    outer = ValueError()
    outer.__cause__ = OSError(errno.EDQUOT, "quota")
    assert space.is_full(outer)
    assert not space.is_full(OSError(errno.EACCES, "no"))


def test_a_full_disk_of_the_database_is_named_around_the_view_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = logged_in(world.candidate)
    client.raise_request_exception = False

    def lose(*_: object) -> None:
        raise OperationalError from DiskFull()

    monkeypatch.setattr(SessionBase, "_session", property(lose))
    answer = client.get(reverse("web:home"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
