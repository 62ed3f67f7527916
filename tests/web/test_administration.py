"""The administrator's screens at work: what is listed, found, entered, refused; the same queries at any size."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.domain.leases import WORKER_LOST
from assessments.models import (
    Enrolment,
    EvaluationRun,
    JournalEntry,
    OutgoingMail,
    Role,
    Session,
    Sitting,
    Slot,
    Upload,
    User,
    Work,
)
from assessments.models.works import UploadState
from assessments.services import decisions, mails
from certification import vitals
from certification.referentials.models import Referential
from certification.vitals import Vitals
from tests import factories
from tests.factories import World, person

MOST_QUERIES = 15


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture
def desk(world: World) -> Client:
    client = Client()
    client.force_login(world.administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(desk: Client, name: str, *args: Any, **query: str) -> str:
    """The page; addresses without the places where they may be cut."""
    response = desk.get(reverse(f"web:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode().replace("<wbr>", "")


def crowd(world: World, number: int = 130) -> None:
    """Many candidates, their works, and runs in every state."""
    people = User.objects.bulk_create(
        User(email=f"foule{rank}@demo.jalon.test", full_name=f"Foule {rank:03}", roles=["candidate"])
        for rank in range(number)
    )
    rows = Enrolment.objects.bulk_create(
        Enrolment(session=world.session, candidate=each, mentor=None if rank % 2 else world.mentor)
        for rank, each in enumerate(people)
    )
    Work.objects.bulk_create(Work(enrolment=row, assessment=world.edition.assessment, state="admitted") for row in rows)


def test_the_queries_do_not_grow_with_the_rows(
    world: World, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    slot = factories.scheduled(world)
    crowd(world)
    for _ in range(12):
        factories.evaluated(factories.world())
    pages: list[tuple[str, list[int]]] = [
        ("admin_sessions", []),
        ("admin_session", [world.session.pk]),
        ("admin_session_works", [world.session.pk]),
        ("admin_session_juries", [world.session.pk]),
        ("admin_enrol", [world.session.pk]),
        ("admin_enrolment_edit", [world.enrolment.pk]),
        ("admin_sitting_new", [world.session.pk]),
        ("admin_slot_new", [slot.sitting_id]),
        ("admin_people", []),
        ("admin_runs", []),
        ("admin_run", [slot.submission.runs.get().pk]),
        ("admin_referentials", []),
        ("admin_journal", []),
    ]
    for name, args in pages:
        with django_assert_max_num_queries(MOST_QUERIES):
            assert desk.get(reverse(f"web:{name}", args=args)).status_code == 200, name
    with django_assert_max_num_queries(MOST_QUERIES):
        b"".join(desk.get(reverse("web:admin_enrolments_csv", args=[world.session.pk])).streaming_content)


def test_a_referential_is_read_in_a_fixed_number_of_queries(
    world: World, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):  # the whole draft in one, and those of any page
        page = read(desk, "admin_referential", world.edition.referential.pk)
    assert "Représenter des données" in page
    assert "Deux graphiques." in page
    assert "chart.boxplot" in page
    assert "apprécié par les personnes seules" in page
    assert "2" in read(desk, "admin_referentials")


def test_sessions_are_searched_filtered_and_sorted(world: World, desk: Client) -> None:
    today = timezone.localdate()
    Session.objects.create(
        referential=world.edition.referential, name="Ancienne", starts_on=today - timedelta(days=90),
        ends_on=today - timedelta(days=30), deposit_deadline=timezone.now() - timedelta(days=40),
    )  # fmt: skip
    assert "Ancienne" in read(desk, "admin_sessions", when="past")
    assert "Ancienne" not in read(desk, "admin_sessions", when="current")
    assert "Ancienne" not in read(desk, "admin_sessions", q=world.session.name)
    by_name = read(desk, "admin_sessions", sort="name")
    assert by_name.index("Ancienne") < by_name.index(world.session.name)
    assert "Ancienne" in read(desk, "admin_sessions", sort="pk); drop table", page="999")


def test_enrolments_are_paged_searched_and_show_every_bloc(world: World, desk: Client) -> None:
    crowd(world)
    first = read(desk, "admin_session", world.session.pk)
    assert "1 à 50 sur 131" in first
    assert "65 candidats n’ont pas encore de mentor" in first
    assert "Explorer des données : Admis à soutenir" in read(desk, "admin_session", world.session.pk, q="Foule 007")
    elsewhere = read(desk, "admin_session", world.session.pk, q="Foule 007", mentor=str(world.mentor.pk))
    assert "Aucun candidat" in elsewhere
    assert world.candidate.full_name not in read(desk, "admin_session", world.session.pk, mentor="none")
    works = read(desk, "admin_session_works", world.session.pk, state="draft")
    assert world.candidate.full_name in works
    assert "Foule 001" not in works


def test_a_session_is_opened_and_changed(world: World, desk: Client) -> None:
    Referential.objects.filter(pk=world.edition.referential.pk).update(
        status="published", published_at=timezone.now(), content_hash="0" * 64
    )
    typed = {
        "referential": world.edition.referential.pk, "name": "Automne", "starts_on": "2026-09-01",
        "ends_on": "2026-12-18", "deposit_deadline": "2026-11-30T18:00",
        "max_attempts": "2", "appeal_days": "60",
    }  # fmt: skip
    response = desk.post(reverse("web:admin_session_new"), typed)
    session = Session.objects.get(name="Automne")
    assert response.url == reverse("web:admin_session", args=[session.pk])
    assert timezone.localtime(session.deposit_deadline).hour == 18
    wrong = desk.post(reverse("web:admin_session_edit", args=[session.pk]), typed | {"ends_on": "2026-01-01"})
    assert "La session ne peut pas finir avant d’avoir commencé." in wrong.content.decode()
    assert 'value="2026-01-01"' in wrong.content.decode()
    desk.post(reverse("web:admin_session_edit", args=[session.pk]), typed | {"name": "Hiver"})
    assert Session.objects.get(pk=session.pk).name == "Hiver"


def test_drafts_cannot_be_chosen(world: World, desk: Client) -> None:
    assert f'<option value="{world.edition.referential.pk}"' not in read(desk, "admin_session_new")


@pytest.mark.parametrize(
    "line",
    [
        "neuf@demo.jalon.test ; Personne Neuve",
        "Personne Neuve <neuf@demo.jalon.test>",
        "Personne Neuve\tneuf@demo.jalon.test",
        '"Personne Neuve" <NEUF@demo.jalon.test>',
        "Personne Neuve;neuf@demo.jalon.test",
    ],
)
def test_people_are_enrolled_from_what_is_pasted(world: World, desk: Client, line: str) -> None:
    typed = {"people": f"{line}\r\n\r\n{world.candidate.email}", "mentor": world.mentor.pk, "access_path": "CA"}
    response = desk.post(reverse("web:admin_enrol", args=[world.session.pk]), typed, follow=True)
    enrolment = Enrolment.objects.get(candidate__email="neuf@demo.jalon.test")
    assert (enrolment.candidate.full_name, enrolment.access_path) == ("Personne Neuve", "CA")
    assert "1 candidat inscrit, 1 compte ouvert, 1 l’était déjà." in response.content.decode()


def test_what_cannot_be_read_is_named_and_nothing_is_done(world: World, desk: Client) -> None:
    pasted = "<script>alert(1)</script>\ninconnu@demo.jalon.test"
    typed = {"people": pasted, "access_path": "FC"}
    page = desk.post(reverse("web:admin_enrol", args=[world.session.pk]), typed).content.decode()
    assert "Adresse illisible : « &lt;script&gt;alert(1)&lt;/script&gt; »." in page
    typed["people"] = "inconnu@demo.jalon.test"
    page = desk.post(reverse("web:admin_enrol", args=[world.session.pk]), typed).content.decode()
    assert "Pas de compte pour inconnu@demo.jalon.test : ajoutez son nom." in page
    assert Enrolment.objects.count() == 1


def test_names_that_differ_are_shown_line_by_line_and_confirmed(world: World, desk: Client) -> None:
    thief = person(Role.MENTOR, "Voleuse <b>Exemple")
    typed = {"people": f"\n{thief.email} ; Camille Dupont\nneuf@demo.jalon.test ; Personne Neuve", "access_path": "FC"}
    address = reverse("web:admin_enrol", args=[world.session.pk])
    page = desk.post(address, typed).content.decode()
    for said in (
        '<th scope="row">2</th>',
        thief.email,
        "Camille Dupont",
        "Voleuse &lt;b&gt;Exemple",
        "personne n’a été inscrit",
    ):
        assert said in page
    assert Enrolment.objects.count() == 1
    seen = page.split('name="names_seen" value="')[1].split('"')[0]
    assert "2 candidats inscrits" in desk.post(address, typed | {"names_seen": seen}, follow=True).content.decode()


def test_an_empty_list_is_no_list(world: World, desk: Client) -> None:
    typed = {"people": " \n\n", "access_path": "FC"}
    page = desk.post(reverse("web:admin_enrol", args=[world.session.pk]), typed).content.decode()
    assert "error-summary" in page


def test_an_enrolment_changes_hands(world: World, desk: Client) -> None:
    other = person(Role.MENTOR)
    typed = {"mentor": other.pk, "access_path": "VAE"}
    desk.post(reverse("web:admin_enrolment_edit", args=[world.enrolment.pk]), typed)
    world.enrolment.refresh_from_db()
    assert (world.enrolment.mentor, world.enrolment.access_path) == (other, "VAE")


def test_the_export_opens_in_a_spreadsheet_and_runs_nothing(world: World, desk: Client) -> None:
    User.objects.filter(pk=world.candidate.pk).update(full_name='=cmd|" /C calc"!A0')
    User.objects.filter(pk=world.mentor.pk).update(full_name="@SUM(1;2)\nx")
    response = desk.get(reverse("web:admin_enrolments_csv", args=[world.session.pk]))
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    head, line = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert head[-1] == "BLOC 1 – Explorer des données"
    assert line == ['\'=cmd|" /C calc"!A0', world.candidate.email, "'@SUM(1;2)\nx", "FC", "Brouillon"]


def test_a_jury_is_composed_and_an_admitted_work_scheduled(world: World, desk: Client) -> None:
    factories.admitted(world)
    keys = [juror.pk for juror in world.jurors]
    tomorrow = f"{timezone.localdate() + timedelta(days=1)}"
    typed = {
        "name": "Jury A", "starts_at": f"{tomorrow}T09:00", "place": "Salle 2", "jurors": keys,
        "president": world.mentor.pk, "quorum": 2, "kind": "evaluation",
    }  # fmt: skip
    address = reverse("web:admin_sitting_new", args=[world.session.pk])
    assert "error-summary" in desk.post(address, typed).content.decode()
    refused = desk.post(address, typed | {"president": keys[0], "quorum": 9}).content.decode()
    assert "Le quorum (9) dépasse le nombre de jurés (3)." in refused
    desk.post(address, typed | {"president": keys[0]})
    sitting = Sitting.objects.get()
    slot_address = reverse("web:admin_slot_new", args=[sitting.pk])
    slot = {"work": world.work.pk, "starts_at": f"{tomorrow}T09:00", "minutes": 45}
    assert desk.post(slot_address, slot).status_code == 302
    assert Slot.objects.get().work == world.work
    page = desk.get(slot_address).content.decode()
    assert f'value="{tomorrow}T09:45"' in page
    assert "Salle 2" in read(desk, "admin_session_juries", world.session.pk)


def test_people_are_found_invited_and_changed(world: World, desk: Client) -> None:
    assert world.mentor.full_name not in read(desk, "admin_people", role="juror")
    assert world.mentor.email in read(desk, "admin_people", q=world.mentor.email.upper())
    typed = {"full_name": "Personne Neuve", "email": "neuf@demo.jalon.test", "roles": ["mentor", "juror"]}
    desk.post(reverse("web:admin_person_new"), typed)
    made = User.objects.get(email="neuf@demo.jalon.test")
    assert made.roles == ["mentor", "juror"]
    twice = desk.post(reverse("web:admin_person_new"), typed).content.decode()
    assert "Un compte existe déjà pour l’adresse neuf@demo.jalon.test." in twice
    desk.post(reverse("web:admin_person_edit", args=[made.pk]), typed | {"roles": ["juror"]})
    made.refresh_from_db()
    assert (made.roles, made.is_active) == (["juror"], False)
    assert made.full_name in read(desk, "admin_people", active="no")


def test_who_has_not_come_yet_is_found_and_invited_again(world: World, desk: Client) -> None:
    typed = {"full_name": "Personne Neuve", "email": "neuf@demo.jalon.test", "roles": ["mentor"]}
    desk.post(reverse("web:admin_person_new"), typed)
    made = User.objects.get(email="neuf@demo.jalon.test")
    waiting = read(desk, "admin_people", active="awaited")
    assert made.email in waiting
    assert world.mentor.email not in waiting
    assert "Invitation envoyée" in read(desk, "admin_person_edit", made.pk)
    again = reverse("web:admin_person_invite", args=[made.pk])
    assert "Une nouvelle invitation part" in desk.post(again, follow=True).content.decode()
    assert [letter.to for letter in mail.outbox] == [[made.email]] * 2
    assert "Invitation envoyée" not in read(desk, "admin_person_edit", world.mentor.pk)
    arrived = reverse("web:admin_person_invite", args=[world.mentor.pk])
    assert "a déjà choisi son mot de passe" in desk.post(arrived, follow=True).content.decode()
    assert len(mail.outbox) == 2


def test_runs_say_what_happened_in_words_and_are_run_again(world: World, desk: Client) -> None:
    submission = factories.submitted(world)
    run = submission.runs.get()
    now = timezone.now()
    EvaluationRun.objects.filter(pk=run.pk).update(
        status="running", attempts=2, lease_token=uuid.uuid4(), lease_expires_at=now - timedelta(seconds=5),
        heartbeat_at=now - timedelta(seconds=65), started_at=now - timedelta(seconds=80),
    )  # fmt: skip
    page = read(desk, "admin_runs", status="running")
    assert "0 / 3" in page
    assert "Plus de nouvelles du worker" in page
    assert 'hx-trigger="every 3s"' in page
    assert "bail expiré" in read(desk, "admin_run", run.pk)
    again = reverse("web:admin_run_again", args=[run.pk])
    assert "déjà en cours" in desk.post(again, follow=True).content.decode()
    EvaluationRun.objects.filter(pk=run.pk).update(
        status="dead", fault_code="sandbox.unavailable", fault_params={"reason": "<b>"}, finished_at=now
    )
    page = read(desk, "admin_run", run.pk)
    assert "Incident de notre côté" in page
    assert "&lt;b&gt;" in page
    assert "<code>sandbox.unavailable</code>" in page
    desk.post(again)
    assert submission.runs.filter(status="queued").count() == 1
    assert world.candidate.full_name not in read(desk, "admin_runs", q="personne de ce nom")


def test_results_stand_beside_what_was_asked(world: World, desk: Client) -> None:
    submission = factories.evaluated(world, chart__pie="not_met")
    page = read(desk, "admin_run", submission.runs.get().pk)
    assert "Non satisfait" in page
    assert "3 résultats de cette évaluation, 3 demandés" in page


@pytest.mark.parametrize(
    ("level", "words"),
    [("full", "Isolement complet"), ("degraded", "Isolement dégradé"), ("none", "Pas d’isolement"), (None, "inconnu")],
)
def test_the_isolation_in_force_is_the_one_a_worker_recorded(
    world: World, desk: Client, level: str | None, words: str
) -> None:
    vitals.forget()
    if level:
        Vitals("opener", ["untrusted"], level).tell()
    page = read(desk, "admin_runs")
    assert words in page
    assert ("Aucun worker ne répond" in page) == (level is None)
    assert ("Aucun worker ne sert : default, reports, probes" in page) == (level is not None)
    vitals.forget()


@pytest.mark.parametrize(("start", "words"), [("warm", "interpréteur déjà chaud"), ("cold", "partent à froid")])
def test_how_jobs_start_is_shown(world: World, desk: Client, start: str, words: str) -> None:
    Vitals("opener", ["untrusted"], "full", start).tell()
    assert words in read(desk, "admin_runs")
    vitals.forget()


def test_uploads_that_are_stuck_are_shown_and_started_again(world: World, desk: Client) -> None:
    upload = Upload.objects.create(
        work=world.work, file_name="coincé.zip", size=9, offset=9, state=UploadState.STUCK,
        fault_code="engine.storage", fault_params={"kind": "OSError"},
    )  # fmt: skip
    page = read(desk, "admin_runs")
    assert "coincé.zip" in page
    assert "ses propres fichiers (OSError)" in page
    again = reverse("web:admin_upload_again", args=[upload.pk])
    assert "est relancé" in desk.post(again, follow=True).content.decode()
    assert "coincé.zip" not in read(desk, "admin_runs")
    assert "pas bloqué" in desk.post(again, follow=True).content.decode()


def test_documents_that_were_given_up_are_shown_and_printed_again(world: World, desk: Client) -> None:
    decision = decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    assert "Documents que nous" not in read(desk, "admin_runs")
    decision.print_orders.update(state="dead", due_at=None, fault_code=WORKER_LOST)
    assert "par un arrêt de nos machines" in read(desk, "admin_runs")
    again = reverse("web:admin_document_again", args=[decision.print_orders.get().pk])
    assert "est relancée" in desk.post(again, follow=True).content.decode()
    assert decision.print_orders.get().state == "waiting"


def test_mails_that_do_not_leave_are_told_and_never_quoted(world: World, desk: Client) -> None:
    row = mails.keep(EmailMessage("Votre accès", "Ouvrez https://secret.test/", None, ["a@demo.jalon.test"]))
    assert "Des courriels ne partent pas" not in read(desk, "admin_runs")
    fault = {"fault_code": "mail.unreachable", "fault_params": {"kind": "TimeoutError"}}
    OutgoingMail.objects.filter(pk=row.pk).update(attempts=2, **fault)
    page = read(desk, "admin_runs")
    assert "Le serveur d’envoi ne répond pas, ou pas comme il faut (TimeoutError)." in page
    assert "secret.test" not in page
    assert "Relancer les courriels" not in page
    OutgoingMail.objects.update(state="dead", due_at=None)
    assert "1 abandonné" in read(desk, "admin_runs")
    assert "1 courriel est relancé" in desk.post(reverse("web:admin_mails_again"), follow=True).content.decode()
    assert OutgoingMail.objects.get().state == "waiting"


def test_the_journal_is_read_and_its_chain_verified(world: World, desk: Client) -> None:
    factories.scheduled(world)
    assert "slot.scheduled" in read(desk, "admin_journal", about="slot")
    assert "work.submit" not in read(desk, "admin_journal", about="slot")
    assert "sitting.composed" in read(desk, "admin_journal", q="composed")
    verify = reverse("web:admin_journal_verify")
    assert "est intacte" in desk.post(verify, follow=True).content.decode()
    last = JournalEntry.objects.latest("number")
    JournalEntry(
        number=last.number + 1, at=timezone.now(), verb="forged", object_type="work", object_id=1,
        previous_hash=last.hash, hash="f" * 64,
    ).save(force_insert=True)  # fmt: skip
    told = desk.post(verify, follow=True).content.decode()
    assert f"La chaîne est rompue à la ligne n° {last.number + 1}." in told
