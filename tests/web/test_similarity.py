"""Similarities on screen: who reads them, what is named, the passages side by side, the list of a session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.models import Likeness, Role, Submission
from assessments.services import similarity
from assessments.services.facts import StoredFacts
from evaluator import facts as extractors
from evaluator.store import fact_key
from tests import factories
from tests.assessments.services.test_similarity import RUNTIME, deposit
from tests.evaluator.similar import OTHER, STUDY, facts_of, notebook, renamed
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.runner.runtime_digest", lambda: RUNTIME)


@pytest.fixture
def world() -> World:
    return factories.world()


def cells_of(submission: Submission, cells: list[str]) -> None:
    rows = [{"type": "code", "source": text, "execution_count": 1, "outputs": []} for text in cells]
    fact = {"etude.ipynb": {"sha256": "a" * 64, "language": "python", "error": None, "cells": rows}}
    key = fact_key(submission.bundle_id, "notebooks", extractors.BY_NAME["notebooks"].version, RUNTIME)
    StoredFacts().put(key, {"facts": fact, "pictures": {}})


@pytest.fixture
def pair(world: World, tmp_path: Path) -> tuple[Submission, Submission]:
    """The work of the world, and the same one rewritten by somebody else."""
    made = []
    for name, cells, enrolment in (("a", STUDY, world.enrolment), ("b", renamed(STUDY), None)):
        submission = deposit(world, facts_of(tmp_path / name, {"etude.ipynb": notebook(cells)}), enrolment)
        cells_of(submission, cells)
        made.append(submission)
    for submission in (*made, made[0]):
        similarity.compare(sketch_id=submission.sketch.pk)
    return made[0], made[1]


def logged_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, name: str, *args: int, query: str = "") -> str:
    answer = client.get(reverse(f"web:{name}", args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_mentor_is_told_without_being_told_of_whom(world: World, pair: tuple[Submission, Submission]) -> None:
    own, other = pair
    mentor = logged_in(world.mentor)
    text = page(mentor, "similarities", own.pk)
    assert "100 %" in text
    assert "Un autre travail de la session" in text
    assert "Ce travail a été déposé avant l’autre." in text
    assert str(other.work.enrolment.candidate) not in text
    assert reverse("web:similarity", args=[own.pk, other.pk]) not in text
    assert mentor.get(reverse("web:similarity", args=[own.pk, other.pk])).status_code == 404


def test_who_mentors_both_reads_them_side_by_side(world: World, pair: tuple[Submission, Submission]) -> None:
    own, other = pair
    enrolment = other.work.enrolment
    enrolment.mentor = world.mentor
    enrolment.save()
    mentor = logged_in(world.mentor)
    assert str(enrolment.candidate) in page(mentor, "similarities", own.pk)
    text = page(mentor, "similarity", own.pk, other.pk)
    assert "nettoyer" in text
    assert "prepare_table" in text
    assert text.count('class="marked"') >= 20
    assert "L’autre travail a été déposé avant celui-ci." in page(mentor, "similarity", other.pk, own.pk)


def test_the_candidates_know_nothing_of_it(world: World, pair: tuple[Submission, Submission]) -> None:
    for submission, stranger in (pair, pair[::-1]):
        candidate = logged_in(submission.work.enrolment.candidate)
        assert "Similitudes" not in page(candidate, "submission", submission.pk)
        for other in (submission, stranger):
            assert candidate.get(reverse("web:similarities", args=[other.pk])).status_code == 404
        assert candidate.get(reverse("web:similarity", args=[submission.pk, stranger.pk])).status_code == 404


def test_an_administrator_who_is_a_candidate_does_not_read_of_the_own_work(
    world: World, pair: tuple[Submission, Submission]
) -> None:
    world.candidate.roles = [Role.CANDIDATE.value, Role.ADMINISTRATOR.value]
    world.candidate.save()
    own, other = pair
    client = logged_in(world.candidate)
    assert client.get(reverse("web:similarities", args=[own.pk])).status_code == 404
    assert "Un autre travail de la session" in page(client, "similarities", other.pk)


def test_the_page_of_a_submission_leads_there(world: World, pair: tuple[Submission, Submission]) -> None:
    assert "1 travail proche" in page(logged_in(world.mentor), "submission", pair[0].pk)


def test_before_the_comparison_and_without_anything_in_common(world: World, tmp_path: Path) -> None:
    submission = factories.submitted(world)
    desk = logged_in(world.administrator)
    assert "Pas encore comparé" in page(desk, "similarities", submission.pk)
    assert "pas encore comparé" in page(desk, "submission", submission.pk)
    other = deposit(world, facts_of(tmp_path, {"etude.ipynb": notebook(OTHER)}))
    similarity.compare(sketch_id=other.sketch.pk)
    assert "Rien de commun à montrer" in page(desk, "similarities", other.pk)
    assert "aucune part notable" in page(desk, "submission", other.pk)


def test_a_passage_that_is_kept_no_more_says_so(world: World, pair: tuple[Submission, Submission]) -> None:
    own, other = pair
    place = {"path": "parti.py", "kind": "code", "cell": None, "page": None, "line": 1, "end_line": 4}
    passages = [{"own": place | extra, "other": place, "prints": 3} for extra in ({}, {"cell": 99}, {"page": 2})]
    Likeness.objects.filter(submission=own).update(passages=passages)
    text = page(logged_in(world.administrator), "similarity", own.pk, other.pk)
    assert text.count("Le texte de ce passage n’est plus gardé.") == 6


def test_the_list_of_a_session_names_each_pair_once(world: World, pair: tuple[Submission, Submission]) -> None:
    desk = logged_in(world.administrator)
    text = page(desk, "admin_session_similarities", world.session.pk)
    assert text.count("100 %") == 1
    assert "2 dépôts sur 2" in text
    Likeness.objects.update(strength=0.3)
    assert "Aucune part commune à montrer" in page(
        desk, "admin_session_similarities", world.session.pk, query="?part=50"
    )
    bloc = world.edition.assessment.pk
    assert "30 %" in page(desk, "admin_session_similarities", world.session.pk, query=f"?part=25&bloc={bloc}")
    assert "30 %" not in page(desk, "admin_session_similarities", world.session.pk, query="?bloc=0")


def test_the_pages_ask_the_same_of_the_database_however_many_works(
    world: World,
    pair: tuple[Submission, Submission],
    tmp_path: Path,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    own, other = pair
    desk = logged_in(world.administrator)
    for _ in range(2):
        for name, args, most in (
            ("similarities", (own.pk,), 9),
            ("similarity", (own.pk, other.pk), 12),
            ("admin_session_similarities", (world.session.pk,), 14),
        ):
            with django_assert_max_num_queries(most):
                page(desk, name, *args)
        for number in range(4):
            more = deposit(world, facts_of(tmp_path / f"more{number}", {"etude.ipynb": notebook(OTHER)}))
            Likeness.objects.get_or_create(submission=own, other=more, defaults={"strength": 0.2, "shared": 5})


def test_in_english(world: World, pair: tuple[Submission, Submission]) -> None:
    own, other = pair
    desk = logged_in(world.administrator)
    desk.cookies["django_language"] = "en"
    assert "Similarities" in page(desk, "similarities", own.pk)
    assert "This work was handed in before the other one." in page(desk, "similarity", own.pk, other.pk)
