"""Documents: handed over to those concerned, verified by anyone, nobody's name given away."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assessments.models import Document, User
from assessments.selectors.documents import initials
from assessments.web.documents import TRIES
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


def verify(number: str) -> tuple[int, str]:
    response = Client().get(reverse("web:verify", args=[number]))
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
    code, page = verify(document.number)
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
    assert "Une décision plus récente l’a remplacé." in verify(document.number)[1]


def test_an_unknown_number_is_said_to_be_unknown(document: Document) -> None:
    code, page = verify("RE-1999-000001")
    assert code == 404
    assert "Aucun document délivré ne porte ce numéro" in page


def test_the_form_leads_to_the_answer_or_says_what_is_wrong(document: Document) -> None:
    address = reverse("web:verify_form")
    answer = Client().get(address, {"number": f" {document.number.lower()} "})
    assert answer.url == reverse("web:verify", args=[document.number])
    wrong = Client().get(address, {"number": "<script>"}).content.decode()
    assert "Ce n’est pas la forme d’un numéro de document." in wrong
    assert "<script>" not in wrong.split("<main")[1]


def test_numbers_are_not_tried_one_after_the_other(document: Document) -> None:
    codes = [verify(f"RE-2026-{rank:06d}")[0] for rank in range(TRIES + 1)]
    assert codes[-1] == 429
    assert 429 not in codes[:-1]
    spoofed = Client().get(reverse("web:verify", args=[document.number]), headers={"x-forwarded-for": "192.0.2.9"})
    assert spoofed.status_code == 429
    other = Client(REMOTE_ADDR="192.0.2.7").get(reverse("web:verify", args=[document.number]))
    assert other.status_code == 200


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
