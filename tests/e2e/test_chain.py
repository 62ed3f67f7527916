"""The whole chain, as people live it: from a session opened on the screens to a report that anyone can verify."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from assessments.domain.codes import spelled
from assessments.models import Document, Role, User
from assessments.web.wording import check_title
from certification.referentials import services as editions
from certification.referentials.models import Referential
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.e2e.visitors import LONG, Visitor, expect_shown, for_docs
from tests.workers import Worker, until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SESSION = "Session d'automne"
BLOC = "Bloc 5"
Visit = Callable[..., Visitor]


@dataclass(frozen=True)
class Cast:
    referential: Referential
    administrator: User
    candidate: User
    mentor: User
    jurors: tuple[User, User, User]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The published référentiel and people with their roles; what they do, they do on the screens."""
    loaded = editions.load_edition(tree=shipped_tree("oc-data-scientist"))
    return Cast(
        referential=editions.publish(referential=loaded.referential),
        administrator=factories.person(Role.ADMINISTRATOR, "Administratrice (démo)"),
        candidate=factories.person(Role.CANDIDATE, "Candidate A (démo)"),
        mentor=factories.person(Role.MENTOR, "Mentor (démo)"),
        jurors=(
            factories.person(Role.JUROR, "Présidente du jury (démo)"),
            factories.person(Role.JUROR, "Juré 2 (démo)"),
            factories.person(Role.JUROR, "Jurée 3 (démo)"),
        ),
    )


def test_the_whole_chain(cast: Cast, visit: Visit, worker: Worker, good_archive: Path, tmp_path: Path) -> None:
    worker.start()
    office, candidate, mentor = visit(), visit(), visit()
    jury = [visit() for _ in cast.jurors]

    open_a_session(office, cast)
    deposit(candidate, cast, good_archive)
    read_the_evidence(candidate)
    admit(mentor, cast)
    compose_the_jury(office, cast)
    for visitor, juror in zip(jury, cast.jurors, strict=True):
        mark(visitor, juror)
    decide(jury[0])
    report = receive(candidate, tmp_path)
    verify(visit(), report)
    speak_english(candidate)


def moment(day: datetime) -> str:
    return timezone.localtime(day).strftime("%Y-%m-%dT%H:%M")


def open_a_session(office: Visitor, cast: Cast) -> None:
    page = office.come_in(cast.administrator)
    office.look("admin-sessions-empty")
    page.get_by_role("link", name="Ouvrir une session").click()
    today = timezone.localtime()
    page.get_by_label("Édition du référentiel").select_option(label=str(cast.referential))
    page.get_by_label("Nom de la session").fill(SESSION)
    page.get_by_label("Début").fill(today.strftime("%Y-%m-%d"))
    page.get_by_label("Fin").fill((today + timedelta(days=120)).strftime("%Y-%m-%d"))
    page.get_by_label("Date limite de dépôt").fill(moment(today + timedelta(days=90)))
    office.look("admin-session-form")
    page.get_by_role("button", name="Enregistrer la session").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SESSION)

    page.get_by_role("link", name="Inscrire des candidats").first.click()
    page.get_by_label("Candidats").fill(cast.candidate.email)
    page.get_by_label("Mentor").select_option(label=f"{cast.mentor.full_name} ({cast.mentor.email})")
    office.look("admin-enrol")
    page.get_by_role("button", name="Inscrire").click()
    expect(page.get_by_role("row", name=re.compile("Candidate A"))).to_contain_text("Mentor (démo)")
    office.look("admin-session")


