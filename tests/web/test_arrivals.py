"""Coming in by a letter: an invitation that expires, serves once, and can be sent again; a sign-up with a proof."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import JournalEntry, MailedLink, Role, User
from assessments.services import people
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
EMAIL = "neuf@demo.jalon.test"
CHOSEN = "nouvelles-clefs-du-rivage"
TYPED = {"password": CHOSEN, "again": CHOSEN}


@pytest.fixture
def administrator() -> User:
    return person(Role.ADMINISTRATOR, "Agnès Administratrice")


@pytest.fixture
def invited(administrator: User) -> User:
    return people.invite(actor=administrator, email=EMAIL, full_name="Personne Neuve", roles=[Role.CANDIDATE])


def last_link() -> str:
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    return str(link)


def comes_in(client: Client) -> bool:
    return client.get(reverse("web:profile")).status_code == 200


def test_one_click_from_the_letter(invited: User) -> None:
    client = Client()
    page = client.get(last_link()).content.decode()
    assert "Personne Neuve" in page
    assert EMAIL in page
    answer = client.post(last_link(), TYPED)
    assert (answer.status_code, answer.url) == (302, "/")
    assert comes_in(client)
    assert client.cookies["known-browser"]
    entry = JournalEntry.objects.get(verb="person.arrived")
    assert (entry.actor, entry.object_id) == (invited, invited.pk)
    elsewhere = Client()
    assert elsewhere.post(reverse("account_login"), {"login": EMAIL, "password": CHOSEN}).status_code == 302


def test_reading_spends_nothing_and_following_spends_all(invited: User) -> None:
    link = last_link()
    for _ in range(3):
        assert Client().get(link).status_code == 200
    Client().post(link, TYPED)
    for attempt in (Client().get(link), Client().post(link, TYPED | {"password": "x", "again": "x"})):
        assert attempt.status_code == 410
        assert "Ce lien a déjà servi." in attempt.content.decode()
    invited.refresh_from_db()
    assert invited.check_password(CHOSEN)


def test_an_expired_invitation_says_whom_to_ask(invited: User) -> None:
    MailedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = Client().post(last_link(), TYPED)
    assert answer.status_code == 410
    assert "Demandez une nouvelle invitation à Agnès Administratrice" in answer.content.decode()
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_it_lasts_as_long_as_the_operator_says(administrator: User, settings: Any) -> None:
    settings.INVITATION_DAYS = 3
    people.invite(actor=administrator, email=EMAIL, full_name="Personne Neuve", roles=[])
    left = MailedLink.objects.get().expires_at - timezone.now()
    assert timedelta(days=2, hours=23) < left < timedelta(days=3)
    assert "pendant 3 jours" in str(mail.outbox[-1].body)


def test_another_invitation_replaces_the_first(administrator: User, invited: User) -> None:
    first = last_link()
    people.invite_again(actor=administrator, person=invited)
    assert Client().get(first).status_code == 410
    assert Client().get(last_link()).status_code == 200


@pytest.mark.parametrize("change", ["password", "address", "closed"])
def test_an_invitation_never_opens_an_account_that_has_changed(administrator: User, invited: User, change: str) -> None:
    """A letter kept, or read by another, is no way round the password that was chosen since."""
    link = last_link()
    if change == "password":
        invited.set_password(PASSWORD)
        invited.save()
    else:
        people.edit(
            actor=administrator, person=invited, full_name="Personne Neuve", roles=[],
            email="corrigee@demo.jalon.test" if change == "address" else EMAIL, active=change != "closed",
        )  # fmt: skip
    assert Client().post(link, TYPED).status_code == 410
    invited.refresh_from_db()
    assert not invited.check_password(CHOSEN)


def test_who_has_not_come_is_invited_at_the_corrected_address(administrator: User, invited: User) -> None:
    people.edit(
        actor=administrator, person=invited, full_name="Personne Neuve", email="corrigee@demo.jalon.test", roles=[]
    )
    assert mail.outbox[-1].to == ["corrigee@demo.jalon.test"]
    assert Client().post(last_link(), TYPED).status_code == 302


def test_a_weak_password_is_refused_and_the_link_kept(invited: User) -> None:
    for wrong in ({"password": "personne-neuve", "again": "personne-neuve"}, TYPED | {"again": "autre chose"}):
        page = Client().post(last_link(), wrong).content.decode()
        assert 'class="error-summary"' in page
        assert CHOSEN not in page
    assert Client().post(last_link(), TYPED).status_code == 302


def test_somebody_elses_session_is_left(invited: User) -> None:
    client = Client()
    client.force_login(person(Role.JUROR), backend="django.contrib.auth.backends.ModelBackend")
    client.post(last_link(), TYPED)
    assert EMAIL in client.get(reverse("web:profile")).content.decode()


def test_a_link_that_never_was(db: None) -> None:
    for name in ("invitation", "sign_up_proof"):
        assert Client().get(reverse(f"web:{name}", args=["x" * 43])).status_code == 410


def sign_up(email: str = EMAIL) -> Any:
    return Client().post(reverse("account_signup"), {"email": email, "full_name": "Personne Neuve"})


def shown(answer: Any) -> str:
    """The page without what protects its forms, which is another one each time."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


