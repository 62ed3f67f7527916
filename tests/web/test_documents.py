"""Documents: handed over to those concerned, verified by anyone, nobody's name given away."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.domain.codes import new_code, spelled
from assessments.models import Document, User
from assessments.selectors.documents import initials, verification_of
from assessments.web.verification import TRIES
from tests import factories
from tests.web.permissions import Scene
from tests.web.permissions.documents import issued


@pytest.fixture
def document(db: None) -> Document:
    cache.clear()
    world = factories.world()
    User.objects.filter(pk=world.candidate.pk).update(full_name="Anne-Marie de Latour")
    slot = factories.scheduled(world)
    return issued(Scene(world, slot.submission, slot))


def verify(number: str, code: str = "", **client: str) -> tuple[int, str]:
    address = reverse("web:verify_code", args=[number, code]) if code else reverse("web:verify", args=[number])
    response = Client(**client).get(address)
    return response.status_code, response.content.decode()


def test_the_pdf_is_handed_over_as_a_file(document: Document) -> None:
    client = Client()
    client.force_login(document.decision.work.enrolment.candidate, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("web:document", args=[document.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{document.number}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response.content.startswith(b"%PDF")


def test_anyone_learns_that_a_document_is_true_and_little_else(document: Document) -> None:
    code, page = verify(document.number, document.code)
    assert code == 200
    for said in ("bien été délivré", document.content_hash, document.sha256, "Explorer des données", "A.-M. d. L."):
        assert said in page
    enrolment = document.decision.work.enrolment
    for hidden in ("Latour", enrolment.candidate.email, enrolment.mentor.full_name, enrolment.session.name):
        assert hidden not in page


def test_a_later_decision_is_said(document: Document) -> None:
    decision = document.decision
    type(decision).objects.create(
        work=decision.work, bloc=decision.bloc, submission=decision.submission, slot=decision.slot,
        outcome="not_acquired", decided_by=decision.decided_by, supersedes=decision,
    )  # fmt: skip
    assert "Une décision plus récente l’a remplacé." in verify(document.number, document.code)[1]


def impersonal(page: str, number: str) -> str:
    """The page without the number asked for, the address and the token of the visit."""
    page = re.sub(r'(name="csrfmiddlewaretoken" value=|name="next" value=)"[^"]*"', "", page)
    return page.replace(number, "N").replace("RE-1999-000001", "N")


def test_numbers_that_are_walked_tell_nothing(document: Document) -> None:
    pages = {
        "known, no code": verify(document.number),
        "unknown, no code": verify("RE-1999-000001"),
        "known, wrong code": verify(document.number, new_code()),
        "unknown, a code": verify("RE-1999-000001", new_code()),
        "unknown, the code of another": verify("RE-1999-000001", document.code),
        "known, no code at all": verify(document.number, "-"),
    }
    for name, (code, page) in pages.items():
        assert code == 404, name
        assert impersonal(page, document.number) == impersonal(pages["unknown, no code"][1], "RE-1999-000001"), name


def test_whether_a_number_exists_changes_nothing_of_the_work(document: Document) -> None:
    for number in (document.number, "RE-1999-000001"):
        with CaptureQueriesContext(connection) as asked:
            assert verification_of(number, new_code()) is None
        assert len(asked) == 1
        assert "number" not in asked[0]["sql"].partition("WHERE")[2]


def test_a_code_is_read_as_people_copy_it(document: Document) -> None:
    sloppy = spelled(document.code).lower().replace("0", "o").replace("1", "l").replace("-", " – ")
    assert verify(document.number, sloppy)[0] == 200


def test_a_paper_from_before_the_codes_is_checked_by_its_fingerprints_alone(document: Document) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE assessments_document SET code_on_paper = false")
        cursor.execute("SET LOCAL session_replication_role = origin")
    code, page = verify(document.number)
    assert code == 200
    assert document.content_hash in page
    assert document.sha256 in page
    for hidden in ("A.-M.", "Explorer des données", "acquis", document.code, spelled(document.code)):
        assert hidden not in page


def test_the_form_leads_to_the_answer_or_says_what_is_wrong(document: Document) -> None:
    address = reverse("web:verify_form")
    asked = {"number": f" {document.number.lower()} ", "code": document.code.lower()}
    answer = Client().get(address, asked)
    assert answer.url == reverse("web:verify_code", args=[document.number, spelled(document.code)])
    assert Client().get(address, asked | {"code": ""}).url == reverse("web:verify", args=[document.number])
    wrong = Client().get(address, {"number": "<script>", "code": "<script>"}).content.decode()
    assert "Ce n’est pas la forme d’un numéro de document." in wrong
    assert "Un code a 26 lettres et chiffres" in wrong
    assert "<script>" not in wrong.split("<main")[1]


def test_numbers_are_not_tried_one_after_the_other(document: Document) -> None:
    codes = [verify(f"RE-2026-{rank:06d}", *(["-"] if rank % 2 else []))[0] for rank in range(TRIES + 1)]
    assert codes[-1] == 429
    assert 429 not in codes[:-1]
    address = reverse("web:verify_code", args=[document.number, document.code])
    assert Client().get(address, headers={"x-forwarded-for": "192.0.2.9"}).status_code == 429
    assert verify(document.number, document.code, REMOTE_ADDR="192.0.2.7")[0] == 200


def test_the_data_of_a_document_are_handed_over_as_they_were_hashed(document: Document) -> None:
    client = Client()
    client.force_login(document.decision.work.enrolment.candidate, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("web:document_content", args=[document.pk]))
    assert response.content == b"{}"
    assert response["Content-Disposition"] == f'attachment; filename="{document.number}.json"'
    assert response["Cache-Control"] == "private, no-store"


def test_data_that_were_not_stored_are_not_invented(document: Document) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM assessments_documentcontent")
        cursor.execute("SET LOCAL session_replication_role = origin")
    client = Client()
    client.force_login(document.decision.work.enrolment.candidate, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("web:document_content", args=[document.pk])).status_code == 404


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Anne-Marie de La Tour", "A.-M. d. L. T."),
        ("Zoé", "Z."),
        ("  ", ""),
        ("- x", "x."),
        ("Candidate A (démo)", "C. A."),
    ],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short
