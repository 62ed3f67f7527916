"""What the candidate's page and the forms say around the deadline, and while another act holds the work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Session, Submission, Upload, Work
from assessments.services.errors import Busy
from tests import factories
from tests.factories import World
from tests.web.test_candidate import announce, inspected, logged_in, page, piece, zipped

pytestmark = pytest.mark.django_db
CONTENT = zipped(README__md="# Projet")


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def candidate(world: World) -> Client:
    return logged_in(world.candidate)


def close_deposits(world: World) -> None:
    """As if the deadline had been a minute ago, and what has come, an hour ago."""
    Upload.objects.filter(received_at__isnull=False).update(received_at=timezone.now() - timedelta(hours=1))
    Session.objects.filter(pk=world.session.pk).update(deposit_deadline=timezone.now() - timedelta(minutes=1))


def test_an_archive_received_in_time_is_submitted_after_the_deadline(world: World, candidate: Client) -> None:
    upload = inspected(candidate, world.work, CONTENT)
    close_deposits(world)
    html = page(candidate, "work", pk=world.work.pk)
    assert "Reçue avant la date limite" in html
    assert reverse("web:upload_submit", kwargs={"pk": upload.pk}) in html
    assert reverse("web:upload_discard", kwargs={"pk": upload.pk}) not in html
    assert "archive est prête à être déposée" in page(candidate, "candidate_home")
    candidate.post(reverse("web:upload_submit", kwargs={"pk": upload.pk}))
    assert Submission.objects.filter(work=world.work).count() == 1


def test_while_its_inspection_lasts_the_page_says_that_it_counts(world: World, candidate: Client) -> None:
    url = announce(candidate, world.work, "projet.zip", len(CONTENT)).json()["url"]
    piece(candidate, url, 0, CONTENT)
    close_deposits(world)
    assert "Reçue avant la date limite" in page(candidate, "work", pk=world.work.pk)
    Upload.objects.update(state="stuck", fault_code="sandbox.unavailable")
    assert "Reçue avant la date limite" in page(candidate, "work", pk=world.work.pk)


def test_an_archive_that_came_too_late_is_not_offered_and_says_why(world: World, candidate: Client) -> None:
    upload = inspected(candidate, world.work, CONTENT)
    Session.objects.filter(pk=world.session.pk).update(deposit_deadline=timezone.now() - timedelta(minutes=1))
    html = page(candidate, "work", pk=world.work.pk)
    assert reverse("web:upload_submit", kwargs={"pk": upload.pk}) not in html
    assert "La date limite est passée" in html
    answer = candidate.post(reverse("web:upload_submit", kwargs={"pk": upload.pk}), follow=True)
    assert "après la date limite du" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_file_that_did_not_come_whole_is_told_too_late(world: World, candidate: Client) -> None:
    url = announce(candidate, world.work, "projet.zip", len(CONTENT)).json()["url"]
    piece(candidate, url, 0, CONTENT[:10])
    close_deposits(world)
    assert "La date limite est passée" in page(candidate, "work", pk=world.work.pk)
    answer = piece(candidate, url, 10, CONTENT[10:])
    assert (answer.status_code, answer.json()["code"]) == (409, "deposit.too_late")
    assert candidate.delete(url, HTTP_ACCEPT="application/json").status_code == 204


def test_a_work_under_review_says_so_to_the_script(world: World, candidate: Client) -> None:
    Work.objects.filter(pk=world.work.pk).update(state="in_review")
    answer = announce(candidate, world.work, "projet.zip", 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "deposit.state")


def test_before_the_deadline_the_page_says_what_counts(world: World, candidate: Client) -> None:
    assert "le dernier octet de votre fichier" in page(candidate, "work", pk=world.work.pk)


def test_a_work_held_by_another_act_is_asked_for_again(
    world: World, candidate: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*args: object, **kwargs: object) -> None:
        raise Busy

    monkeypatch.setattr("assessments.services.uploads.start", held)
    answer = announce(candidate, world.work, "projet.zip", 3)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "outage.busy", "5")


def test_a_piece_longer_than_a_piece_is_refused(world: World, candidate: Client) -> None:
    url = announce(candidate, world.work, "projet.zip", 100_000_000).json()["url"]
    length = {"CONTENT_LENGTH": "9000000"}
    answer = candidate.generic("PATCH", url, b"x", "application/offset+octet-stream", HTTP_UPLOAD_OFFSET="0", **length)
    assert answer.status_code == 413


def test_a_removed_upload_is_gone(world: World, candidate: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    url = announce(candidate, world.work, "projet.zip", 3).json()["url"]
    monkeypatch.setattr("assessments.services.deposits.require", lambda **_: Upload.objects.all().delete())
    assert piece(candidate, url, 0, b"abc").status_code == 410
