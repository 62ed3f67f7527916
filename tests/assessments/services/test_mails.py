"""Mail is kept with what it tells of, and sent by a worker: nothing is lost, sent twice, or told to a log."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import dispatch, tasks
from assessments.domain.leases import POSTED
from assessments.models import JournalEntry, OutgoingMail
from assessments.models.mails import MailState
from assessments.services import leases, mails
from assessments.services.errors import Denied
from assessments.services.sweeping import sweep
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "https://jalon.test/accounts/password/reset/key/3f-abc/"


@pytest.fixture(autouse=True)
def ledger(settings: Any) -> None:
    """The way that mail takes on the platform; the test runner would have kept it in memory at once."""
    settings.EMAIL_BACKEND = "assessments.services.mail_backend.LedgerBackend"


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(mails, "ring", lambda task, key: rung.append((task, key)))
    return rung


def written() -> OutgoingMail:
    send_mail("Votre accès", f"Ouvrez {SECRET}", None, ["a@demo.jalon.test"])
    return OutgoingMail.objects.latest("pk")


def wait_over(row: OutgoingMail) -> None:
    past = timezone.now() - timedelta(seconds=1)
    OutgoingMail.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=past, ring_at=past)


def failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class PostOffice:
        def send_messages(self, messages: list[Any]) -> int:
            raise error

    monkeypatch.setattr(mail, "get_connection", lambda *_: PostOffice())


def test_a_message_is_kept_with_what_it_tells_of(bell: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        written()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()
    row = written()
    assert bell[-1] == (dispatch.SEND_MAIL, row.pk)
    assert mail.outbox == []
    tasks.send_mail(row.pk)
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, SECRET in str(sent.body)) == ("Votre accès", ["a@demo.jalon.test"], True)
    assert sent.message()["Message-ID"] == row.message_id


def test_what_was_sent_is_erased_and_sent_once(bell: list[tuple[str, int]]) -> None:
    row = written()
    for _ in range(3):
        tasks.send_mail(row.pk)
    assert len(mail.outbox) == 1
    row.refresh_from_db()
    assert (row.state, row.content, row.attempts) == (MailState.SENT, {}, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.update(content={"body": SECRET})


def test_the_whole_message_comes_through() -> None:
    message = EmailMultiAlternatives(
        "Relevé", "Texte", "de@demo.jalon.test", ["a@demo.jalon.test"], ["cachee@demo.jalon.test"],
        cc=["copie@demo.jalon.test"], reply_to=["rep@demo.jalon.test"], headers={"X-Jalon": "1"},
    )  # fmt: skip
    message.attach_alternative("<p>Texte</p>", "text/html")
    message.attach("têtes.json", "é".encode(), "application/json")
    message.attach("lisez-moi.txt", "é", "text/plain")
    before = message.message().as_string()
    message.send()
    row = OutgoingMail.objects.get()
    mails.send(mail_id=row.pk)
    (sent,) = mail.outbox
    assert sent.recipients() == message.recipients()
    # In the order of its headers, which says nothing, and by what is made anew each time.
    drop = re.compile(r"={15}\d+==|Message-ID: .*|Date: .*")
    told, written = (sorted(drop.sub("", text).splitlines()) for text in (sent.message().as_string(), before))
    assert told == written


def test_the_sender_is_filled_in_where_it_is_known(settings: Any) -> None:
    """A command wrote its letters from webmaster@localhost, since the sender's address is the mailer's."""
    settings.DEFAULT_FROM_EMAIL = "webmaster@localhost"
    row = written()
    settings.DEFAULT_FROM_EMAIL = "jalon@demo.jalon.test"
    mails.send(mail_id=row.pk)
    assert mail.outbox[0].from_email == "jalon@demo.jalon.test"


def test_an_injected_header_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match="Header values can't contain newlines"):
        send_mail("Bonjour\nBcc: tous@demo.jalon.test", "x", None, ["a@demo.jalon.test"])
    assert not OutgoingMail.objects.exists()


def test_a_post_office_that_is_away_loses_nothing_and_is_tried_with_growing_delays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    row = written()
    failing(SMTPServerDisconnected(f"quoting {SECRET}"), monkeypatch)
    delays = []
    for attempt in range(1, POSTED.attempts + 1):
        mails.send(mail_id=row.pk)
        mails.send(mail_id=row.pk)  # rung too early: not yet due
        row.refresh_from_db()
        assert (row.attempts, row.fault_code) == (attempt, "mail.unreachable")
        if row.due_at:
            delays.append(round((row.due_at - timezone.now()).total_seconds()))
        wait_over(row)
    assert delays == sorted(delays)
    assert (delays[0], delays[-1]) == (30, 4 * 3600)
    assert (row.state, row.due_at) == (MailState.DEAD, None)
    assert "reset" not in caplog.text + str(row.fault_params)
    monkeypatch.undo()
    with pytest.raises(Denied):
        mails.retry(actor=factories.person())


def test_what_was_given_up_is_sent_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    row, world = written(), factories.world()
    with monkeypatch.context() as broken:
        failing(SMTPRecipientsRefused({"a@demo.jalon.test": (550, b"no such person")}), broken)
        mails.send(mail_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.fault_code, row.attempts) == (MailState.DEAD, "mail.refused", 1)
    assert mails.retry(actor=world.administrator) == 1
    assert JournalEntry.objects.filter(verb="mail.retried", actor=world.administrator).count() == 1
    mails.send(mail_id=row.pk)
    assert len(mail.outbox) == 1


def test_addresses_refused_for_now_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    row = written()
    failing(SMTPRecipientsRefused({"a@demo.jalon.test": (451, b"later")}), monkeypatch)
    mails.send(mail_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.fault_code) == (MailState.WAITING, "mail.deferred")


def test_a_worker_lost_on_its_way_is_replaced() -> None:
    row = written()
    assert leases.claim(mails.KIND, row.pk) is not None
    assert sweep(mails.KIND) == 0
    OutgoingMail.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert sweep(mails.KIND) == 1
    mails.send(mail_id=row.pk)
    assert len(mail.outbox) == 1


def test_old_messages_are_forgotten() -> None:
    sent, waiting = written(), written()
    mails.send(mail_id=sent.pk)
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert mails.forget_old() == 1
    assert OutgoingMail.objects.get() == waiting


class SilentServer:
    """Takes connections, and never says a word."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.taken.append(self.socket.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for each in self.taken:
            each.close()


@pytest.fixture
def silent(settings: Any) -> Iterator[SilentServer]:
    server = SilentServer()
    settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 1
    yield server
    server.close()


def test_no_request_waits_for_a_silent_post_office(silent: SilentServer, bell: list[tuple[str, int]]) -> None:
    person = factories.person()
    answer = Client().post(reverse("account_reset_password"), {"email": person.email})
    assert answer.status_code == 302
    assert silent.taken == []  # the request itself reached nobody
    row = OutgoingMail.objects.get()
    assert bell == [(dispatch.SEND_MAIL, row.pk)]
    mails.send(mail_id=row.pk)
    row.refresh_from_db()
    assert len(silent.taken) == 1
    assert (row.state, row.fault_code, row.attempts) == (MailState.WAITING, "mail.unreachable", 1)
    assert row.content["body"]
