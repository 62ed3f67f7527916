"""The candidate's screens: what to do next, an archive that comes in by pieces, what was recognised in it."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.domain.next_step import NextStep, next_step
from assessments.domain.workflow import WorkState
from assessments.models import Enrolment, Session, Submission, Upload, User, Work
from assessments.models.reviews import ReviewOutcome
from assessments.services import inspections, reviews, uploads, works
from certification.referentials.models import (
    Assessment,
    AssessmentCompetency,
    AssessmentPart,
    Bloc,
    Competency,
    Deliverable,
)
from certification.serving.limits import PIECE
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror=alert(1)>"&'
SCRIPT = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def world() -> World:
    return factories.world()


def logged_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def candidate(world: World) -> Client:
    return logged_in(world.candidate)


def page(client: Client, name: str, **kwargs: Any) -> str:
    answer = client.get(reverse(f"web:{name}", kwargs=kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def zipped(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return stream.getvalue()


def announce(client: Client, work: Work, name: str, size: Any) -> HttpResponse:
    url = reverse("web:upload_start", kwargs={"pk": work.pk})
    body = json.dumps({"name": name, "size": size})
    return client.post(url, body, content_type="application/json", **SCRIPT)


def piece(client: Client, url: str, offset: int, content: bytes) -> HttpResponse:
    return client.generic(
        "PATCH", url, content, "application/offset+octet-stream", HTTP_UPLOAD_OFFSET=str(offset), **SCRIPT
    )


def received(client: Client, work: Work, content: bytes, name: str = "projet.zip") -> Upload:
    """Send a whole file in two pieces; return its row, waiting for its inspection."""
    url = announce(client, work, name, len(content)).json()["url"]
    middle = len(content) // 2
    assert piece(client, url, 0, content[:middle]).status_code == 204
    answer = piece(client, url, middle, content[middle:])
    assert answer.status_code == 200
    assert answer.json() == {"next": reverse("web:work", kwargs={"pk": work.pk})}
    return Upload.objects.get(work=work)


def inspected(client: Client, work: Work, content: bytes) -> Upload:
    upload = received(client, work, content)
    inspections.serve()
    upload.refresh_from_db()
    return upload


# What comes next


@pytest.mark.parametrize(
    ("state", "upload", "in_time", "step"),
    [
        (None, "", True, NextStep.START),
        (None, "", False, NextStep.TOO_LATE),
        (WorkState.DRAFT, "", True, NextStep.SEND),
        (WorkState.DRAFT, "receiving", True, NextStep.RESUME),
        (WorkState.DRAFT, "refused", True, NextStep.REPLACE),
        (WorkState.DRAFT, "accepted", True, NextStep.SUBMIT),
        (WorkState.DRAFT, "accepted", False, NextStep.TOO_LATE),
        (WorkState.RETURNED, "", True, NextStep.CORRECT),
        (WorkState.RETURNED, "accepted", True, NextStep.SUBMIT),
        (WorkState.DRAFT, "receiving", False, NextStep.TOO_LATE),
        (WorkState.SUBMITTED, "", False, NextStep.WAIT_FOR_MENTOR),
        (WorkState.DECIDED, "", False, NextStep.READ_DECISION),
    ],
)
def test_next_step(state: WorkState | None, upload: str, in_time: bool, step: NextStep) -> None:
    assert next_step(state, upload, before_deadline=in_time) is step


@pytest.mark.parametrize(
    ("upload", "step"),
    [
        ("inspecting", NextStep.WAIT_FOR_INSPECTION),
        ("stuck", NextStep.WAIT_FOR_US),
        ("accepted", NextStep.SUBMIT),
    ],
)
def test_what_came_in_time_goes_on_after_the_deadline(upload: str, step: NextStep) -> None:
    assert next_step(WorkState.DRAFT, upload, before_deadline=False, upload_counts=True) is step


# My blocs


def test_without_a_session_the_page_says_what_will_be_there(world: World) -> None:
    assert "inscrit à aucune session" in page(logged_in(factories.person(factories.Role.CANDIDATE)), "candidate_home")


def test_each_bloc_says_what_to_do_next(world: World, candidate: Client) -> None:
    html = page(candidate, "candidate_home")
    assert "Explorer des données" in html
    assert "Envoyez votre projet" in html
    factories.submitted(world)
    assert "Votre mentor lit votre dépôt" in page(candidate, "candidate_home")


def test_an_option_not_chosen_is_not_asked_for(world: World, candidate: Client) -> None:
    group = world.edition.referential.optiongroup_rows.create(code="5", title="Au choix", position=1, uid=uuid.uuid4())
    Bloc.objects.filter(pk=world.edition.bloc.pk).update(option_group=group)
    assert "Explorer des données" not in page(candidate, "candidate_home")
    world.enrolment.options.add(world.edition.bloc)
    assert "Explorer des données" in page(candidate, "candidate_home")


def test_the_home_page_asks_as_much_of_the_database_with_more_sessions(
    world: World, candidate: Client, django_assert_max_num_queries: Any
) -> None:
    for rank in range(4):
        session = Session.objects.create(
            referential=world.edition.referential, name=f"Autre {rank}", starts_on=world.session.starts_on,
            ends_on=world.session.ends_on, deposit_deadline=world.session.deposit_deadline,
        )  # fmt: skip
        enrolment = Enrolment.objects.create(session=session, candidate=world.candidate)
        works.open_for(enrolment=enrolment, assessment=world.edition.assessment)
    with django_assert_max_num_queries(15):
        page(candidate, "candidate_home")


def test_opening_an_assessment_leads_to_its_work(world: World, candidate: Client) -> None:
    later = Assessment.objects.create(
        bloc=world.edition.bloc, title="Étude de cas", kind="case_study", position=2, uid=uuid.uuid4(),
        referential=world.edition.referential,
    )  # fmt: skip
    url = reverse("web:work_open", kwargs={"enrolment": world.enrolment.pk, "assessment": later.pk})
    answer = candidate.post(url)
    opened = Work.objects.get(assessment=later)
    assert answer.headers["Location"] == reverse("web:work", kwargs={"pk": opened.pk})
    assert candidate.get(url).status_code == 405


def test_an_assessment_of_another_edition_is_refused(world: World, candidate: Client) -> None:
    other = factories.edition().assessment
    candidate.post(reverse("web:work_open", kwargs={"enrolment": world.enrolment.pk, "assessment": other.pk}))
    assert not Work.objects.filter(assessment=other).exists()


# An archive comes in


def test_pieces_make_the_file_and_the_offset_is_told(world: World, candidate: Client) -> None:
    answer = announce(candidate, world.work, "C:\\travail\\projet.zip", 6)
    assert answer.status_code == 201
    assert answer.json() | {"url": ""} == {"url": "", "offset": 0, "chunk": PIECE}
    url = answer.json()["url"]
    assert piece(candidate, url, 0, b"abc").headers["Upload-Offset"] == "3"
    assert candidate.head(url).headers["Upload-Offset"] == "3"
    elsewhere = piece(candidate, url, 1, b"x")
    assert elsewhere.status_code == 409
    assert elsewhere.headers["Upload-Offset"] == "3"
    assert piece(candidate, url, 3, b"def").status_code == 200
    upload = Upload.objects.get(work=world.work)
    assert upload.file_name == "projet.zip"
    assert uploads.part_path(upload).read_bytes() == b"abcdef"


def test_whoever_missed_the_answer_to_the_last_piece_is_told_again_where_to_go(world: World, candidate: Client) -> None:
    url = announce(candidate, world.work, "projet.zip", 3).json()["url"]
    first = piece(candidate, url, 0, b"abc")
    assert candidate.head(url).headers["Upload-Offset"] == "3"
    again = piece(candidate, url, 3, b"")
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_piece_is_never_held_whole_in_memory(
    world: World, candidate: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = announce(candidate, world.work, "projet.zip", 3_000_000).json()["url"]
    asked: list[int] = []
    read = HttpRequest.read
    monkeypatch.setattr(HttpRequest, "body", property(lambda request: pytest.fail("the whole body was read")))
    monkeypatch.setattr(HttpRequest, "read", lambda request, size: asked.append(size) or read(request, size))
    assert piece(candidate, url, 0, b"x" * 2_000_000).status_code == 204
    assert max(asked) <= 1024 * 1024
    assert len(asked) > 2


def test_more_than_was_announced_is_refused_without_an_offset(world: World, candidate: Client) -> None:
    url = announce(candidate, world.work, "projet.zip", 2).json()["url"]
    answer = piece(candidate, url, 0, b"abc")
    assert answer.status_code == 409
    assert "Upload-Offset" not in answer.headers
    assert "plus long" in answer.json()["detail"]


@pytest.mark.parametrize(
    "said", ["[]", "{", '{"name": "a.zip"}', '{"name": "a.zip", "size": true}', '{"name": "", "size": 1}']
)
def test_an_announcement_that_makes_no_sense_is_refused(world: World, candidate: Client, said: str) -> None:
    url = reverse("web:upload_start", kwargs={"pk": world.work.pk})
    answer = candidate.post(url, said, content_type="application/json", **SCRIPT)
    assert answer.status_code == 409
    assert answer.json()["detail"]


def test_too_large_a_file_is_refused_with_its_sentence(world: World, candidate: Client) -> None:
    answer = announce(candidate, world.work, "projet.zip", 2 * 1024**3)
    assert answer.status_code == 409
    assert "1024 Mo" in answer.json()["detail"]


def test_a_cancelled_upload_is_forgotten(world: World, candidate: Client) -> None:
    url = announce(candidate, world.work, "projet.zip", 2).json()["url"]
    assert candidate.delete(url, **SCRIPT).status_code == 204
    assert candidate.head(url).status_code == 404


def test_nothing_comes_in_without_the_token(world: World) -> None:
    client = logged_in(world.candidate, enforce_csrf_checks=True)
    assert announce(client, world.work, "projet.zip", 2).status_code == 403
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=2)
    url = reverse("web:upload_piece", kwargs={"pk": upload.pk})
    assert piece(client, url, 0, b"ab").status_code == 403


def test_a_session_that_has_ended_is_told_to_the_script(world: World) -> None:
    answer = announce(Client(), world.work, "projet.zip", 2)
    assert answer.status_code == 401
    assert "connectez-vous de nouveau" in answer.json()["detail"]


def test_after_the_deadline_nothing_comes_in_and_the_page_says_why(world: World, candidate: Client) -> None:
    Session.objects.filter(pk=world.session.pk).update(deposit_deadline=timezone.now() - timedelta(hours=1))
    html = page(candidate, "work", pk=world.work.pk)
    assert "data-upload" not in html
    assert "La date limite est passée" in html
    answer = announce(candidate, world.work, "projet.zip", 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "deposit.too_late")
    assert "date limite" in answer.json()["detail"]


def test_the_plain_form_needs_no_script(world: World, candidate: Client) -> None:
    file = SimpleUploadedFile("projet.zip", b"abc")
    answer = candidate.post(reverse("web:upload_plain", kwargs={"pk": world.work.pk}), {"archive": file})
    assert answer.headers["Location"] == reverse("web:work", kwargs={"pk": world.work.pk})
    assert Upload.objects.get(work=world.work).state == "inspecting"
    candidate.post(reverse("web:upload_plain", kwargs={"pk": world.work.pk}), {})
    assert Upload.objects.filter(work=world.work).count() == 1


# What was recognised, and the deposit


def test_the_page_follows_the_inspection(world: World, candidate: Client) -> None:
    upload = received(candidate, world.work, zipped(README__md="# Projet"))
    status = reverse("web:upload_status", kwargs={"pk": upload.pk})
    assert f'hx-get="{status}"' in page(candidate, "work", pk=world.work.pk)
    inspections.serve()
    fragment = candidate.get(status).content.decode()
    assert "hx-trigger" not in fragment
    assert "<code>README.md</code>" in fragment
    assert 'id="work-heading" hx-swap-oob="true"' in fragment
    assert reverse("web:upload_submit", kwargs={"pk": upload.pk}) in fragment


def test_a_submitted_archive_is_a_frozen_version(world: World, candidate: Client) -> None:
    upload = inspected(candidate, world.work, zipped(README__md="# Projet"))
    answer = candidate.post(reverse("web:upload_submit", kwargs={"pk": upload.pk}))
    made = Submission.objects.get(work=world.work)
    assert answer.headers["Location"] == reverse("web:submission", kwargs={"pk": made.pk})
    html = page(candidate, "work", pk=world.work.pk)
    assert "Version 1" in html
    assert "entre les mains de votre mentor" in html
    assert "data-upload" not in html


def test_a_broken_archive_says_why_and_another_may_be_sent(world: World, candidate: Client) -> None:
    upload = inspected(candidate, world.work, b"this is no archive at all")
    assert upload.state == "refused"
    html = page(candidate, "work", pk=world.work.pk)
    assert "ne peut pas être lue" in html
    assert "data-upload" in html
    candidate.post(reverse("web:upload_submit", kwargs={"pk": upload.pk}))
    assert not Submission.objects.exists()
    candidate.post(reverse("web:upload_discard", kwargs={"pk": upload.pk}))
    assert not Upload.objects.exists()


def test_a_fault_of_ours_is_told_as_ours(world: World, candidate: Client) -> None:
    params = {"reason": "no user namespace"}
    Upload.objects.create(
        work=world.work, file_name="p.zip", size=1, state="stuck", fault_code="sandbox.unavailable", fault_params=params
    )
    html = page(candidate, "work", pk=world.work.pk)
    assert "notice tone-platform" in html
    assert "vous n’y perdez rien" in html
    assert "no user namespace" not in html


def test_names_are_shown_as_text(world: World, candidate: Client) -> None:
    found = {"notebooks": {"count": 60, "paths": [HOSTILE] * 50}}
    bundle = factories.bundle(recognised=found)
    Upload.objects.create(work=world.work, file_name=HOSTILE, size=10, offset=10, state="accepted", bundle=bundle)
    html = page(candidate, "work", pk=world.work.pk)
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html
    assert "et 54 autres" in html


def test_the_work_shows_what_is_expected_and_the_review_once_given(
    world: World, candidate: Client, django_assert_max_num_queries: Any
) -> None:
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    criterion = world.edition.criteria[2]
    reviews.save_remark(
        actor=world.mentor, review=review, line=criterion, opinion="to_improve", comment="Plus clair, svp."
    )
    html = page(candidate, "work", pk=world.work.pk)
    assert "Un exposé clair." in html
    assert "Plus clair, svp." not in html
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)
    with django_assert_max_num_queries(15):
        html = page(candidate, "work", pk=world.work.pk)
    assert "Plus clair, svp." in html
    assert "data-upload" in html


def test_the_deadline_is_told_while_it_matters(world: World, candidate: Client) -> None:
    assert "Dépôts jusqu’au" in page(candidate, "work", pk=world.work.pk)
    factories.submitted(world)
    assert "Dépôts jusqu’au" in page(candidate, "work", pk=world.work.pk)
    world.work.state = "decided"
    world.work.save()
    html = page(candidate, "work", pk=world.work.pk)
    assert "Dépôts jusqu’au" not in html
    assert "Dépôts clos" not in html


def node(world: World, position: int = 1) -> dict[str, Any]:
    return {"referential": world.edition.referential, "position": position, "uid": uuid.uuid4()}


def test_assessments_of_one_bloc_stand_under_it_with_what_tells_them_apart(world: World, candidate: Client) -> None:
    html = page(candidate, "candidate_home")
    assert "bloc-group" not in html
    second = Assessment.objects.create(
        bloc=world.edition.bloc, title="Mise en situation professionnelle", kind="project", **node(world, 2)
    )
    Competency.objects.update(code="C1.7")
    AssessmentCompetency.objects.create(
        assessment=second, competency=world.edition.criteria[0].competency, **node(world)
    )
    html = page(candidate, "candidate_home")
    assert html.count("Explorer des données") == 1
    assert html.count("Mise en situation professionnelle") == 2
    assert html.count("C1.7") == 1


def test_the_parts_of_an_assessment_are_told(world: World, candidate: Client) -> None:
    for position, title in enumerate(("Première étude", "Seconde étude"), start=1):
        AssessmentPart.objects.create(
            assessment=world.edition.assessment, title=title, kind="case_study", **node(world, position)
        )
    for name, kwargs in (("candidate_home", {}), ("work", {"pk": world.work.pk})):
        html = page(candidate, name, **kwargs)
        assert html.index("Première étude") < html.index("Seconde étude")


def test_what_a_deliverable_gathers_stands_under_it(world: World, candidate: Client) -> None:
    place = {"bloc": world.edition.bloc, "kind": "document"}
    dossier = Deliverable.objects.create(text="Un dossier", **place, **node(world, 1))
    Deliverable.objects.create(text="Une note à part", **place, **node(world, 2))
    Deliverable.objects.create(text="Un plan détaillé", container=dossier, **place, **node(world, 3))
    html = page(candidate, "work", pk=world.work.pk)
    assert html.index("Un dossier") < html.index("Un plan détaillé") < html.index("Une note à part")
