"""An address changes by proof: nothing that a stranger types makes a mailbox theirs, or another's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session as StoredSession
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import tasks
from assessments.models import JournalEntry, LinkPurpose, MailedLink, Role, User
from assessments.services import addresses, people
from assessments.services.errors import Refused
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
NEW = "nouvelle@demo.jalon.test"


@pytest.fixture
def owner() -> User:
    return person(Role.CANDIDATE, "Camille Exemple")


def logged_in(user: User) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    client.get(reverse("web:profile"))  # its welcome is read
    return client


def prove_password(client: Client, password: str = PASSWORD) -> None:
    client.post(reverse("account_reauthenticate"), {"password": password})


def ask(client: Client, email: str = NEW) -> Any:
    prove_password(client)
    return client.post(reverse("web:address"), {"email": email}, follow=True)


def letters_to(email: str) -> list[EmailMessage]:
    return [each for each in mail.outbox if each.to == [email]]


def link_in(letter: EmailMessage) -> str:
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", str(letter.body))
    return str(link)


@pytest.mark.parametrize(
    "path",
    [
        "email/", "confirm-email/", "confirm-email/MQ:abc/", "signup/", "password/set/", "login/code/",
        "login/code/confirm/", "phone/verify/", "phone/change/", "password/reset/confirm/", "signup/passkey/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_needed_is_not_there(owner: User, path: str, method: str) -> None:
    assert getattr(logged_in(owner), method)(f"/comptes/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_there_is_no_second_door(path: str) -> None:
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"username": "x", "password": "x"}).status_code == 404
    assert not apps.is_installed("django.contrib.admin")


def test_the_takeover_step_by_step(owner: User) -> None:
    """Adding an address and making it primary gave it to whoever asked, and an existing one confused two accounts."""
    attacker = person(Role.CANDIDATE)
    thief, before = logged_in(attacker), attacker.email
    for typed in ("bientot-inscrite@demo.jalon.test", owner.email):
        thief.post("/comptes/email/", {"action_add": "", "email": typed})
        thief.post("/comptes/email/", {"action_primary": "", "email": typed})
        ask(thief, typed)
    attacker.refresh_from_db()
    assert attacker.email == before
    assert not EmailAddress.objects.exists()
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": owner.email})
    assert [letter.to for letter in mail.outbox] == [[owner.email]]


def test_the_table_of_a_second_truth_refuses_to_be_filled(owner: User) -> None:
    with pytest.raises(DatabaseError):
        EmailAddress.objects.create(user=owner, email="autre@demo.jalon.test", verified=True, primary=True)


def test_an_address_that_was_left_opens_nothing(owner: User) -> None:
    earlier = owner.email
    Client().post(reverse("account_reset_password"), {"email": earlier})
    [link] = [link_in(letter) for letter in letters_to(earlier)]
    people.edit(
        actor=person(Role.ADMINISTRATOR), person=owner, full_name=owner.full_name, email=NEW, roles=[Role.CANDIDATE]
    )
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": earlier})
    assert "Aucun compte" in mail.outbox[0].subject
    assert "Ce lien ne peut plus servir" in Client().get(link, follow=True).content.decode()
    assert authenticate(None, email=earlier, password=PASSWORD) is None
    assert authenticate(None, email=NEW, password=PASSWORD) == owner


def test_a_reset_goes_to_the_address_of_the_account_and_not_to_its_double(owner: User) -> None:
    """The Kelvin sign is a k in lower case: whoever has a mailbox written with it gets no letter of another's."""
    User.objects.filter(pk=owner.pk).update(email="kim@demo.jalon.test")
    Client().post(reverse("account_reset_password"), {"email": "\u212aim@demo.jalon.test"})
    assert [letter.to for letter in mail.outbox] == [["kim@demo.jalon.test"]]


def test_a_mailbox_is_not_filled_by_asking_again_and_the_owner_is_not_refused(owner: User) -> None:
    for rank in range(8):
        asked = {"data": {"email": owner.email}, "REMOTE_ADDR": f"192.0.2.{rank}"}
        answer = Client().post(reverse("account_reset_password"), follow=True, **asked)
        assert "Regardez votre messagerie" in answer.content.decode()
    assert len(mail.outbox) == 5