def deposit(candidate: Visitor, cast: Cast, archive: Path) -> None:
    page = candidate.come_in(cast.candidate)
    candidate.look("candidate-home")
    page.get_by_role("listitem").filter(has_text=BLOC).get_by_role("button").click()
    expect(page.get_by_role("heading", name="Ce qui est attendu")).to_be_visible()
    candidate.look("candidate-work")

    page.get_by_label("L’archive de votre projet").set_input_files(archive)
    progress = page.get_by_role("progressbar", name=re.compile("Avancement de l’envoi|Examen"))
    page.get_by_role("button", name="Envoyer l’archive").click()
    expect(progress.first).to_be_visible()
    recognised = page.get_by_text("Voici ce que nous y avons reconnu")
    expect(recognised).to_be_visible(timeout=LONG)
    expect(page.get_by_role("region", name="Votre archive")).to_contain_text("1_exploration.ipynb")
    candidate.look("candidate-recognised")

    page.get_by_role("button", name="Déposer", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("figée")
    dialog.get_by_role("button", name="Déposer").click()
    expect(page.get_by_text("Version 1 déposée")).to_be_visible()


def check(page: Page, code: str) -> Locator:
    """The result of a check, under the first criterion that asks it."""
    return page.get_by_role("article", name=check_title(code)).first


def read_the_evidence(candidate: Visitor) -> None:
    """Results come in without a reload; then each kind of evidence is opened and really seen."""
    page = candidate.page
    page.evaluate("window.stayed = true")
    expect(page.get_by_role("progressbar", name="Avancement des contrôles")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ contrôles terminés"))).to_be_visible(timeout=LONG)
    assert page.evaluate("window.stayed") is True
    candidate.look("candidate-submission")

    panel = page.get_by_role("complementary", name="Preuve")
    check(page, "dashboard.interactive_charts").get_by_role("link").first.click()
    expect(panel.get_by_role("heading", level=2)).to_contain_text("dashboard/app.py")
    expect(panel.locator("tr.marked").first).to_be_visible()
    candidate.look("candidate-evidence-code", whole=False)
    check(page, "document.page_limit").get_by_role("link").first.click()
    expect_shown(panel.get_by_role("img", name=re.compile("Page 1")))
    candidate.look("candidate-evidence-page", whole=False)
    check(page, "api.responds").get_by_role("link").first.click()
    expect(panel.locator(".exchange")).to_contain_text("GET")
    expect(panel.locator(".exchange")).to_contain_text("200")
    candidate.look("candidate-evidence-exchange", whole=False)
    check(page, "repository.versions").get_by_role("link").first.click()
    expect(panel.get_by_role("heading", name="Les versions du projet")).to_be_visible()
    assert page.evaluate("window.stayed") is True
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    page.get_by_role("link", name=re.compile(r"\d+ fichiers")).click()
    candidate.look("candidate-files")
    page.get_by_role("link", name=re.compile("1_exploration.ipynb")).click()
    expect_shown(page.locator(".cell").get_by_role("img", name=re.compile("Figure")).first)
    candidate.look("candidate-notebook")


def expect_keys(page: Page) -> None:
    """The page listens to the keyboard: it says so."""
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_visible()


def admit(mentor: Visitor, cast: Cast) -> None:
    page = mentor.come_in(cast.mentor)
    mentor.look("mentor-home")
    page.get_by_role("link", name="Candidate A (démo)", exact=True).click()
    page.get_by_role("button", name="Commencer la relecture").first.click()
    expect_keys(page)
    for key in ("j", "1", "j", "1", "j", "2"):
        page.keyboard.press(key)
    page.keyboard.press("c")
    page.keyboard.type("Précisez l'intervalle de confiance de la prédiction.")
    expect(page.get_by_text("3 avis sur 19 critères")).to_be_visible()
    expect(page.get_by_text("Enregistré à")).to_have_count(3)
    page.reload()
    expect(page.get_by_text("3 avis sur 19 critères")).to_be_visible()
    expect(page.get_by_label("Commentaire", exact=True).nth(2)).to_have_value(re.compile("intervalle de confiance"))
    check(page, "api.responds").get_by_role("link").first.click()
    expect(page.get_by_role("complementary", name="Preuve").locator(".exchange")).to_contain_text("200")
    mentor.look("mentor-review", whole=False)
    show_the_page_that_answers(page)
    page.keyboard.press("Escape")
    page.get_by_label("Commentaire général").fill("Travail complet, prêt pour la soutenance.")
    expect(page.locator("#review-end").get_by_text("Enregistré à")).to_be_visible()
    page.get_by_role("button", name="Admettre à la soutenance").click()
    page.get_by_role("dialog").get_by_role("button", name="Admettre à la soutenance").click()
    expect(page.get_by_text("Le travail est admis à la soutenance.")).to_be_visible()
    mentor.look("mentor-review-given")


def show_the_page_that_answers(page: Page) -> None:
    """A criterion on the left, the page that answers it on the right."""
    note = check(page, "document.page_limit")
    note.get_by_role("link").first.click()
    expect_shown(page.get_by_role("complementary", name="Preuve").get_by_role("img", name=re.compile("Page 1")))
    note.scroll_into_view_if_needed()
    for_docs(page, "mentor-review")


def compose_the_jury(office: Visitor, cast: Cast) -> None:
    page = office.page
    page.get_by_role("link", name="Jurys").click()
    page.get_by_role("link", name="Composer un jury").first.click()
    page.get_by_label("Nom de la séance").fill("Jury d'automne")
    page.get_by_label("Début").fill(moment(timezone.now()))
    page.get_by_label("Lieu").fill("Salle 1")
    for juror in cast.jurors:
        page.get_by_label(f"{juror.full_name} ({juror.email})").check()
    president = cast.jurors[0]
    page.get_by_label("Préside", exact=True).select_option(label=f"{president.full_name} ({president.email})")
    expect(page.get_by_text("50 % au moins des membres")).to_be_visible()
    page.get_by_label("Motif").fill("Premier jury : les habilitations sont en cours.")
    office.look("admin-sitting-form")
    for_docs(page, "compose-jury")
    page.get_by_role("button", name="Composer le jury").click()
    expect(page.get_by_text("Le jury est composé : programmez-y les passages.")).to_be_visible()
    page.get_by_label("Travail", exact=True).select_option(index=1)
    page.get_by_label("Heure de passage").fill(moment(timezone.now()))
    office.look("admin-slot-form")
    page.get_by_role("button", name="Programmer le passage").click()
    expect(page.get_by_text("Le passage est programmé.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Candidate A"))).to_be_visible()
    office.look("admin-juries")


def mark(visitor: Visitor, juror: User) -> None:
    """By keyboard; each juror's words stay theirs until all ballots are sealed."""
    page = visitor.come_in(juror)
    if strict := "Jurée 3" in juror.full_name:
        visitor.look("juror-home")
    page.get_by_role("link", name="Candidate A (démo)", exact=True).click()
    page.get_by_role("button", name="Ouvrir mon bulletin").first.click()
    if strict:
        visitor.look("juror-declaration")
    page.get_by_role("button", name="Signer ma déclaration").click()
    page.get_by_role("dialog").get_by_role("button", name="Signer ma déclaration").click()
    page.get_by_role("link", name="Candidate A (démo)", exact=True).click()
    page.get_by_role("button", name="Ouvrir mon bulletin").first.click()
    expect_keys(page)
    progress = page.get_by_role("progressbar", name="Avancement")
    total = int(progress.get_attribute("max") or 0)
    assert total > 10
    for number in range(total):
        page.keyboard.press("j")
        page.keyboard.press("2" if number == 1 and strict else "1")
    page.keyboard.press("k")
    page.keyboard.press("c")
    page.keyboard.type(f"Mot de {juror.full_name}")
    expect(page.get_by_text(f"{total} sur {total} critères")).to_be_visible()
    expect(page.get_by_text("Enregistré à")).to_have_count(total)
    expect(page.get_by_role("main")).not_to_contain_text("Mot de ")
    if strict:
        visitor.look("juror-ballot")
    page.get_by_role("button", name="Sceller mon bulletin").click()
    page.get_by_role("dialog").get_by_role("button", name="Sceller mon bulletin").click()
    expect(page.get_by_text("Votre bulletin est scellé").first).to_be_visible()


def decide(president: Visitor) -> None:
    page = president.page
    page.reload()
    page.get_by_role("link", name="Aller à la délibération").click()
    expect(page.get_by_text("Mot de Juré 2")).to_be_visible()
    page.get_by_label("Motivation").fill("Le jury salue la rigueur du travail.")
    president.look("jury-deliberation")
    page.get_by_role("button", name="Enregistrer la décision").click()
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("La décision est enregistrée")).to_be_visible()
    president.look("jury-decision")


