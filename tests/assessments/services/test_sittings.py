"""Sittings: composed by the law of each access path, edited, cancelled, their members replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from assessments.management import scenario
from assessments.models import Habilitation, JournalEntry, Juror, JuryProfile, Role, Sitting, User
from assessments.models.juries import SittingKind
from assessments.selectors.composition import findings_of
from assessments.services import ballots, composition, decisions, declarations, seats, sessions, sittings, slots
from assessments.services.errors import Denied, Refused
from assessments.services.verification import Verification
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def code_of(act: Callable[[], object]) -> str:
    """The code with which an act is refused, ``done`` if it is not."""
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        return refused.code
    except Denied:
        return "denied"
    return "done"


def composed(world: World, **terms: Any) -> Sitting:
    asked = {
        "actor": world.administrator,
        "session": world.session,
        "name": "Jury",
        "starts_at": timezone.now(),
        "jurors": world.jurors,
        "president": world.president,
    }
    return sittings.compose(**asked | terms)


def newcomer(world: World) -> User:
    person = factories.person(Role.JUROR)
    world.jurors.append(person)
    factories.habilitated(world)
    world.jurors.pop()
    return person


# Composing


def test_a_lawful_jury_is_composed(world: World) -> None:
    sitting = composed(world)
    assert [juror.user for juror in sitting.jurors.filter(presides=True)] == [world.president]
    assert "warnings" not in JournalEntry.objects.get(verb="sitting.composed").payload


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (lambda world: {"jurors": world.jurors[:1], "quorum": 1}, "jury.minimum"),
        (lambda world: {"jurors": [world.president] * 2}, "jury.minimum"),
        (lambda world: {"jurors": world.jurors[1:]}, "jury.president"),
        (lambda world: {"quorum": 4}, "jury.quorum_above"),
        (lambda world: {"quorum": 1}, "jury.quorum_below"),
        (lambda world: {"jurors": [*world.jurors, world.mentor]}, "jury.role"),
        (lambda world: {"kind": "other"}, "jury.kind"),
        (lambda world: {"actor": world.president}, "denied"),
    ],
)
def test_what_the_law_refuses_has_no_way_round(world: World, terms: Callable[[World], Any], code: str) -> None:
    assert code_of(lambda: composed(world, reason="Nous y tenons.", **terms(world))) == code
    assert not Sitting.objects.exists()


def test_a_vae_jury_has_a_qualified_member_on_the_day(world: World) -> None:
    """Art. D6412-6: an habilitation that ended the day before the sitting is none."""
    world.enrolment.access_path = "VAE"
    world.enrolment.save()
    assert code_of(lambda: composed(world)) == "done"
    Habilitation.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert code_of(lambda: composed(world, reason="Urgence.")) == "jury.qualified"
    Habilitation.objects.filter(user=world.president).update(valid_until=timezone.localdate())
    assert code_of(lambda: composed(world, reason="Urgence.")) == "done"


def test_a_warning_is_passed_with_a_reason_kept_in_the_journal(world: World) -> None:
    Habilitation.objects.update(external=False)
    assert code_of(lambda: composed(world)) == "jury.warned"
    assert code_of(lambda: composed(world, reason="  ")) == "jury.warned"
    composed(world, reason="Deux extérieurs malades le matin même.")
    payload = JournalEntry.objects.get(verb="sitting.composed").payload
    assert payload["warnings"] == ["external"]
    assert payload["reason"] == "Deux extérieurs malades le matin même."


def test_a_jury_of_women_only_is_warned_of_in_vae_alone(world: World) -> None:
    JuryProfile.objects.update(sex="F")
    assert code_of(lambda: composed(world)) == "done"
    world.enrolment.access_path = "VAE"
    world.enrolment.save()
    assert code_of(lambda: composed(world)) == "jury.warned"


def test_a_jury_composed_for_others_does_not_hear_a_candidate_whose_path_asks_more(world: World) -> None:
    """The candidate turns out to come by VAE once the jury is composed: nobody qualified sits in it."""
    Habilitation.objects.update(qualified=False)
    factories.admitted(world)
    sitting = composed(world)
    world.enrolment.access_path = "VAE"
    world.enrolment.save()
    schedule = lambda: slots.schedule(  # noqa: E731 - named for what it does
        actor=world.administrator, sitting=sitting, work=world.work, starts_at=timezone.now()
    )
    assert code_of(schedule) == "jury.qualified"


def test_the_jury_of_the_demo_is_a_lawful_one(world: World) -> None:
    people = scenario.cast()
    session = scenario.session_of(world.session.referential, people)
    sitting = scenario.sitting_of(session, people)
    assert findings_of(sitting) == []
    assert not sitting.jurors.filter(declaration__isnull=True).exists()


# The session's own rules


def test_a_session_opens_with_the_laws_own_rules(world: World) -> None:
    edition = world.session.referential
    edition.status, edition.published_at, edition.content_hash = "published", timezone.now(), "0" * 64
    edition.save()
    today = timezone.localdate()
    made = sessions.create(
        actor=world.administrator,
        referential=edition,
        name="Neuve",
        starts_on=today,
        ends_on=today,
        deposit_deadline=timezone.now(),
    )
    held = {row.source: row.access_paths for row in made.composition_rules.all()}
    assert held["Code du travail, article D6412-6"] == ["VAE"]
    assert sorted(path for paths in held.values() for path in paths) == ["CA", "CL", "CQ", "FC", "FI", "VAE"]


def test_a_rule_of_the_fiche_is_versioned_and_binds_from_its_day(world: World) -> None:
    today = timezone.localdate()
    terms: dict[str, Any] = {
        "actor": world.administrator, "session": world.session, "access_paths": ["FC"], "source": "Fiche, SI_JURY_FC",
        "minimum": 4, "quorum": 3,
    }  # fmt: skip
    first = composition.rule(**terms, valid_from=today - timedelta(days=9))
    assert code_of(lambda: composed(world)) == "jury.minimum"
    second = composition.rule(**terms | {"minimum": 3}, valid_from=today)
    first.refresh_from_db()
    assert (first.version, second.version) == (1, 2)
    assert first.valid_until == today - timedelta(days=1)
    assert code_of(lambda: composed(world)) == "jury.quorum_below"
    assert code_of(lambda: composed(world, quorum=3)) == "done"
    assert code_of(lambda: composition.rule(**terms, valid_from=today)) == "rule.dates"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"minimum": 1, "quorum": 1}, "rule.unlawful"),
        ({"quorum": 5}, "rule.unlawful"),
        ({"access_paths": ["VAE"], "qualified": 0}, "rule.unlawful"),
        ({"access_paths": []}, "rule.paths"),
        ({"access_paths": ["XX"]}, "rule.paths"),
        ({"source": " "}, "rule.source"),
    ],
)
def test_a_rule_below_the_law_is_refused(world: World, terms: dict[str, Any], code: str) -> None:
    asked = {"access_paths": ["FC"], "source": "Fiche", "minimum": 2, "quorum": 2, "valid_from": date(2026, 1, 1)}
    got = code_of(lambda: composition.rule(actor=world.administrator, session=world.session, **asked | terms))
    assert got == code


# Editing, cancelling


def test_a_sitting_is_edited_within_its_rule(world: World) -> None:
    sitting = composed(world)
    terms: dict[str, Any] = {"actor": world.administrator, "sitting": sitting, "name": "Autre", "place": "Salle 3"}
    later = sitting.starts_at + timedelta(days=1)
    assert code_of(lambda: sittings.edit(**terms, starts_at=later, quorum=4)) == "jury.quorum_above"
    sittings.edit(**terms, starts_at=later, quorum=3)
    sitting.refresh_from_db()
    assert (sitting.name, sitting.place, sitting.quorum, sitting.starts_at) == ("Autre", "Salle 3", 3, later)
    assert list(Verification().faults()) == []


def test_the_quorum_of_a_jury_that_has_decided_changes_no_more(world: World) -> None:
    slot = factories.marked(world)
    decisions.decide(actor=world.president, slot=slot, rulings={})
    terms = {"name": "Autre", "place": "", "starts_at": slot.sitting.starts_at}
    edit = lambda quorum: sittings.edit(  # noqa: E731 - idem
        actor=world.administrator, sitting=slot.sitting, quorum=quorum, **terms
    )
    assert code_of(lambda: edit(3)) == "jury.decided"
    assert code_of(lambda: edit(2)) == "done"
    with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
        Sitting.objects.filter(pk=slot.sitting_id).update(quorum=3)


def test_a_cancelled_sitting_gives_its_works_back(world: World) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.president, slot=slot)
    cancel = lambda reason: sittings.cancel(  # noqa: E731 - idem
        actor=world.administrator, sitting=slot.sitting, reason=reason
    )
    assert code_of(lambda: cancel(" ")) == "seat.reason"
    assert code_of(lambda: cancel("Grève des transports.")) == "done"
    slot.refresh_from_db()
    world.work.refresh_from_db()
    assert (slot.state, world.work.state) == ("cancelled", "admitted")
    assert code_of(lambda: cancel("Encore.")) == "jury.cancelled"
    assert code_of(lambda: ballots.seal(actor=world.president, ballot=ballot)) == "denied"
    again = slots.schedule(
        actor=world.administrator, sitting=factories.sitting(world), work=world.work, starts_at=timezone.now()
    )
    assert again.pk != slot.pk
    assert list(Verification().faults()) == []


def test_a_certification_sitting_hears_nobody(world: World) -> None:
    factories.admitted(world)
    sitting = composed(world, kind=SittingKind.CERTIFICATION)
    got = code_of(
        lambda: slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=timezone.now())
    )
    assert got == "jury.kind"


# Members


def test_a_member_is_replaced_and_what_they_sealed_counts(world: World) -> None:
    slot = factories.marked(world, "acquired", "acquired", "acquired")
    ill = slot.sitting.jurors.get(user=world.jurors[2])
    other = newcomer(world)
    sittings.join(actor=world.administrator, sitting=slot.sitting, user=other)
    sittings.leave(actor=world.administrator, juror=ill, reason="Malade.")
    assert not Sitting.objects.visible_to(world.jurors[2]).exists()
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    assert decision.lines.get(criterion=world.edition.criteria[1].pk).votes == {"acquired": 3}
    assert list(Verification().faults()) == []


def test_a_member_who_left_seals_no_more_and_blocks_nobody(world: World) -> None:
    slot = factories.scheduled(world)
    opened = {juror: ballots.open_ballot(actor=juror, slot=slot) for juror in world.jurors}
    for juror, ballot in opened.items():
        for criterion in world.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="acquired", comment="")
    ill = slot.sitting.jurors.get(user=world.jurors[2])
    sittings.leave(actor=world.administrator, juror=ill, reason="Malade.")
    assert code_of(lambda: ballots.seal(actor=world.jurors[2], ballot=opened[world.jurors[2]])) == "denied"
    for juror in world.jurors[:2]:
        ballots.seal(actor=juror, ballot=opened[juror])
    slot.work.refresh_from_db()
    assert code_of(lambda: decisions.decide(actor=world.president, slot=slot, rulings={})) == "done"


def test_the_president_leaves_once_another_presides(world: World) -> None:
    slot = factories.marked(world)
    first, second = (slot.sitting.jurors.get(user=each) for each in world.jurors[:2])
    leave = lambda: sittings.leave(  # noqa: E731 - idem
        actor=world.administrator, juror=first, reason="Empêchée."
    )
    assert code_of(leave) == "jury.presides"
    seats.preside(actor=world.administrator, sitting=slot.sitting, juror=second, reason="Relais.", seen=None)
    assert code_of(leave) == "done"
    assert code_of(leave) == "jury.left"
    assert code_of(lambda: decisions.decide(actor=world.jurors[0], slot=slot, rulings={})) == "denied"
    assert decisions.decide(actor=world.jurors[1], slot=slot, rulings={}).decided_by == world.jurors[1]


def test_who_was_a_member_does_not_come_back_as_another(world: World) -> None:
    sitting = composed(world)
    ill = sitting.jurors.get(user=world.jurors[2])
    sittings.leave(actor=world.administrator, juror=ill, reason="Malade.")
    again = lambda person: sittings.join(  # noqa: E731 - idem
        actor=world.administrator, sitting=sitting, user=person
    )
    assert code_of(lambda: again(world.jurors[2])) == "jury.member"
    assert code_of(lambda: again(world.mentor)) == "jury.role"
    assert code_of(lambda: sittings.join(actor=world.president, sitting=sitting, user=newcomer(world))) == "denied"


def test_who_joins_after_a_defence_is_absent_from_it(world: World) -> None:
    slot = factories.marked(world)
    joined = sittings.join(actor=world.administrator, sitting=slot.sitting, user=newcomer(world))
    assert joined.leaves.get().cause == ["joined_later"]
    assert code_of(lambda: decisions.decide(actor=world.president, slot=slot, rulings={})) == "done"


@pytest.mark.parametrize("table", ["juror", "jurordeparture", "presidency", "declaration", "leave", "sitting"])
def test_a_seat_is_not_deleted_even_in_sql(world: World, table: str) -> None:
    slot = factories.scheduled(world)
    members = {juror.user_id: juror for juror in Juror.objects.filter(sitting=slot.sitting)}
    second, third = members[world.jurors[1].pk], members[world.jurors[2].pk]
    seats.recuse(actor=world.president, slot=slot, juror=third, reason="Voisin du candidat.")
    seats.preside(actor=world.administrator, sitting=slot.sitting, juror=second, reason="Relais.", seen=None)
    sittings.leave(actor=world.administrator, juror=third, reason="Malade.")
    with connection.cursor() as cursor, pytest.raises((InternalError, IntegrityError), match="is frozen"):
        cursor.execute(f"DELETE FROM assessments_{table}")  # noqa: S608 - a constant of this file


# Product: state of a sitting × act


def _planned(world: World) -> Sitting:
    return composed(world)


def _cancelled(world: World) -> Sitting:
    return sittings.cancel(actor=world.administrator, sitting=composed(world), reason="Non.")


def _defended(world: World) -> Sitting:
    return factories.marked(world).sitting


def _decided(world: World) -> Sitting:
    slot = factories.marked(world)
    decisions.decide(actor=world.president, slot=slot, rulings={})
    return slot.sitting


def _member(sitting: Sitting, world: World) -> Juror:
    return sitting.jurors.get(user=world.jurors[2])


ACTS: dict[str, Callable[[World, Sitting], object]] = {
    "edit": lambda world, sitting: sittings.edit(
        actor=world.administrator, sitting=sitting, name="X", place="", starts_at=sitting.starts_at, quorum=2
    ),
    "quorum": lambda world, sitting: sittings.edit(
        actor=world.administrator, sitting=sitting, name="X", place="", starts_at=sitting.starts_at, quorum=3
    ),
    "join": lambda world, sitting: sittings.join(actor=world.administrator, sitting=sitting, user=newcomer(world)),
    "leave": lambda world, sitting: sittings.leave(
        actor=world.administrator, juror=_member(sitting, world), reason="Malade."
    ),
    "cancel": lambda world, sitting: sittings.cancel(actor=world.administrator, sitting=sitting, reason="Non."),
    "sign": lambda world, sitting: declarations.sign(actor=world.jurors[2], sitting=sitting),
}
PRODUCT: dict[str, tuple[Callable[[World], Sitting], dict[str, str]]] = {
    "planned": (_planned, {}),
    "cancelled": (_cancelled, dict.fromkeys(ACTS, "jury.cancelled") | {"sign": "denied"}),
    "defended": (_defended, {"cancel": "jury.begun", "sign": "declaration.signed"}),
    "decided": (_decided, {"cancel": "jury.begun", "quorum": "jury.decided", "sign": "declaration.signed"}),
}


@pytest.mark.parametrize("state", PRODUCT)
def test_every_act_on_a_sitting_in_every_state(world: World, state: str) -> None:
    make, refused = PRODUCT[state]
    sitting = make(world)
    got = {}
    for name, act in ACTS.items():
        point = transaction.savepoint()
        got[name] = code_of(lambda act=act: act(world, sitting))  # type: ignore[misc]  # bound now
        transaction.savepoint_rollback(point)
    assert got == {name: refused.get(name, "done") for name in ACTS}
