"""A bloc whose référentiel states no criterion, from the deposit to the report, on the pages themselves."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Decision, Enrolment, Review, Role, Session, Slot, Submission, Upload, User
from assessments.models.lines import key_of
from assessments.reports import evaluation_report
from assessments.selectors.grid import computed_grid, grid_of
from assessments.selectors.report import report_of
from assessments.services import decisions, evaluation, inspections, slots, storage, works
from certification.referentials import services as editions
from certification.referentials.models import Competency, Criterion
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.factories import Edition, World

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Autosave": "1"}


def world_of(code: str, bloc: str, rank: int = 0) -> World:
    """A session of a shipped référentiel, and a work on an assessment of one of its blocs."""
    referential = editions.publish(referential=editions.load_edition(tree=shipped_tree(code)).referential)
    now = timezone.now()
    session = Session.objects.create(
        referential=referential, name="Session d'hiver", starts_on=now.date(),
        ends_on=now.date() + timedelta(days=90), deposit_deadline=now + timedelta(days=30),
    )  # fmt: skip
    candidate = factories.person(Role.CANDIDATE, "Dominique Exemple")
    mentor = factories.person(Role.MENTOR, "Camille Exemple")
    enrolment = Enrolment.objects.create(session=session, candidate=candidate, mentor=mentor)
    assessment = referential.assessment_rows.filter(bloc__code=bloc).order_by("position")[rank]
    return World(
        edition=Edition(referential, assessment.bloc, assessment),
        session=session,
        administrator=factories.person(Role.ADMINISTRATOR),
        candidate=candidate,
        mentor=mentor,
        jurors=[factories.person(Role.JUROR, f"{name} Exemple") for name in ("Claude", "Sacha", "Maxime")],
        enrolment=enrolment,
        work=works.open_for(enrolment=enrolment, assessment=assessment),
    )


@pytest.fixture
def world() -> World:
    return world_of("jedha-rncp35288", "BC01")


class Person:
    """Someone logged in, and the pages of ours that they read and write."""

    def __init__(self, user: User, language: str = "fr") -> None:
        self.client = Client(headers={"Accept-Language": language})
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def read(self, name: str, **kwargs: Any) -> str:
        answer = self.client.get(reverse(f"web:{name}", kwargs=kwargs))
        assert answer.status_code == 200
        return answer.content.decode()

    def write(self, name: str, data: dict[str, Any] | None = None, **kwargs: Any) -> None:
        answer = self.client.post(reverse(f"web:{name}", kwargs=kwargs), data or {})
        assert answer.status_code == 302, answer.content.decode()

    def keep(self, name: str, line: object, level: str, comment: str = "", **kwargs: Any) -> int:
        """Type a level and a comment for a line, as the page does without being asked; the answer's status."""
        url = reverse(f"web:{name}", kwargs={**kwargs, "line": str(line)})
        typed = {f"level-{line}": level, f"comment-{line}": comment}
        return self.client.post(url, typed, headers=AUTOSAVE).status_code


def archive() -> SimpleUploadedFile:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("entrepot.py", "import pandas as pd\n")
    return SimpleUploadedFile("entrepot.zip", held.getvalue(), content_type="application/zip")


def deposited(world: World) -> Submission:
    """Sent, looked into and submitted by the candidate, then evaluated by the worker."""
    candidate = Person(world.candidate)
    candidate.write("upload_plain", {"archive": archive()}, pk=world.work.pk)
    upload = Upload.objects.get()
    inspections.serve()
    candidate.write("upload_submit", pk=upload.pk)
    submission = Submission.objects.get()
    evaluation.serve()
    assert submission.runs.get().status == "done"
    return submission


def admitted(world: World, submission: Submission, lines: list[Competency]) -> Slot:
    """Confirmed on the first line, left to the jury on the second, without a word on the others."""
    mentor = Person(world.mentor)
    mentor.write("review_open", pk=submission.pk)
    review = Review.objects.get()
    assert mentor.keep("review_remark", key_of(lines[0]), "confirmed", "Schéma complet.", pk=review.pk) == 204
    assert mentor.keep("review_remark", key_of(lines[1]), "left_to_jury", pk=review.pk) == 204
    mentor.write("review_give", {"outcome": "admitted"}, pk=review.pk)
    world.work.refresh_from_db()
    return slots.schedule(
        actor=world.administrator, sitting=factories.sitting(world), work=world.work, starts_at=timezone.now()
    )


