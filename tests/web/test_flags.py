"""Differences with what was judged, on the pages; and evaluating again what somebody rests on, which asks why."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.models import JournalEntry, JurorDeparture, LineFlag, Slot, User
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db

HEADING = "Ce que les contrôles disent depuis"


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def flagged(world: World) -> Slot:
    """A work before its jury, on which a later version of a check says something else."""
    slot = factories.scheduled(world)
    factories.evaluated_again(world, slot.submission, chart__pie="not_met")
    return slot


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(person: User, name: str, **where: int) -> str:
    response = client_of(person).get(reverse(f"web:{name}", kwargs=where))
    assert response.status_code == 200
    return str(response.content.decode())


def test_both_answers_stand_side_by_side_for_all_but_the_candidate(world: World, flagged: Slot) -> None:
    for person in (world.mentor, world.administrator, world.president, world.jurors[1]):
        html = read(person, "submission", pk=flagged.submission_id)
        assert HEADING in html
        section = html[html.index('id="flags"') : html.index("</section>", html.index('id="flags"'))]
        assert re.findall(r'class="check-word">([^<]+)<', section) == ["Satisfait", "Non satisfait"]
        assert ('name="word"' in section) == (person != world.jurors[1])
        assert "elle proposerait" in section
        assert "Grille figée" in html
    assert HEADING not in read(world.candidate, "submission", pk=flagged.submission_id)
    assert HEADING in read(world.president, "ballot", pk=flagged.pk)


def test_who_left_the_jury_sees_no_difference(world: World, flagged: Slot) -> None:
    assert LineFlag.objects.visible_to(world.jurors[1]).exists()
    seat = flagged.sitting.jurors.get(user=world.jurors[1])
    JurorDeparture.objects.create(juror=seat, reason="Indisponible.", by=world.administrator)
    assert not LineFlag.objects.visible_to(world.jurors[1]).exists()


def test_a_difference_is_closed_with_a_word_that_all_then_read(world: World, flagged: Slot) -> None:
    client, url = client_of(world.mentor), reverse("web:flag_close", args=[LineFlag.objects.get().pk])
    assert "Dites ce que vous concluez" in client.post(url, {"word": ""}, follow=True).content.decode()
    html = client.post(url, {"word": "Vu : <b>c’est un camembert</b>."}, follow=True).content.decode()
    assert "Vu : &lt;b&gt;c’est un camembert&lt;/b&gt;." in html
    assert f"Clos par {world.mentor.full_name}" in html
    assert 'name="word"' not in html


def test_administrators_have_a_list_of_those_that_are_open(world: World, flagged: Slot) -> None:
    assert "Écarts relevés (1)" in read(world.administrator, "admin_runs")
    assert world.candidate.full_name in read(world.administrator, "admin_flags")
    url = reverse("web:flag_close", args=[LineFlag.objects.get().pk])
    client_of(world.administrator).post(url, {"word": "Vu."})
    assert world.candidate.full_name not in read(world.administrator, "admin_flags")
    closed = client_of(world.administrator).get(reverse("web:admin_flags"), {"state": "closed"}).content.decode()
    assert world.candidate.full_name in closed


def test_the_list_takes_as_many_queries_however_long(
    world: World, flagged: Slot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for other in (factories.world(), factories.world()):
        submission = factories.admitted(other)
        factories.evaluated_again(other, submission, chart__pie="not_met", chart__boxplot="not_met")
    client = client_of(world.administrator)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("web:admin_flags")).status_code == 200


@pytest.mark.parametrize("page", ["rerun", "admin_run_again"])
def test_what_somebody_rests_on_is_not_evaluated_again_in_one_click(world: World, page: str) -> None:
    submission = factories.admitted(world)
    key = submission.pk if page == "rerun" else submission.runs.get().pk
    url = reverse(f"web:{page}", kwargs={"pk": key})
    seen = read(world.administrator, "submission" if page == "rerun" else "admin_run", pk=key)
    assert 'data-dialog-open="evaluate-again"' in seen
    client = client_of(world.administrator)
    assert "dites pourquoi le réévaluer" in client.post(url, follow=True).content.decode()
    assert submission.runs.count() == 1
    client.post(url, {"reason": "Le contrôle des camemberts avait un défaut."})
    assert submission.runs.count() == 2
    entry = JournalEntry.objects.filter(verb="run.queued").latest("number")
    assert entry.payload["reason"] == "Le contrôle des camemberts avait un défaut."


def test_before_it_is_one_click(world: World) -> None:
    submission = factories.evaluated(world)
    assert "evaluate-again" not in read(world.administrator, "submission", pk=submission.pk)