def receive(candidate: Visitor, folder: Path) -> Document:
    """The candidate reads the decision and downloads the report, which says it on paper."""
    page = candidate.page
    page.get_by_role("link", name="Mes blocs").first.click()
    row = page.get_by_role("listitem").filter(has_text=BLOC)
    expect(row).to_contain_text("Épreuve validée")
    candidate.look("candidate-home-decided")
    until(Document.objects.exists, "the report")
    document = Document.objects.get()
    row.get_by_role("heading").get_by_role("link").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Télécharger le rapport")).click()
    candidate.look("candidate-work-decided")
    path = folder / "report.pdf"
    download.value.save_as(path)
    with pypdfium2.PdfDocument(path) as report:
        text = " ".join(page.get_textpage().get_text_range() for page in report)
    words = " ".join(text.split())
    for expected in ("Candidate A (démo)", "déployer un modèle", "Épreuve validée", "Acquis", document.number):
        assert expected in words, expected
    assert document.content_hash in text.replace("\r\n", "").replace(" ", "")
    assert spelled(document.code) in text
    return document


def verify(anyone: Visitor, document: Document) -> None:
    page = anyone.page
    page.goto("/verifier/")
    anyone.look("verify-form")
    page.get_by_label("Numéro du document").fill(document.number)
    page.get_by_label("Code de vérification").fill(spelled(document.code))
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("Ce document a bien été délivré")).to_be_visible()
    expect(page.get_by_text(document.content_hash)).to_be_visible()
    expect(page.get_by_text("C. A.", exact=True)).to_be_visible()
    anyone.look("verify")


def speak_english(candidate: Visitor) -> None:
    """The same pages in the other language, which is remembered from page to page."""
    page = candidate.page
    page.get_by_role("button", name="English").click()
    for url in ("/", page.url):
        page.goto(url)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("button", name="Français")).to_be_visible()