def marked(world: World, slot: Slot, lines: list[Competency]) -> None:
    for rank, user in enumerate(world.jurors):
        juror = Person(user)
        juror.write("ballot_open", pk=slot.pk)
        ballot = slot.ballots.get(juror__user=user)
        for line in lines:
            level = "in_progress" if rank == 2 and line == lines[-1] else "acquired"
            assert juror.keep("ballot_mark", key_of(line), level, pk=ballot.pk) == 200
        juror.write("ballot_seal", pk=ballot.pk)


def text_of(decision: Decision) -> str:
    """The words of the report, without spaces nor the marks of a line's end."""
    document = evaluation_report.issue(decision_id=decision.pk)
    pages = pypdfium2.PdfDocument(storage.read_bytes(document.storage_key))
    return squeezed(" ".join(page.get_textpage().get_text_bounded() for page in pages))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\ufffe\u0002]", "", text)


def test_from_the_deposit_to_the_report(world: World) -> None:
    lines = list(world.edition.bloc.competencies.order_by("position"))
    candidate, mentor, president = Person(world.candidate), Person(world.mentor), Person(world.president)
    html = candidate.read("work", pk=world.work.pk)
    assert "4 compétences" in html
    assert all(line.text[:40] in html.replace("&#x27;", "'") for line in lines)

    submission = deposited(world)
    html = candidate.read("submission", pk=submission.pk)
    assert [f'id="{key_of(line)}"' in html for line in lines] == [True] * 4
    assert "Aucun contrôle automatique" in html
    assert "Critères selon leurs contrôles" not in html
    slot = admitted(world, submission, lines)
    html = mentor.read("review", pk=submission.pk)
    assert "Par compétence, sans critère" in html
    assert "Compétence C1.1" in html
    assert "Schéma complet." in candidate.read("work", pk=world.work.pk)

    marked(world, slot, lines[1:])
    html = Person(world.jurors[1]).read("ballot", pk=slot.pk)
    assert html.index(f'id="{key_of(lines[1])}"') < html.index(f'id="{key_of(lines[0])}"')
    html = president.read("deliberation", pk=slot.pk)
    assert "Tout est acquis." in html
    last = key_of(lines[-1])
    ruling = {f"level-{last}": "not_acquired", f"comment-{last}": "Le chargement n'a pas été montré."}
    president.write("decide", ruling, pk=slot.pk)

    decision = Decision.objects.get()
    assert decision.outcome == "not_acquired"
    assert {line.competency: (line.level, line.decided_by) for line in decision.lines.all()} == {
        lines[0]: ("acquired", "mentor"),
        lines[1]: ("acquired", "jury"),
        lines[2]: ("acquired", "jury"),
        lines[3]: ("not_acquired", "president"),
    }
    said = text_of(decision)
    wanted = [str(line) for line in lines]
    wanted += ["3 compétences acquises sur 4.", "Compétence par compétence", "Le chargement n'a pas été montré."]
    assert [words for words in wanted if squeezed(words) not in said] == []
    assert said.count(squeezed(lines[0].text)) == 1  # a summary would only repeat the lines
    assert "critère" not in said.lower()


def test_what_is_no_line_of_the_work_is_refused(world: World) -> None:
    submission = factories.evaluated(world)
    mentor = Person(world.mentor)
    mentor.write("review_open", pk=submission.pk)
    review = Review.objects.get()
    elsewhere = Competency.objects.exclude(bloc=world.edition.bloc).first()
    assert elsewhere is not None
    assert mentor.keep("review_remark", key_of(elsewhere), "confirmed", pk=review.pk) == 422
    for nothing in ("competency-999999", f"criterion-{world.edition.bloc.competencies.first().pk}", "bloc-1"):
        assert mentor.keep("review_remark", nothing, "confirmed", pk=review.pk) == 404
    assert not review.remarks.exists()