def test_a_link_is_written_with_the_operators_address_whatever_the_request_says(owner: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.JALON_BASE_URL = "https://jalon.example.org"
    Client().post(reverse("account_reset_password"), {"email": owner.email}, headers={"host": "attacker.example"})
    assert "https://jalon.example.org/comptes/password/reset/key/" in str(mail.outbox[0].body)


def test_a_new_password_is_told_to_the_owner_and_lets_in(owner: User) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": owner.email})
    page = client.get(link_in(mail.outbox[0]), follow=True)
    chosen = {"password1": "nouvelles-clefs-du-rivage", "password2": "nouvelles-clefs-du-rivage"}
    client.post(page.redirect_chain[-1][0], chosen)
    assert client.get(reverse("web:profile")).status_code == 200
    assert letters_to(owner.email)[-1].subject.endswith("Votre mot de passe a changé")


def test_the_way_to_another_address(owner: User) -> None:
    earlier, here, elsewhere = owner.email, logged_in(owner), logged_in(owner)
    assert f"Un lien part à {NEW}" in ask(here).content.decode()
    assert NEW in str(letters_to(earlier)[0].body)
    owner.refresh_from_db()
    assert owner.email == earlier
    link = link_in(letters_to(NEW)[0])
    assert NEW in here.get(link).content.decode()
    owner.refresh_from_db()
    assert owner.email == earlier
    told = here.post(link, follow=True).content.decode()
    assert f"Votre adresse est désormais {NEW}" in told
    owner.refresh_from_db()
    assert owner.email == NEW
    assert here.get(reverse("web:profile")).status_code == 200
    [listed] = UserSession.objects.filter(user=owner, session_key__in=StoredSession.objects.values("session_key"))
    assert listed.session_key == here.session.session_key
    assert elsewhere.get(reverse("web:profile")).status_code == 302
    assert "n’est plus celle de votre compte" in str(letters_to(earlier)[-1].body)
    assert NEW not in str(letters_to(earlier)[-1].body)
    verbs = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["person.address_asked", "person.address_changed"]
    assert "@" not in str(JournalEntry.objects.values_list("payload", flat=True))
    assert here.post(link).status_code == 410


def test_the_password_is_asked_for(owner: User) -> None:
    client = logged_in(owner)
    for attempt in (client.get(reverse("web:address")), client.post(reverse("web:address"), {"email": NEW})):
        assert attempt.url.startswith(reverse("account_reauthenticate"))
    prove_password(client, "un autre mot de passe")
    assert client.post(reverse("web:address"), {"email": NEW}).status_code == 302
    assert mail.outbox == []
    assert not MailedLink.objects.exists()


def test_a_taken_address_looks_the_same_to_who_asks(owner: User) -> None:
    other, client = person(Role.MENTOR), logged_in(owner)
    free = ask(client, NEW).content.decode().replace(NEW, "ADRESSE")
    taken = ask(client, other.email.upper()).content.decode().replace(other.email, "ADRESSE")
    token = re.compile(r'value="[^"]{64}"|&quot;[^&]{64}&quot;|"[A-Za-z0-9]{64}"')
    assert token.sub("", free) == token.sub("", taken.replace(other.email.upper(), "ADRESSE"))
    [letter] = letters_to(other.email)
    assert "http" not in str(letter.body)
    assert "rien n’a changé" in str(letter.body)


def test_a_link_that_went_astray_gives_no_account_away(owner: User) -> None:
    ask(logged_in(owner))
    link = link_in(letters_to(NEW)[0])
    assert Client().post(link).url.startswith(reverse("account_login"))
    stranger = logged_in(person(Role.CANDIDATE))
    assert stranger.get(link).status_code == 410
    assert stranger.post(link).status_code == 410
    owner.refresh_from_db()
    assert owner.email != NEW
    assert logged_in(owner).post(link).status_code == 302


@pytest.mark.parametrize("change", ["password", "address", "late", "replaced", "closed"])
def test_a_link_serves_the_account_as_it_was(owner: User, change: str) -> None:
    addresses.ask(actor=owner, email=NEW)
    secret = link_in(letters_to(NEW)[0]).rstrip("/").rsplit("/", 1)[-1]
    if change == "password":
        owner.set_password("nouvelles-clefs-du-rivage")
        owner.save()
    elif change == "late":
        MailedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "replaced":
        addresses.ask(actor=owner, email="encore@demo.jalon.test")
    else:
        changed = {"email": "corrigee@demo.jalon.test"} if change == "address" else {"is_active": False}
        User.objects.filter(pk=owner.pk).update(**changed)
    with pytest.raises(Refused) as refused:
        addresses.confirm(actor=owner, secret=secret)
    assert refused.value.code == ("link.expired" if change == "late" else "link.unknown")
    owner.refresh_from_db()
    assert owner.email != NEW


def test_an_address_taken_in_between_stays_with_who_has_it(owner: User) -> None:
    addresses.ask(actor=owner, email=NEW)
    secret = link_in(letters_to(NEW)[0]).rstrip("/").rsplit("/", 1)[-1]
    User.objects.create_user(NEW, full_name="Arrivée entre-temps")
    with pytest.raises(Refused) as refused:
        addresses.confirm(actor=owner, secret=secret)
    assert refused.value.code == "person.email_taken"
    assert MailedLink.objects.get().used_at is None


def test_ones_own_address_is_no_change(owner: User) -> None:
    assert "C’est déjà votre adresse." in ask(logged_in(owner), owner.email.upper()).content.decode()
    assert mail.outbox == []


def test_letters_are_few(owner: User) -> None:
    client = logged_in(owner)
    answers = [ask(client, f"cible{rank}@demo.jalon.test").status_code for rank in range(7)]
    assert answers == [200] * 5 + [429] * 2


def test_a_link_past_its_time_is_kept_for_a_while_to_say_so(owner: User) -> None:
    addresses.ask(actor=owner, email=NEW)
    for ended, left in ((timedelta(days=29), 1), (timedelta(days=31), 0)):
        MailedLink.objects.update(expires_at=timezone.now() - ended)
        tasks.purge_accesses()
        assert MailedLink.objects.count() == left


def test_only_a_digest_is_kept(owner: User) -> None:
    addresses.ask(actor=owner, email=NEW)
    secret = link_in(letters_to(NEW)[0]).rstrip("/").rsplit("/", 1)[-1]
    row = MailedLink.objects.filter(purpose=LinkPurpose.ADDRESS).values().get()
    assert secret not in str(row)
    assert len(secret) >= 43


def test_a_correction_is_told_to_both_addresses_and_ends_the_sessions(owner: User) -> None:
    earlier, open_session = owner.email, logged_in(owner)
    administrator = person(Role.ADMINISTRATOR)
    people.edit(actor=administrator, person=owner, full_name=owner.full_name, email=NEW, roles=[Role.CANDIDATE])
    assert [letter.to for letter in mail.outbox] == [[earlier], [NEW]]
    assert all("par l’administration" in str(letter.body) for letter in mail.outbox)
    assert not UserSession.objects.filter(user=owner).exists()
    assert open_session.get(reverse("web:profile")).status_code == 302
    entry = JournalEntry.objects.get(verb="person.address_changed")
    assert (entry.actor, entry.object_id) == (administrator, owner.pk)
