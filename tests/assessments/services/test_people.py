"""Accounts are opened, changed and closed by administrators, each act in the journal."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessments.models import JournalEntry, Role, User
from assessments.services import people, tokens
from assessments.services.errors import Denied, Refused
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return person(Role.ADMINISTRATOR)


def test_an_invitation_opens_an_account_and_says_how_to_choose_a_password(administrator: User) -> None:
    invited = people.invite(
        actor=administrator,
        email=" Neuf@Demo.Jalon.test ",
        full_name="  Personne   Neuve ",
        roles=[Role.JUROR, Role.MENTOR],
    )
    assert (invited.email, invited.full_name) == ("neuf@demo.jalon.test", "Personne Neuve")
    assert invited.roles == ["mentor", "juror"]
    assert not invited.has_usable_password()
    (letter,) = mail.outbox
    assert letter.to == ["neuf@demo.jalon.test"]
    assert "/comptes/invitation/" in letter.body
    entry = JournalEntry.objects.get(verb="person.invited")
    assert (entry.actor, entry.object_id) == (administrator, invited.pk)
    assert "neuf@demo.jalon.test" not in str(entry.payload)


def test_an_address_serves_once_whatever_its_case(administrator: User) -> None:
    known = person(Role.CANDIDATE)
    with pytest.raises(Refused) as refused:
        people.invite(actor=administrator, email=known.email.upper(), full_name="X", roles=[])
    assert refused.value.code == "person.email_taken"
    assert known.email in str(refused.value)


def test_a_name_is_needed(administrator: User) -> None:
    with pytest.raises(Refused) as refused:
        people.invite(actor=administrator, email="neuf@demo.jalon.test", full_name="  ", roles=[])
    assert refused.value.code == "person.name"


def test_roles_change_and_an_account_closes(administrator: User) -> None:
    known = person(Role.CANDIDATE)
    edited = people.edit(
        actor=administrator, person=known, full_name="Autre", email=known.email, roles=[Role.MENTOR], active=False
    )
    known.refresh_from_db()
    assert (known.full_name, known.roles, known.is_active) == ("Autre", ["mentor"], False)
    assert not edited.has_role(Role.MENTOR)
    entry = JournalEntry.objects.get(verb="person.edited")
    assert entry.payload["before"] == {"roles": ["candidate"], "active": True}
    assert entry.payload["after"] == {"roles": ["mentor"], "active": False}


@pytest.mark.parametrize(("roles", "active"), [([], True), ([Role.ADMINISTRATOR], False)])
def test_administrators_do_not_lock_themselves_out(administrator: User, roles: list[Role], active: bool) -> None:
    with pytest.raises(Refused) as refused:
        people.edit(
            actor=administrator,
            person=administrator,
            full_name="X",
            email="x@demo.jalon.test",
            roles=roles,
            active=active,
        )
    assert refused.value.code == "person.self"


@pytest.mark.parametrize(("active", "password", "code"), [(False, None, "closed"), (True, "x", "arrived")])
def test_only_who_has_not_come_is_invited_again(
    administrator: User, active: bool, password: str | None, code: str
) -> None:
    known = User.objects.create_user("neuf@demo.jalon.test", password, full_name="X", is_active=active)
    with pytest.raises(Refused) as refused:
        people.invite_again(actor=administrator, person=known)
    assert refused.value.code == f"person.{code}"
    assert mail.outbox == []


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.MENTOR, Role.JUROR])
def test_others_may_not(role: Role) -> None:
    actor, known = person(role), person(Role.CANDIDATE)
    with pytest.raises(Denied):
        people.invite(actor=actor, email="neuf@demo.jalon.test", full_name="X", roles=[Role.ADMINISTRATOR])
    with pytest.raises(Denied):
        people.edit(actor=actor, person=known, full_name="X", email=known.email, roles=[])
    with pytest.raises(Denied):
        people.grant(actor=actor, person=actor, role=Role.ADMINISTRATOR)
    with pytest.raises(Denied):
        people.invite_again(actor=actor, person=known)


def test_an_address_has_one_case(administrator: User) -> None:
    known = people.invite(actor=administrator, email=" Neuf@Demo.jalon.test", full_name="X", roles=[])
    assert User.objects.get_by_natural_key("NEUF@demo.jalon.test ") == known
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=known.pk).update(email="Neuf@demo.jalon.test")


def test_a_new_password_and_the_end_of_the_tokens_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password was changed first, and the tokens that a thief had made were revoked after: or never."""

    def broken(**_: Any) -> None:
        raise RuntimeError

    known = person(Role.CANDIDATE)
    tokens.create(actor=known, name="Outil")
    with monkeypatch.context() as patch:
        patch.setattr("assessments.services.people.tokens.revoke_all", broken)
        with pytest.raises(RuntimeError):
            get_adapter().set_password(known, "nouvelles-clefs-du-rivage")
    known.refresh_from_db()
    assert known.check_password(PASSWORD)
    get_adapter().set_password(known, "nouvelles-clefs-du-rivage")
    assert not known.api_tokens.exists()


def test_a_password_changed_from_the_machine_ends_what_the_earlier_one_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    known, chosen = person(Role.CANDIDATE), "nouvelles-clefs-du-rivage"
    tokens.create(actor=known, name="Outil")
    client = Client()
    client.post(reverse("account_login"), {"login": known.email, "password": PASSWORD})
    monkeypatch.setattr("getpass.getpass", lambda **_: chosen)
    call_command("changepassword", known.email.upper(), stdout=StringIO())
    known.refresh_from_db()
    assert known.check_password(chosen)
    assert not known.api_tokens.exists()
    assert not UserSession.objects.filter(user=known).exists()
    assert not StoredSession.objects.filter(session_key=client.session.session_key).exists()


def test_a_role_is_granted_once(administrator: User) -> None:
    known = person(Role.JUROR)
    for _ in range(2):
        people.grant(actor=administrator, person=known, role=Role.CANDIDATE)
    known.refresh_from_db()
    assert known.roles == ["candidate", "juror"]
    assert JournalEntry.objects.filter(verb="person.granted").count() == 1
