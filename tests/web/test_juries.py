"""The screens of juries: composing under the rule, changing who sits, habilitations, declarations, presence."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.models import (
    CompositionRule,
    Declaration,
    EarlyOpening,
    Habilitation,
    JuryProfile,
    Leave,
    Role,
    Slot,
    User,
)
from assessments.services import sittings
from tests import factories
from tests.factories import World, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(world: World) -> Client:
    return as_(world.administrator)


def url(name: str, *args: Any) -> str:
    return reverse(f"web:{name}", args=args)


def read(client: Client, name: str, *args: Any) -> str:
    response = client.get(url(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def told(client: Client, page: str, /, *args: Any, **data: Any) -> str:
    """What the page says once an act is done or refused."""
    return client.post(url(page, *args), data, follow=True).content.decode()


def test_the_rule_is_told_while_the_jury_is_composed(world: World, desk: Client) -> None:
    typed: dict[str, Any] = {"starts_at": "2026-12-01T09:00", "quorum": 2, "name": ""}
    check = url("admin_sitting_check", world.session.pk)
    assert "au fur et à mesure" in desk.post(check, typed).content.decode()
    typed |= {"jurors": [world.president.pk], "president": world.president.pk}
    one = desk.post(check, typed).content.decode()
    assert "jamais une personne seule" in one
    assert "vademecum RNCP" in one
    typed["jurors"] = [juror.pk for juror in world.jurors]
    assert "suit la règle" in desk.post(check, typed).content.decode()
    Habilitation.objects.update(external=False)
    world.enrolment.mentor = world.jurors[2]
    world.enrolment.save()
    warned = desk.post(check, typed).content.decode()
    assert "50 % au moins des membres doivent être extérieurs" in warned
    assert f"{world.jurors[2]} ne peut pas juger {world.candidate}" in warned


def test_a_warning_is_passed_with_a_reason_on_the_form(world: World, desk: Client) -> None:
    Habilitation.objects.update(external=False)
    typed = {
        "name": "Jury A", "starts_at": "2026-12-01T09:00", "jurors": [juror.pk for juror in world.jurors],
        "president": world.president.pk, "quorum": 2, "kind": "certification",
    }  # fmt: skip
    assert "À justifier" in told(desk, "admin_sitting_new", world.session.pk, **typed)
    done = told(desk, "admin_sitting_new", world.session.pk, **typed, reason="Extérieurs malades.")
    assert "Le jury de certification est composé." in done
    assert "À justifier" in done
    assert "Programmer un passage" not in done


def test_members_are_replaced_and_the_presidency_passes_on_the_sittings_page(world: World, desk: Client) -> None:
    sitting = factories.scheduled(world).sitting
    new = person(Role.JUROR)
    page = read(desk, "admin_sitting", sitting.pk)
    assert page.count("Signée") == 3
    key = sitting.pk
    assert "rejoint le jury" in told(desk, "admin_sitting_join", key, **{"join-user": new.pk})
    assert "sans habilitation ce jour-là" in read(desk, "admin_sitting", key)
    first, second = (sitting.jurors.get(user=each) for each in world.jurors[:2])
    out = {"leave-juror": first.pk, "leave-reason": "Malade."}
    assert "Désignez d’abord qui présidera" in told(desk, "admin_sitting_leave", key, **out)
    named = {"preside-juror": second.pk, "preside-reason": "Relais."}
    assert "La présidence est changée." in told(desk, "admin_sitting_preside", key, **named)
    assert "Quelqu’un vient de désigner" in told(desk, "admin_sitting_preside", key, **named)
    assert "a quitté le jury." in told(desk, "admin_sitting_leave", key, **out)
    listed = read(desk, "admin_session_juries", world.session.pk)
    assert f"<strong>{world.jurors[1]}</strong>" in listed
    assert str(world.jurors[0]) not in listed


def test_a_sitting_is_edited_then_cancelled(world: World, desk: Client) -> None:
    sitting = factories.scheduled(world).sitting
    typed = {"name": "Jury B", "starts_at": "2026-12-02T09:00", "place": "Salle 9", "quorum": 3}
    assert "La séance est modifiée." in told(desk, "admin_sitting_edit", sitting.pk, **typed)
    assert "Salle 9" in read(desk, "admin_sitting", sitting.pk)
    assert "est annulée" in told(desk, "admin_sitting_cancel", sitting.pk, **{"cancel-reason": "Grève."})
    assert "Annulée" in read(desk, "admin_session_juries", world.session.pk)


def test_habilitations_are_given_found_and_ended(world: World, desk: Client) -> None:
    new = person(Role.JUROR, "Claude Exemple")
    typed = {
        "user": new.pk, "certification": world.session.referential.certification_id, "qualified": "on",
        "valid_from": "2026-01-01", "reference": "Décision 12",
    }  # fmt: skip
    assert "Claude Exemple" in told(desk, "admin_habilitation_new", **typed)
    assert "Mettez d’abord fin" in told(desk, "admin_habilitation_new", **typed)
    made = Habilitation.objects.get(user=new)
    ended = told(desk, "admin_habilitation_end", made.pk, valid_until="2025-12-31")
    assert "ne peut pas finir avant" in ended
    told(desk, "admin_habilitation_end", made.pk, valid_until="2026-02-01")
    assert "Décision 12" in desk.get(url("admin_habilitations"), {"holds": "ended"}).content.decode()
    assert "Décision 12" not in desk.get(url("admin_habilitations"), {"holds": "now"}).content.decode()


def test_an_employer_is_kept_once_however_it_is_typed(world: World, desk: Client) -> None:
    for each, name in ((world.candidate, "Société Exemple"), (world.mentor, "SOCIÉTÉ  exemple")):
        told(desk, "admin_person_profile", each.pk, employer=name, sex="F")
    assert len({profile.employer_id for profile in JuryProfile.objects.exclude(employer=None)}) == 1
    assert "Société Exemple" in read(desk, "admin_person_profile", world.mentor.pk)


def test_a_rule_of_the_fiche_is_written_on_its_page(world: World, desk: Client) -> None:
    assert "vademecum RNCP" in read(desk, "admin_rules", world.session.pk)
    typed = {
        "access_paths": ["FC"], "source": "Fiche RNCP, jury FC", "valid_from": timezone.localdate().isoformat(),
        "minimum": 3, "quorum": 2, "qualified": 1, "external_share": 50,
    }  # fmt: skip
    assert "ne dépassent pas" in told(desk, "admin_rules", world.session.pk, **typed | {"qualified": 4})
    assert "Fiche RNCP, jury FC" in told(desk, "admin_rules", world.session.pk, **typed)
    assert CompositionRule.objects.get(session=world.session).version == 1


def test_a_juror_signs_before_the_first_ballot(world: World) -> None:
    slot = factories.scheduled(world)
    sitting = slot.sitting
    new = sittings.join(actor=world.administrator, sitting=sitting, user=person(Role.JUROR))
    client = as_(new.user)
    asked = client.post(url("ballot_open", slot.pk), follow=True).content.decode()
    assert "article D6412-6" in asked
    assert str(world.candidate) in asked
    signed = told(client, "declaration", sitting.pk, link=str(world.candidate.pk))
    assert "Votre déclaration est signée." in signed
    assert Declaration.objects.get(juror=new).links.get().candidate == world.candidate
    assert "vous récuse pour ce passage" in read(client, "ballot", slot.pk)


def test_the_president_keeps_the_seats_of_a_passage(world: World) -> None:
    slot = factories.scheduled(world)
    client = as_(world.president)
    third = slot.sitting.jurors.get(user=world.jurors[2])
    page = told(client, "seat", slot.pk, third.pk, act="absent", reason="Train en retard.")
    assert "Train en retard." in page
    assert "2 membres présents" in page
    assert Leave.objects.get().kind == "absent"
    assert "3 membres présents" in told(client, "seat", slot.pk, third.pk, act="returned")
    assert "Dites pourquoi ce membre est récusé." in told(client, "seat", slot.pk, third.pk, act="recuse")
    assert "Choisissez ce qui change" in told(client, "seat", slot.pk, third.pk, act="other")
    told(client, "open_early", slot.pk, reason="Candidat en avance.")
    assert EarlyOpening.objects.get(slot=slot).reason == "Candidat en avance."


def test_dialogs_of_presence_name_whom_and_what(world: World) -> None:
    slot = factories.scheduled(world)
    Slot.objects.filter(pk=slot.pk).update(starts_at=timezone.now() + timedelta(hours=1))
    shown = unescape(read(as_(world.president), "seats", slot.pk))
    third = slot.sitting.jurors.get(user=world.jurors[2])
    assert f'data-confirm="recuse-{third.pk}"' in shown
    assert 'data-confirm="open-early"' in shown
    for dialog, words in (
        (f'id="recuse-{third.pk}"', f"Récuser {third} pour {world.candidate}"),
        ('id="open-early"', f"Commencer le passage de {world.candidate}"),
    ):
        asked = shown[shown.index(dialog) : shown.index("</dialog>", shown.index(dialog))]
        assert words in asked
        assert world.edition.assessment.title in asked


def test_signing_is_asked_again_under_the_jurors_name(world: World) -> None:
    slot = factories.scheduled(world)
    shown = unescape(read(as_(world.president), "declaration", slot.sitting_id))
    assert 'data-confirm="sign-declaration"' in shown
    asked = shown[shown.index('id="sign-declaration"') :]
    assert f"Signer la déclaration de {world.president}" in asked
    assert "data-dialog-ticked" in asked


def test_a_passage_that_nobody_presides_says_so_and_is_given_a_president(world: World, desk: Client) -> None:
    slot = factories.scheduled(world)
    first, second = (slot.sitting.jurors.get(user=each) for each in world.jurors[:2])
    told(desk, "seat", slot.pk, first.pk, act="recuse", reason="Voisine du candidat.")
    assert "Personne ne préside ce passage" in read(desk, "seats", slot.pk)
    assert "Sans président" in read(desk, "admin_sitting", slot.sitting_id)
    told(desk, "seat", slot.pk, second.pk, act="preside", reason="Relais.")
    assert "Sans président" not in read(desk, "admin_sitting", slot.sitting_id)


def test_a_sittings_page_asks_the_same_of_the_database_however_long(
    world: World, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sitting = factories.scheduled(world).sitting
    for _ in range(5):
        sittings.join(actor=world.administrator, sitting=sitting, user=person(Role.JUROR))
    with django_assert_max_num_queries(17):
        read(desk, "admin_sitting", sitting.pk)
