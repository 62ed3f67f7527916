"""Acts at the same moment: they take what they lock in one order, and none has to be given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from assessments.models import Ballot, Enrolment, LinkPurpose, Role, User, Work
from assessments.services import arrivals, ballots, journal, people, sessions
from assessments.services.entrants import Entrant
from tests import factories
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def _somebody_waits() -> bool:
    """For this connection."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return bool(cursor.fetchone()[0])


def _meet(ours: Callable[[], object], theirs: Callable[[], object], last: Callable[[], object]) -> list[Exception]:
    """``ours`` is done, ``theirs`` begins on another connection and waits for it, and only then comes our ``last``.

    What ``theirs`` raised.
    """
    raised: list[Exception] = []

    def work() -> None:
        try:
            theirs()
        except Exception as error:  # noqa: BLE001 (shown by the test)
            raised.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=work)
    with transaction.atomic():
        ours()
        other.start()
        until(_somebody_waits, "the other act waits for ours")
        last()
    other.join()
    return raised


@pytest.fixture
def ballot() -> Ballot:
    """Complete, to be sealed."""
    world = factories.world()
    slot = factories.scheduled(world)
    opened = ballots.open_ballot(actor=world.jurors[0], slot=slot)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=world.jurors[0], ballot=opened, line=criterion, level="acquired", comment="")
    return opened


def test_a_ballot_is_sealed_while_another_act_holds_its_work(ballot: Ballot) -> None:
    work, somebody = ballot.slot.work, factories.person()
    raised = _meet(
        ours=lambda: Work.objects.select_for_update(no_key=True).get(pk=work.pk),
        theirs=lambda: ballots.seal(actor=ballot.juror.user, ballot=ballot),
        last=lambda: journal.record(somebody, "work.looked_at", work),
    )
    assert raised == []
    ballot.refresh_from_db()
    assert ballot.sealed_at is not None


def test_a_person_acts_while_a_role_is_given_to_them() -> None:
    world = factories.world()
    person = world.candidate
    raised = _meet(
        ours=lambda: journal.record(world.administrator, "work.looked_at", world.work),
        theirs=lambda: people.grant(actor=world.administrator, person=person, role=_new_role(person)),
        last=lambda: journal.record(person, "work.looked_at", world.work),
    )
    assert raised == []
    person.refresh_from_db()
    assert len(person.roles) == 2


def _new_role(person: User) -> Role:
    return next(role for role in Role if role.value not in person.roles)


def test_an_invitation_is_followed_while_another_is_sent() -> None:
    world = factories.world()
    invited = people.invite(actor=world.administrator, email="neuf@demo.jalon.test", full_name="Neuve", roles=[])
    secret = str(mail.outbox[-1].body).split("/comptes/invitation/")[1].split("/")[0]
    raised = _meet(
        ours=lambda: people.invite_again(actor=world.administrator, person=invited),
        theirs=lambda: arrivals.come_in(purpose=LinkPurpose.INVITATION, secret=secret, password=factories.PASSWORD),
        last=lambda: journal.record(world.administrator, "person.looked_at", invited),
    )
    assert [str(error) for error in raised] == ["Ce lien n’est pas entier, ou un plus récent l’a remplacé."]


def test_an_invitation_is_followed_while_a_list_enrols_its_owner() -> None:
    """The list used to hold the journal from its first line, and to wait for each person with it."""
    world = factories.world()
    invited = people.invite(actor=world.administrator, email="neuf@demo.jalon.test", full_name="Neuve", roles=[])
    entrants = [Entrant("autre@demo.jalon.test", "Autre Neuve"), Entrant(invited.email)]
    raised = _meet(
        ours=lambda: User.objects.select_for_update(no_key=True).get(pk=invited.pk),
        theirs=lambda: sessions.enrol_all(actor=world.administrator, session=world.session, entrants=entrants),
        last=lambda: journal.record(invited, "person.arrived", invited),
    )
    assert raised == []
    assert Enrolment.objects.filter(session=world.session).count() == 3


def test_an_account_is_corrected_while_its_owner_deposits() -> None:
    """A row that names a person, a file of theirs say, is no reason to wait for a correction of their name."""
    world = factories.world()
    person = world.candidate
    terms = {"full_name": "Nom Corrigé", "email": person.email, "roles": [Role.CANDIDATE]}
    raised = _meet(
        ours=lambda: journal.record(world.administrator, "work.looked_at", world.work),
        theirs=lambda: people.edit(actor=world.administrator, person=person, **terms),  # type: ignore[arg-type]
        last=lambda: journal.record(person, "work.looked_at", world.work),
    )
    assert raised == []


def test_of_two_who_follow_a_link_at_once_one_comes_in() -> None:
    world = factories.world()
    invited = people.invite(actor=world.administrator, email="neuf@demo.jalon.test", full_name="Neuve", roles=[])
    secret = str(mail.outbox[-1].body).split("/comptes/invitation/")[1].split("/")[0]
    link: dict[str, Any] = {"purpose": LinkPurpose.INVITATION, "secret": secret}
    raised = _meet(
        ours=lambda: arrivals.come_in(**link, password="le premier arrivé"),
        theirs=lambda: arrivals.come_in(**link, password="le second arrivé"),
        last=lambda: None,
    )
    assert [str(error) for error in raised] == ["Ce lien a déjà servi."]
    invited.refresh_from_db()
    assert invited.check_password("le premier arrivé")