def test_a_competency_stands_among_criteria_in_its_place() -> None:
    world = world_of("ingenieur-ia-ms", "2")
    slot = factories.scheduled(world)
    alone = world.edition.bloc.competencies.get(code="A1-C3")
    html = Person(world.president).read("ballot", pk=slot.pk)
    before = world.edition.bloc.criteria.filter(competency__code="A1-C2").last()
    after = world.edition.bloc.criteria.filter(competency__code="A1-C4").first()
    places = [html.index(f'id="{key_of(line)}"') for line in (before, alone, after)]
    assert places == sorted(places)
    assert "8 points" in Person(world.candidate).read("work", pk=world.work.pk)


def test_what_was_decided_stays_as_it_was_decided(db: None) -> None:
    """A line that the work is judged on only since is neither in the decision nor in its report."""
    world = factories.world()
    slot = factories.marked(world)
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    Competency.objects.create(
        referential=world.edition.referential, bloc=world.edition.bloc, text="Parler en public", position=9,
        uid=uuid.uuid4(),
    )  # fmt: skip
    assert (len(computed_grid(slot.submission).lines), len(grid_of(slot.submission).lines)) == (4, 3)
    report = report_of(evaluation_report.decision_to_print(decision.pk))
    assert (report.acquired_count, report.lines_count, report.kind) == (3, 3, "criterion")
    assert [line.text for group in report.groups for line in group.lines] == [
        criterion.text for criterion in world.edition.criteria
    ]
    html = Person(world.president).read("deliberation", pk=slot.pk)
    assert "Un exposé clair." in html
    assert "Parler en public" not in html


def test_what_is_no_longer_judged_was_decided_all_the_same(db: None) -> None:
    world = factories.world()
    slot = factories.marked(world)
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    Criterion.objects.filter(pk=world.edition.criteria[1].pk).update(bloc=None, competency=None, activity=None)
    assert (len(computed_grid(slot.submission).lines), len(grid_of(slot.submission).lines)) == (2, 3)
    report = report_of(evaluation_report.decision_to_print(decision.pk))
    assert sorted(line.text for group in report.groups for line in group.lines) == sorted(
        criterion.text for criterion in world.edition.criteria
    )


def test_the_codes_tell_the_assessments_of_a_bloc_apart() -> None:
    world = world_of("ingenieur-ia-ms", "2", rank=3)
    slot = factories.scheduled(world)
    apart = "A4-C1, A4-C2"
    mentor, juror = Person(world.mentor), Person(world.president)
    assert f"AUTOMATIQUE · {apart}" in mentor.read("mentor_home")
    assert f"AUTOMATIQUE · {apart}" in mentor.read("review", pk=slot.submission_id)
    assert f"AUTOMATIQUE · {apart}" in juror.read("juror_home")
    assert f"AUTOMATIQUE · {apart}" in juror.read("ballot", pk=slot.pk)
    assert f"Jeu de rôle · {apart}" in Person(world.candidate).read("work", pk=world.work.pk)


def test_lines_are_worded_in_english(world: World) -> None:
    slot = factories.scheduled(world)
    html = Person(world.president, "en").read("ballot", pk=slot.pk)
    assert "Competency C1.1" in html
    assert "By competency, without criteria" in html
    assert "4 competencies" in Person(world.candidate, "en").read("work", pk=world.work.pk)


def test_the_interface_for_tools_names_the_lines(world: World) -> None:
    url = reverse("api:work-lines", kwargs={"pk": world.work.pk})
    rows = Person(world.candidate).client.get(url).json()
    first = world.edition.bloc.competencies.get(code="C1.1")
    assert [row["kind"] for row in rows] == ["competency"] * 4
    assert rows[0] == {
        "key": str(key_of(first)), "kind": "competency", "code": "C1.1", "text": first.text, "items": [],
        "competency": str(first), "activity": "",
    }  # fmt: skip
