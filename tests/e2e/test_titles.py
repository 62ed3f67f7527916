"""From a mark to a title, in Chromium and with a worker: one story for each of the five référentiels.

The first épreuve of each is lived on the screens from the archive to the decision; the worker looks into every one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import Award, Decision, Enrolment, Session
from assessments.models.juries import SittingKind
from assessments.services import seats, sessions
from assessments.services.errors import Refused
from tests.e2e.acts import Stage, contest, decide, entrust, fill_correction, mark, replace_decision, small_archive
from tests.e2e.visitors import Visitor, for_docs
from tests.stories import Story, published
from tests.workers import Worker

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
Staged = Callable[[Story], Stage]


def awarded(page: Page, plenary: Any, enrolment: Enrolment, **choices: str) -> None:
    """The president answers for the units named, looks once more, and records."""
    page.goto(reverse("web:awarding_candidate", args=[plenary.pk, enrolment.pk]))
    for code, word in choices.items():
        page.locator(f'input[name="unit-{code.lstrip("_")}"][value="{word}"]').check()
    page.get_by_role("button", name="Relire avant d’enregistrer").click()
    expect(page.get_by_role("heading", name="Ce qui va être attribué à")).to_be_visible()


def recorded(page: Page, title: str = "") -> None:
    page.locator(f'input[name="title"][value="{title}"]').check()
    page.get_by_role("button", name="Enregistrer ce que le jury attribue à").click()


@pytest.fixture
def staged(visit: Visit, worker: Worker, tmp_path: Path) -> Callable[[Story], Stage]:
    """The people of a story come to their browsers, and a worker to its place."""
    worker.start()
    return lambda story: Stage(story, visit, small_archive(tmp_path))


def test_an_engineer_wins_bloc_1_then_the_title_in_a_second_session(staged: Staged, visit: Visit) -> None:
    """``ingenieur-ia-ms``: four épreuves for bloc 1; 5B chosen; a thesis; VAE without one; partial, then full."""
    referential = published("ingenieur-ia-ms")
    first = Story(referential)
    enrolment = first.enrol(options=["5B"])
    experienced = first.enrol(path="VAE", options=["5B"])
    stage = staged(first)
    stage.decided(stage.passage(enrolment, 1))
    first.decided(enrolment, 2, 3)
    plenary = first.jury(SittingKind.CERTIFICATION)

    jury, page = stage.president, stage.president.page
    page.goto(reverse("web:juror_home"))
    page.get_by_role("link", name="Jury de certification").click()
    page.get_by_role("link", name=enrolment.candidate.full_name).click()
    bloc_1 = page.locator(".award-unit").filter(has_text="Bloc 1 ")
    bloc_1.locator("summary").click()
    expect(bloc_1.get_by_text("L’épreuve 4 (Mise en situation professionnelle) n’est pas décidée.")).to_be_visible()
    expect(bloc_1.locator('input[value="acquired"]')).to_have_count(0)  # three of four épreuves acquire nothing
    jury.look("titles-engineer-pending")
    for_docs(page, "award")

    first.decided(enrolment, 4)
    awarded(page, plenary, enrolment, _1="acquired")
    jury.look("titles-engineer-check")
    recorded(page, "partial")
    expect(page.get_by_text("Dites pourquoi pour « le titre »")).to_be_visible()  # other units are still pending
    jury.problems.clear()  # the browser tells of the refusal too
    page.locator("#motive-title").fill("Le candidat reprendra les autres blocs à la session suivante.")
    recorded(page, "partial")
    expect(page.get_by_text("validation partielle").first).to_be_visible()
    jury.look("titles-engineer-list")

    page.goto(reverse("web:standing", args=[experienced.pk]))
    expect(page.get_by_text("n’est pas requis par la voie d’accès VAE")).to_be_visible()

    Session.objects.filter(pk=first.session.pk).update(deposit_deadline=first.session.created_at)
    second = Story(
        referential, "Session d’octobre", first.administrator, first.mentor, first.jurors, bundle=first.bundle
    )
    second.heard = 100  # hours after those of the first
    again = second.enrol(enrolment.candidate, options=["5B"])
    assert [row.bloc.code for row in again.acquired_blocs.all()] == ["1"]
    second.decided(again, *range(5, 20), *range(32, 43))
    plenary = second.jury(SittingKind.CERTIFICATION)
    awarded(page, plenary, again, _2="acquired", _3="acquired", _4="acquired", _5B="acquired")
    recorded(page, "full")
    expect(page.get_by_text("certification délivrée").first).to_be_visible()

    mine = stage.candidate.page
    mine.goto(reverse("web:candidate_home"))
    mine.get_by_role("link", name="Où vous en êtes vers le titre").last.click()  # that of the second session
    expect(mine.get_by_text("Certification délivrée").first).to_be_visible()
    expect(mine.get_by_text("Proposé")).to_have_count(0)  # the thesis has its decision, nothing is left to award
    stage.candidate.look("titles-engineer-standing")


def test_a_certification_without_blocs_is_awarded_at_the_level_of_the_edition(staged: Staged) -> None:
    """``sd-deep-learning-ia``: refused until the certifier maps E1, E2 and E3; then the three together award it."""
    with pytest.raises(Refused) as refusal:
        Story(published("sd-deep-learning-ia"))
    assert refusal.value.code == "session.unmapped"

    def mapped(tree: dict[str, Any]) -> None:
        tree["edition"] = "2"
        shares = (["C1", "C2", "C3"], ["C4", "C5", "C6", "C7"], ["C8", "C9", "C10", "C11"])
        for assessment, codes in zip(tree["assessments"], shares, strict=True):
            assessment |= {"competencies": codes, "mapping": "certifier"}

    story = Story(published("sd-deep-learning-ia", mapped))
    enrolment = story.enrol()
    stage = staged(story)
    stage.decided(stage.passage(enrolment, 1))
    plenary = story.jury(SittingKind.CERTIFICATION)
    page = stage.president.page
    page.goto(reverse("web:awarding_candidate", args=[plenary.pk, enrolment.pk]))
    expect(page.locator('input[value="acquired"]')).to_have_count(0)  # E1 alone awards nothing
    story.decided(enrolment, 2, 3)
    awarded(page, plenary, enrolment, **{"_sd-deep-learning-ia": "acquired"})
    recorded(page, "full")
    expect(page.get_by_text("certification délivrée").first).to_be_visible()
    assert list(Award.objects.order_by("pk").values_list("scope", "bloc", "outcome")) == [
        ("unit", None, "acquired"),
        ("title", None, "full"),
    ]


def test_a_data_scientist_contests_a_casting_vote_and_presents_a_project_again(staged: Staged, visit: Visit) -> None:
    """``oc-data-scientist``: an absent juror, a vote split in two, the president's casting vote, an appeal corrected
    by a decision that supersedes, a second attempt."""
    story = Story(published("oc-data-scientist"))
    enrolment = story.enrol()
    stage = staged(story)
    slot = stage.passage(enrolment, 1)
    seats.absent(actor=story.president, slot=slot, juror=story.seat(story.jurors[2]), reason="Retenue par une grève.")
    president, page = stage.president, stage.president.page
    mark(page, slot, "not_acquired")
    mark(visit().known_as(story.jurors[1]), slot, "acquired")
    page.goto(reverse("web:deliberation", args=[slot.pk]))
    expect(page.get_by_text("voix prépondérante").first).to_be_visible()
    president.look("titles-casting-vote")
    page.get_by_text("voix prépondérante").first.scroll_into_view_if_needed()
    for_docs(page, "casting-vote")
    decide(page, slot)
    contested = Decision.objects.get()
    assert contested.outcome == "not_acquired"
    assert set(contested.lines.values_list("decided_by", flat=True)) == {"casting"}

    mine = stage.candidate.page
    mine.goto(reverse("web:work", args=[slot.work_id]))
    contest(mine, "Un membre du jury manquait, et l’annexe 3 n’a pas été lue.")
    desk = visit().known_as(story.administrator)
    entrust(desk, story.administrator, enrolment)
    fill_correction(desk)
    replace_decision(desk)
    assert Decision.objects.current().get().supersedes == contested

    story.decided(enrolment, 2, level="not_acquired")
    mine.goto(reverse("web:candidate_home"))
    mine.get_by_role("link", name="Lire et recommencer").click()
    mine.get_by_role("button", name="Ouvrir une nouvelle tentative").click()
    expect(mine.get_by_text("La tentative n° 2 est ouverte.")).to_be_visible()
    stage.decided(stage.heard(mine, enrolment))

    plenary = story.jury(SittingKind.CERTIFICATION)
    awarded(page, plenary, enrolment, _1="acquired", _2="acquired")
    recorded(page)
    expect(page.get_by_text("acquis").first).to_be_visible()
    mine.goto(reverse("web:standing", args=[enrolment.pk]))
    expect(mine.get_by_text("Unités acquises\u00a0: 2 sur 6.")).to_be_visible()
    stage.candidate.look("titles-standing-two-of-six")
    for_docs(mine, "standing")


def test_competencies_without_criteria_win_a_bloc(staged: Staged) -> None:
    """``jedha-rncp35288``: the lines are competencies; one bloc of six is a partial award."""
    story = Story(published("jedha-rncp35288"))
    enrolment = story.enrol()
    stage = staged(story)
    stage.decided(stage.passage(enrolment, 1))
    story.decided(enrolment, 2, level="in_progress")
    plenary = story.jury(SittingKind.CERTIFICATION)
    page = stage.president.page
    awarded(page, plenary, enrolment, _BC01="acquired", _BC02="not_acquired")
    page.locator("#motive-title").fill("Deux blocs présentés sur six.")
    recorded(page, "partial")
    expect(page.get_by_text("validation partielle").first).to_be_visible()
    assert Award.objects.get(scope="title").motive == "Deux blocs présentés sur six."


def test_an_expert_without_a_specialty_is_not_enrolled(staged: Staged, visit: Visit) -> None:
    """``expert-science-donnees``: at least one specialty is chosen, and the form says so."""
    story = Story(published("expert-science-donnees"))
    with pytest.raises(Refused) as refusal:
        story.enrol()
    assert refusal.value.code == "enrolment.option_missing"
    desk = visit()
    page = desk.known_as(story.administrator)
    page.goto(reverse("web:admin_enrol", args=[story.session.pk]))
    page.get_by_label("Candidats").fill("Camille Exemple <camille@demo.jalon.test>")
    page.get_by_role("button", name="Inscrire", exact=True).click()
    expect(page.get_by_text("Choisissez l’option du candidat").first).to_be_visible()
    assert not Enrolment.objects.exists()
    desk.look("titles-specialty-missing")
    page.get_by_label("DATA SCIENTIST").check()
    page.get_by_role("button", name="Inscrire", exact=True).click()
    enrolment = Enrolment.objects.get()
    assert [bloc.code for bloc in enrolment.options.all()] == ["5"]
    sessions.edit_enrolment(
        actor=story.administrator,
        enrolment=enrolment,
        mentor=story.mentor,
        access_path="FC",
        options=list(enrolment.options.all()),
    )
    enrolment.refresh_from_db()
    stage = staged(story)
    stage.decided(stage.passage(enrolment, 1))
    story.decided(enrolment, 2, 3, 5)
    plenary = story.jury(SittingKind.CERTIFICATION)
    jurors = stage.president.page
    awarded(jurors, plenary, enrolment, _1="acquired", _2="acquired", _3="acquired", _5="acquired")
    recorded(jurors, "full")
    expect(jurors.get_by_text("certification délivrée").first).to_be_visible()
