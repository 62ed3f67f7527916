"""The administrator's page of risen checks: what is compared, chosen, queued, left out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from assessments.models import EvaluationRun, Submission
from assessments.models.reviews import ReviewOutcome
from assessments.services import reviews
from tests import factories
from tests.assessments.services.test_shadow import RISEN, VERSION, answered, store
from tests.factories import World

MOST_QUERIES = 15


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture
def desk(world: World) -> Client:
    client = Client()
    client.force_login(world.administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(desk: Client, name: str, *args: Any, **query: Any) -> str:
    response = desk.get(reverse(f"web:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def reviewed(world: World, submission: Submission) -> None:
    review = reviews.open_review(actor=world.mentor, submission=submission)
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)


def test_without_risen_checks_the_pages_say_so(desk: Client) -> None:
    assert "Tous les résultats sont à jour" in read(desk, "admin_shadow")
    page = read(desk, "admin_shadow_check", RISEN)
    assert "Rien à comparer" in page
    assert "Faire compter</span>" not in page
    assert desk.get(reverse("web:admin_shadow_check", args=["no.such"])).status_code == 404


def test_a_risen_check_is_listed_and_its_submissions_compared(world: World, desk: Client) -> None:
    changed, unread = answered(world, "met"), answered(factories.world(), "met")
    store(changed, "model_files", {})
    listed = read(desk, "admin_shadow")
    address = reverse("web:admin_shadow_check", args=[RISEN])
    assert f'<a href="{address}">' in listed
    assert f"{VERSION - 1} → {VERSION}" in listed
    page = read(desk, "admin_shadow_check", RISEN)
    for words in ("1 changerait", "0 identique", "1 sans faits gardés", "model_files"):
        assert words in page
    assert reverse("web:submission", args=[changed.pk]) in page
    assert f'value="{changed.pk}" checked' in page
    assert f'value="{unread.pk}" aria-label' in page
    only = read(desk, "admin_shadow_check", RISEN, session=world.session.pk)
    assert escape(unread.work.enrolment.candidate.full_name) not in only


def test_making_it_count_queues_the_chosen_and_says_who_is_left_out(world: World, desk: Client) -> None:
    other = factories.world()
    free, decided = answered(world, "met"), answered(other, "met")
    for submission in (free, decided):
        store(submission, "model_files", {})
    reviewed(other, decided)
    assert "Déjà décidé" in read(desk, "admin_shadow_check", RISEN)
    address = reverse("web:admin_shadow_count", args=[RISEN])
    page = desk.post(address, {"submission": [free.pk, decided.pk, "x", "9" * 30]}, follow=True).content.decode()
    assert "1 dépôt va être réévalué." in page
    assert "1 dépôt laissé de côté" in page
    assert list(EvaluationRun.objects.filter(status="queued").values_list("submission", flat=True)) == [free.pk]
    again = desk.post(address, {"submission": [free.pk]}, follow=True).content.decode()
    assert "Aucun dépôt à réévaluer" in again
    assert "1 dépôt est déjà en cours" in again
    assert f'action="{address}?session={world.session.pk}"' in read(
        desk, "admin_shadow_check", RISEN, session=world.session.pk
    )
    kept = desk.post(f"{address}?session={world.session.pk}")
    assert kept["Location"].endswith(f"?session={world.session.pk}")


def test_the_queries_do_not_grow_with_the_submissions(
    world: World, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for each in (world, factories.world(), factories.world(), factories.world()):
        store(answered(each, "met"), "model_files", {})
    for name, args in {"admin_shadow": [], "admin_shadow_check": [RISEN]}.items():
        with django_assert_max_num_queries(MOST_QUERIES):
            read(desk, name, *args)
