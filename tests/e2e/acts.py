"""An épreuve on the screens, act by act: sent, admitted, marked, decided. Each ends on what the person then reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import Enrolment, Slot, Submission, User
from certification.referentials.models import Assessment
from tests.e2e.visitors import LONG, Visitor
from tests.evaluator.archives import zip_bytes
from tests.stories import Story, evaluated

Visit = Callable[..., Visitor]
KEYS = {"acquired": "1", "in_progress": "2", "not_acquired": "3"}
PROJECT = {
    "projet/README.md": "# Prévoir les départs\n\nLancer `python src/entrainer.py` ; les données sont dans `data/`.\n",
    "projet/src/entrainer.py": "import pandas as pd\n\nprint(pd.read_csv('data/clients.csv').mean())\n",
    "projet/data/clients.csv": "age,anciennete\n" + "42,3\n35,1\n" * 40,
}


def small_archive(folder: Path) -> Path:
    """A project that is quickly looked into."""
    path = folder / "projet.zip"
    path.write_bytes(zip_bytes({name: text.encode() for name, text in PROJECT.items()}))
    return path


def send(page: Page, archive: Path) -> None:
    page.get_by_label(re.compile("archive de votre projet|archive corrigée")).set_input_files(archive)
    page.get_by_role("button", name="Envoyer l’archive", exact=True).click()


def deposit(page: Page, archive: Path) -> None:
    """From the page of a work to its frozen version."""
    send(page, archive)
    expect(page.get_by_text("Voici ce que nous y avons reconnu")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Déposer", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Déposer").click()
    expect(page.get_by_text(re.compile(r"Version \d+ déposée"))).to_be_visible()


def admit(page: Page, submission: Submission) -> None:
    page.goto(reverse("web:review", args=[submission.pk]))
    page.get_by_role("button", name="Commencer la relecture").first.click()
    page.get_by_role("button", name="Admettre à la soutenance").click()
    page.get_by_role("dialog").get_by_role("button", name="Admettre à la soutenance").click()
    expect(page.get_by_text("Le travail est admis à la soutenance.")).to_be_visible()


def mark(page: Page, slot: Slot, level: str) -> None:
    """Every line at that level, by keyboard, then sealed."""
    page.goto(reverse("web:ballot", args=[slot.pk]))
    page.get_by_role("button", name="Ouvrir mon bulletin").first.click()
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_visible()
    total = int(page.get_by_role("progressbar", name="Avancement").get_attribute("max") or 0)
    for _ in range(total):
        page.keyboard.press("j")
        page.keyboard.press(KEYS[level])
    expect(page.get_by_text(re.compile(rf"{total} sur {total}\b"))).to_be_visible()
    page.get_by_role("button", name="Sceller mon bulletin").click()
    page.get_by_role("dialog").get_by_role("button", name="Sceller mon bulletin").click()
    expect(page.get_by_text("Votre bulletin est scellé").first).to_be_visible()


def decide(page: Page, slot: Slot) -> None:
    page.goto(reverse("web:deliberation", args=[slot.pk]))
    page.get_by_role("button", name="Enregistrer la décision").click()
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("La décision est enregistrée")).to_be_visible()


def contest(page: Page, motive: str) -> None:
    """The candidate, from the page of the work."""
    page.get_by_role("link", name="Former un recours").click()
    page.get_by_label("Vos motifs").fill(motive)
    page.get_by_role("button", name="Déposer le recours").click()
    expect(page.get_by_text("Recours déposé")).to_be_visible()


def entrust(page: Page, administrator: User, enrolment: Enrolment) -> None:
    """An administrator takes the candidate's appeal upon themselves."""
    page.goto(reverse("web:admin_appeals"))
    page.get_by_role("link", name=enrolment.candidate.full_name).click()
    page.get_by_label("Examiné par").select_option(str(administrator.pk))
    page.get_by_role("button", name="Confier le recours").click()
    expect(page.get_by_text("Recours en examen")).to_be_visible()


def fill_correction(page: Page) -> None:
    """From the page of the appeal: every line becomes acquired."""
    page.get_by_role("link", name="Corriger la décision").click()
    for level in page.locator("main select").all():
        level.select_option("acquired")
    page.get_by_label("Ce qui est corrigé").fill("L’annexe 3 a été lue depuis.")


def replace_decision(page: Page) -> None:
    page.get_by_role("button", name="Remplacer la décision").click()
    expect(page.get_by_text("Décision corrigée").first).to_be_visible()


@dataclass
class Stage:
    """A story whose people are at their browsers, with a worker that looks into what is handed in."""

    story: Story
    visit: Visit
    archive: Path

    def __post_init__(self) -> None:
        self.candidate, self.mentor, self.president = self.visit(), self.visit(), self.visit()
        self.mentor.known_as(self.story.mentor)
        self.president.known_as(self.story.president)

    def open(self, enrolment: Enrolment, number: int) -> Page:
        """The candidate opens the work of that épreuve, from their home."""
        page = self.candidate.known_as(enrolment.candidate)
        page.goto(reverse("web:candidate_home"))
        assessment = Assessment.objects.get(referential=enrolment.session.referential, position=number)
        address = reverse("web:work_open", args=[enrolment.pk, assessment.pk])
        page.locator(f'form[action="{address}"]').get_by_role("button").click()
        expect(page.get_by_role("heading", name="Ce qui est attendu")).to_be_visible()
        return page

    def passage(self, enrolment: Enrolment, number: int) -> Slot:
        """From the candidate's home to the defence, which the president opens."""
        return self.heard(self.open(enrolment, number), enrolment)

    def heard(self, page: Page, enrolment: Enrolment) -> Slot:
        """From the page of a work that is open."""
        deposit(page, self.archive)
        submission = Submission.objects.filter(work__enrolment=enrolment).latest("pk")
        evaluated(submission)
        self.story.bundle = submission.bundle
        admit(self.mentor.page, submission)
        return self.story.scheduled(submission)

    def decided(self, slot: Slot) -> None:
        """Every line is acquired: the president marks and decides on the screens, the others mark beside them."""
        self.story.marked(slot, "acquired", jurors=self.story.jurors[1:])
        mark(self.president.page, slot, "acquired")
        decide(self.president.page, slot)
