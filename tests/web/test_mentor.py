"""The mentor's screens: the list, the review, what autosave keeps, what is refused once given."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Review, Role, Submission, User
from assessments.models.lines import key_of
from assessments.models.reviews import ReviewOutcome
from assessments.services import reviews, works
from certification.referentials.models import Criterion
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Autosave": "1", "Accept": "application/json"}


@pytest.fixture
def world() -> World:
    return factories.world()


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def mentor(world: World) -> Client:
    return logged_in(world.mentor)


def page(client: Client, name: str, **kwargs: Any) -> str:
    answer = client.get(reverse(f"web:{name}", kwargs=kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def opened(world: World, **outcomes: str) -> Review:
    return reviews.open_review(actor=world.mentor, submission=factories.evaluated(world, **outcomes))


def another_candidate(world: World, name: str) -> Submission:
    """One more candidate of the same mentor in the same session, with a submitted work."""
    candidate = factories.person(Role.CANDIDATE, name)
    enrolment = world.session.enrolments.create(candidate=candidate, mentor=world.mentor)
    work = works.open_for(enrolment=enrolment, assessment=world.edition.assessment)
    work.state = "submitted"
    work.save()
    return Submission.objects.create(
        work=work, number=1, bundle=factories.bundle(), file_name="projet.zip", submitted_by=candidate
    )


def test_nothing_to_read_is_said_kindly(mentor: Client) -> None:
    html = page(mentor, "mentor_home")
    assert "Rien à relire pour l’instant" in html
    assert "Aucun travail déposé" in html


def test_the_oldest_waits_first_and_what_is_read_comes_after(world: World, mentor: Client) -> None:
    factories.evaluated(world)
    another_candidate(world, "Personne suivante")
    html = page(mentor, "mentor_home")
    assert "2 travaux à relire" in html
    assert html.index(world.candidate.full_name) < html.index("Personne suivante")
    review = reviews.open_review(actor=world.mentor, submission=world.work.submissions.get())
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    html = page(mentor, "mentor_home")
    assert "Un travail à relire" in html
    assert html.index("Personne suivante") < html.index("Déjà relus") < html.index(world.candidate.full_name)


def test_the_list_is_searched_and_filtered(world: World, mentor: Client) -> None:
    factories.submitted(world)
    another_candidate(world, "Personne suivante")
    home = reverse("web:mentor_home")
    found = mentor.get(home, {"q": "suivante"}).content.decode()
    assert "Personne suivante" in found
    assert world.candidate.full_name not in found
    assert "Personne suivante" not in mentor.get(home, {"state": "decided"}).content.decode()
    assert "Personne suivante" in mentor.get(home, {"session": str(world.session.pk)}).content.decode()
    assert mentor.get(home, {"session": "x", "state": "x", "page": "x"}).status_code == 200


def test_another_mentors_candidates_are_out_of_sight(world: World) -> None:
    submission = factories.submitted(world)
    stranger = logged_in(factories.person(Role.MENTOR))
    assert world.candidate.full_name not in page(stranger, "mentor_home")
    assert stranger.get(reverse("web:review", kwargs={"pk": submission.pk})).status_code == 404


def test_looking_opens_nothing(world: World, mentor: Client) -> None:
    submission = factories.evaluated(world)
    html = page(mentor, "review", pk=submission.pk)
    assert "Commencer la relecture" in html
    assert "level-" not in html
    world.work.refresh_from_db()
    assert world.work.state == "submitted"
    answer = mentor.post(reverse("web:review_open", kwargs={"pk": submission.pk}), follow=True)
    assert f"level-{key_of(world.edition.criteria[0])}" in answer.content.decode()
    world.work.refresh_from_db()
    assert world.work.state == "in_review"


def test_a_newer_version_is_pointed_at(world: World, mentor: Client) -> None:
    first = factories.submitted(world)
    first.runs.update(status="done")
    second = factories.submitted(world)
    html = page(mentor, "review", pk=first.pk)
    assert reverse("web:review", kwargs={"pk": second.pk}) in html
    assert "Commencer la relecture" not in html


def test_the_machine_only_proposes(world: World, mentor: Client) -> None:
    review = opened(world)
    html = page(mentor, "review", pk=review.submission_id)
    assert "La machine propose : <strong>acquis</strong>" in html
    assert "La machine éclaire ce critère sans rien proposer." in html


def test_a_disagreement_stays_flagged_once_given(world: World, mentor: Client) -> None:
    review = opened(world)
    reviews.save_remark(
        actor=world.mentor,
        review=review,
        line=world.edition.criteria[0],
        opinion="to_improve",
        comment="Axes sans unité.",
    )
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)
    html = page(mentor, "review", pk=review.submission_id)
    assert "Le mentor s’écarte de la proposition de la machine." in html
    assert "Axes sans unité." in html
    assert "data-autosave" not in html


def test_what_was_asked_for_is_recalled_on_the_next_version(world: World, mentor: Client) -> None:
    test_a_disagreement_stays_flagged_once_given(world, mentor)
    second = factories.evaluated(world)
    assert "À reprendre dans la version 1\u00a0: «\u00a0Axes sans unité.\u00a0»" in page(mentor, "review", pk=second.pk)


def remark(client: Client, review: Review, criterion: Criterion, **fields: str) -> Any:
    url = reverse("web:review_remark", kwargs={"pk": review.pk, "line": key_of(criterion)})
    return client.post(url, {f"{name}-{key_of(criterion)}": value for name, value in fields.items()}, headers=AUTOSAVE)


def test_autosave_keeps_opinion_and_comment(world: World, mentor: Client) -> None:
    review, criterion = opened(world), world.edition.criteria[1]
    assert remark(mentor, review, criterion, level="confirmed", comment="Vu cellule 4.").status_code == 204
    html = page(mentor, "review", pk=review.submission_id)
    assert 'value="confirmed" checked' in html
    assert "Vu cellule 4." in html
    comment = reverse("web:review_comment", kwargs={"pk": review.pk})
    assert mentor.post(comment, {"comment": "Bon travail."}, headers=AUTOSAVE).status_code == 204
    review.refresh_from_db()
    assert review.comment == "Bon travail."


def test_without_script_one_comes_back_to_the_criterion(world: World, mentor: Client) -> None:
    review, criterion = opened(world), world.edition.criteria[1]
    url = reverse("web:review_remark", kwargs={"pk": review.pk, "line": key_of(criterion)})
    answer = mentor.post(url, {f"level-{key_of(criterion)}": "to_improve"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"#{key_of(criterion)}")


def test_an_invented_opinion_is_refused_with_a_sentence(world: World, mentor: Client) -> None:
    answer = remark(mentor, opened(world), world.edition.criteria[1], level="excellent")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Cet avis n’existe pas."


def test_a_given_review_takes_no_more_writing(world: World, mentor: Client) -> None:
    review, criterion = opened(world), world.edition.criteria[1]
    give = reverse("web:review_give", kwargs={"pk": review.pk})
    assert mentor.post(give, {"outcome": "admitted"}).status_code == 302
    answer = remark(mentor, review, criterion, level="to_improve")
    assert answer.status_code == 409
    assert "ne peut plus être modifié" in answer.json()["detail"]
    assert "Cet avis est déjà rendu" in mentor.post(give, {"outcome": "returned"}, follow=True).content.decode()
    assert not review.remarks.exists()
    html = page(mentor, "review", pk=review.submission_id)
    assert "Avis rendu" in html
    assert "<textarea" not in html


def test_a_work_is_not_returned_without_a_word(world: World, mentor: Client) -> None:
    review = opened(world)
    give = reverse("web:review_give", kwargs={"pk": review.pk})
    back = mentor.post(give, {"outcome": "returned"}, follow=True)
    assert back.redirect_chain
    assert mentor.post(give, {"outcome": "loved"}).status_code == 302
    review.refresh_from_db()
    assert review.given_at is None


def test_the_list_asks_the_same_of_the_database_however_long(
    world: World, mentor: Client, django_assert_max_num_queries: Any
) -> None:
    factories.evaluated(world)
    for number in range(8):
        another_candidate(world, f"Personne {number}")
    with django_assert_max_num_queries(8):
        page(mentor, "mentor_home")


def test_the_review_asks_the_same_of_the_database_however_long(
    world: World, mentor: Client, django_assert_max_num_queries: Any
) -> None:
    review = opened(world)
    last = world.edition.criteria[-1]
    for position in range(10, 30):
        last.pk, last.uid, last.position = None, uuid.uuid4(), position
        last.save()
    with django_assert_max_num_queries(15):
        assert page(mentor, "review", pk=review.submission_id).count("data-criterion") == 23
