"""From a submission to what it shares with another one, by the keyboard; the administrator's list of a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Likeness
from assessments.services import similarity
from tests import factories
from tests.assessments.services.test_similarity import RUNTIME, deposit
from tests.e2e.visitors import Visitor
from tests.evaluator.similar import OTHER, STUDY, facts_of, notebook, renamed
from tests.web.test_similarity import cells_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_two_works_are_read_side_by_side(
    transactional_db: None, visit: Callable[..., Visitor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluator.runner.runtime_digest", lambda: RUNTIME)
    world = factories.world()
    made = []
    for name, cells, enrolment in (
        ("a", STUDY, world.enrolment),
        ("b", renamed(STUDY), None),
        ("c", [*OTHER, *STUDY[1:3]], None),
    ):
        submission = deposit(world, facts_of(tmp_path / name, {"etude.ipynb": notebook(cells)}), enrolment)
        cells_of(submission, cells)
        made.append(submission)
    for submission in (*made, *made):
        similarity.compare(sketch_id=submission.sketch.pk)
    twin = made[1].work.enrolment
    twin.mentor = world.mentor
    twin.save()
    reader = visit()
    page = reader.known_as(world.mentor)
    page.goto(reverse("web:submission", args=[made[0].pk]))
    page.get_by_role("link", name="2 travaux proches").click()
    expect(page.get_by_text("Un autre travail de la session")).to_be_visible()
    reader.look("mentor-similarities")
    link = page.get_by_role("link", name="Lire les deux côte à côte")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Passage 1")).to_be_visible()
    reader.look("mentor-similarity")
    desk = visit(dark=True)
    page = desk.known_as(world.administrator)
    page.goto(reverse("web:admin_session", args=[world.session.pk]))
    page.get_by_role("link", name="Similitudes").click()
    expect(page.get_by_role("row")).to_have_count(1 + 3)
    desk.look("administrator-session-similarities")
    page.get_by_label("Part commune").select_option("75")
    expect(page.get_by_role("row")).to_have_count(1 + 1)
    assert Likeness.objects.count() == 6