def test_nobody_signs_up_unless_the_platform_is_open_to_it() -> None:
    assert "Les comptes sont ouverts par l’organisme" in sign_up().content.decode()
    assert mail.outbox == []


def test_a_sign_up_proves_its_address_before_there_is_an_account(settings: Any) -> None:
    """An account used to open at once under any address, ready to be enrolled by an administrator's list."""
    settings.ACCOUNT_SIGNUP_OPEN = True
    assert "Regardez votre messagerie" in sign_up(EMAIL.upper()).content.decode()
    assert not User.objects.exists()
    assert "Personne Neuve" not in str(mail.outbox[-1].body)
    client = Client()
    assert client.post(last_link(), TYPED).status_code == 302
    assert comes_in(client)
    made = User.objects.get()
    assert (made.email, made.full_name, made.roles) == (EMAIL, "Personne Neuve", [])
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "person.signed_up",
        "person.arrived",
    ]


def test_a_sign_up_tells_nothing_of_who_has_an_account(settings: Any) -> None:
    settings.ACCOUNT_SIGNUP_OPEN = True
    known = person(Role.MENTOR)
    assert shown(sign_up(known.email)) == shown(sign_up())
    assert [letter.to for letter in mail.outbox] == [[known.email], [EMAIL]]
    assert "en a déjà un" in str(mail.outbox[0].body)
    known.refresh_from_db()
    assert known.check_password(PASSWORD)


def test_a_sign_up_at_the_very_moment_of_an_invitation_is_told_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_SIGNUP_OPEN = True
    sign_up()
    link = last_link()

    def at_once(**_: Any) -> User:
        """What the database says when the other account came between our look and our row."""
        User.objects.create_user(EMAIL, full_name="Invitée entre-temps")
        with transaction.atomic():
            return User.objects.create_user(EMAIL, full_name="Personne Neuve")

    monkeypatch.setattr("assessments.web.arrivals.arrivals.come_in", at_once)
    answer = Client().post(link, TYPED)
    assert answer.status_code == 410
    assert "Un compte existe déjà pour cette adresse" in answer.content.decode()


def test_a_sign_up_comes_too_late_for_an_address_invited_meanwhile(settings: Any, administrator: User) -> None:
    settings.ACCOUNT_SIGNUP_OPEN = True
    sign_up()
    link = last_link()
    people.invite(actor=administrator, email=EMAIL, full_name="Personne Neuve", roles=[Role.CANDIDATE])
    assert Client().post(link, TYPED).status_code == 410
    assert not User.objects.get(email=EMAIL).has_usable_password()


def test_a_mailbox_is_not_filled_by_signing_up_again(settings: Any) -> None:
    settings.ACCOUNT_SIGNUP_OPEN = True
    for _ in range(8):
        assert sign_up().status_code == 200
    assert len(mail.outbox) == 5
