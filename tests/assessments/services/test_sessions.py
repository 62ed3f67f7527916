"""Sessions are opened from editions in force; candidates are enrolled one by one or as a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import AccessPath, Enrolment, JournalEntry, Role, Session, User
from assessments.services import sessions
from assessments.services.entrants import Entrant, NamesDiffer
from assessments.services.errors import Denied, Refused
from assessments.services.verification import Verification
from certification.referentials import services as editions
from certification.referentials.models import Bloc, OptionGroup, Referential
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.factories import World, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def published() -> Referential:
    referential = factories.edition().referential
    Referential.objects.filter(pk=referential.pk).update(
        status="published", published_at=timezone.now(), content_hash="0" * 64
    )
    referential.refresh_from_db()
    return referential


def terms(**changed: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "name": " Session d'été ",
        "starts_on": now.date(),
        "ends_on": now.date() + timedelta(days=60),
        "deposit_deadline": now + timedelta(days=30),
    } | changed


def test_a_session_opens_on_a_published_edition(world: World) -> None:
    session = sessions.create(actor=world.administrator, referential=published(), **terms())
    assert session.name == "Session d'été"
    entry = JournalEntry.objects.get(verb="session.created")
    assert (entry.actor, entry.object_id) == (world.administrator, session.pk)
    assert list(Verification().of_journal()) == []


def test_a_draft_opens_none(world: World) -> None:
    with pytest.raises(Refused) as refused:
        sessions.create(actor=world.administrator, referential=world.edition.referential, **terms())
    assert refused.value.code == "session.edition"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ends_on": timezone.now().date() - timedelta(days=2)}, "session.dates"),
        ({"deposit_deadline": timezone.now() - timedelta(days=3)}, "session.deadline"),
    ],
)
def test_dates_must_follow_each_other(world: World, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        sessions.edit(actor=world.administrator, session=world.session, **terms(**changed))
    assert refused.value.code == code
    world.session.refresh_from_db()
    assert world.session.name != "Session d'été"


def test_a_name_serves_once_in_an_edition(world: World) -> None:
    referential = published()
    sessions.create(actor=world.administrator, referential=referential, **terms())
    with pytest.raises(Refused) as refused:
        sessions.create(actor=world.administrator, referential=referential, **terms())
    assert refused.value.code == "session.name"


def test_a_session_is_put_off(world: World) -> None:
    later = timezone.now() + timedelta(days=50)
    sessions.edit(actor=world.administrator, session=world.session, **terms(deposit_deadline=later))
    assert Session.objects.get(pk=world.session.pk).deposit_deadline == later
    payload = JournalEntry.objects.get(verb="session.edited").payload
    assert payload["before"] != payload["after"]


def test_a_candidate_is_enrolled_once(world: World) -> None:
    candidate, mentor = person(Role.CANDIDATE), person(Role.MENTOR)
    enrolment = sessions.enrol(
        actor=world.administrator, session=world.session, candidate=candidate, mentor=mentor, access_path=AccessPath.VAE
    )
    assert (enrolment.mentor, enrolment.access_path) == (mentor, "VAE")
    with pytest.raises(Refused) as refused:
        sessions.enrol(actor=world.administrator, session=world.session, candidate=candidate)
    assert refused.value.code == "enrolment.twice"


@pytest.mark.parametrize(
    ("role", "mentor", "path", "code"),
    [
        (Role.MENTOR, None, "FC", "enrolment.candidate"),
        (Role.CANDIDATE, Role.JUROR, "FC", "enrolment.mentor"),
        (Role.CANDIDATE, None, "XX", "enrolment.access_path"),
    ],
)
def test_terms_that_do_not_hold(world: World, role: Role, mentor: Role | None, path: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sessions.enrol(
            actor=world.administrator,
            session=world.session,
            candidate=person(role),
            mentor=person(mentor) if mentor else None,
            access_path=path,
        )
    assert refused.value.code == code
    assert Enrolment.objects.count() == 1


def test_a_list_is_enrolled_with_its_newcomers(world: World) -> None:
    juror = person(Role.JUROR)
    entrants = [
        Entrant("neuf@demo.jalon.test", "Personne Neuve"),
        Entrant("NEUF@demo.jalon.test", "Personne Neuve"),
        Entrant(juror.email),
        Entrant(world.candidate.email),
    ]
    intake = sessions.enrol_all(
        actor=world.administrator, session=world.session, entrants=entrants, mentor=world.mentor, access_path="CA"
    )
    assert (len(intake.enrolments), intake.already, intake.invited) == (2, 1, 1)
    juror.refresh_from_db()
    assert juror.roles == ["candidate", "juror"]
    assert {row.mentor for row in intake.enrolments} == {world.mentor}


def test_a_list_is_enrolled_whole_or_not_at_all(world: World) -> None:
    entrants = [Entrant("neuf@demo.jalon.test", "Personne Neuve"), Entrant("autre@demo.jalon.test")]
    with pytest.raises(Refused) as refused:
        sessions.enrol_all(actor=world.administrator, session=world.session, entrants=entrants)
    assert refused.value.code == "person.name"
    assert not User.objects.filter(email="neuf@demo.jalon.test").exists()


def test_names_that_are_not_the_accounts_are_told_all_at_once_and_nobody_is_enrolled(world: World) -> None:
    """An address that has come into other hands would be enrolled under somebody's name."""
    thief, other, same = person(name="Voleuse Exemple"), person(name="Paul Autre"), person(name="Zoé Martin")
    nameless = User.objects.create_user("sans-nom@demo.jalon.test")
    listed = [
        Entrant(thief.email, "Camille Dupont", 1),
        Entrant(other.email.upper(), "Paule Autre", 2),
        Entrant(same.email, "MARTIN, Zoe", 3),
        Entrant("neuf@demo.jalon.test", "Personne Neuve", 4),
        Entrant("neuf@demo.jalon.test", "Personne Nouvelle", 5),
        Entrant(nameless.email, "Personne Tierce", 6),
        Entrant(world.candidate.email, "Quelqu’un", 7),
    ]
    terms: dict[str, Any] = {"actor": world.administrator, "session": world.session, "entrants": listed}
    with pytest.raises(NamesDiffer) as refused:
        sessions.enrol_all(**terms)
    told = [(each.line, each.given, each.known) for each in refused.value.differences]
    assert told == [
        (1, "Camille Dupont", "Voleuse Exemple"),
        (2, "Paule Autre", "Paul Autre"),
        (5, "Personne Nouvelle", "Personne Neuve"),
        (6, "Personne Tierce", ""),
        (7, "Quelqu’un", world.candidate.full_name),
    ]
    assert Enrolment.objects.count() == 1
    assert not User.objects.filter(email="neuf@demo.jalon.test").exists()
    with pytest.raises(NamesDiffer):
        sessions.enrol_all(**terms | {"entrants": listed[:2]}, names_seen=refused.value.seen)
    intake = sessions.enrol_all(**terms, names_seen=refused.value.seen)
    assert (len(intake.enrolments), intake.already, intake.invited) == (5, 1, 1)
    assert JournalEntry.objects.get(verb="session.names_confirmed").payload == {"lines": 5}


def test_a_mentor_is_assigned(world: World) -> None:
    mentor = person(Role.MENTOR)
    sessions.edit_enrolment(actor=world.administrator, enrolment=world.enrolment, mentor=mentor, access_path="FI")
    world.enrolment.refresh_from_db()
    assert (world.enrolment.mentor, world.enrolment.access_path) == (mentor, "FI")
    payload = JournalEntry.objects.get(verb="enrolment.edited").payload
    assert (payload["before"]["mentor"], payload["after"]["mentor"]) == (world.mentor.pk, mentor.pk)


def test_options_are_those_of_the_edition_and_no_more_than_it_lets_choose(world: World) -> None:
    referential = world.edition.referential
    group = OptionGroup.objects.create(code="5", title="Option", choose=1, **factories._node(referential))
    options = [
        Bloc.objects.create(code=code, title=code, option_group=group, **factories._node(referential, rank))
        for rank, code in ((5, "5A"), (6, "5B"))
    ]
    change = {"actor": world.administrator, "enrolment": world.enrolment, "mentor": None, "access_path": "FC"}
    sessions.edit_enrolment(**change, options=options[:1])
    assert list(world.enrolment.options.all()) == options[:1]
    for refused_options in (options, [world.edition.bloc], [factories.edition().bloc]):
        with pytest.raises(Refused) as refused:
            sessions.edit_enrolment(**change, options=refused_options)
        assert refused.value.code == "enrolment.options"
    assert list(world.enrolment.options.all()) == options[:1]


def test_a_list_takes_no_option_of_another_edition(world: World) -> None:
    """The defect: on an edition without options, those of another were let through and forgotten."""
    entrants = [Entrant("nouvelle@demo.jalon.test", "Nouvelle")]
    with pytest.raises(Refused) as refused:
        sessions.enrol_all(
            actor=world.administrator, session=world.session, entrants=entrants, options=[factories.edition().bloc]
        )
    assert refused.value.code == "enrolment.options"
    assert not User.objects.filter(email="nouvelle@demo.jalon.test").exists()


@pytest.mark.parametrize("who", ["candidate", "mentor", "president"])
def test_others_may_not(world: World, who: str) -> None:
    actor = getattr(world, who)
    acts = [
        lambda: sessions.create(actor=actor, referential=world.edition.referential, **terms()),
        lambda: sessions.edit(actor=actor, session=world.session, **terms()),
        lambda: sessions.enrol(actor=actor, session=world.session, candidate=person(Role.CANDIDATE)),
        lambda: sessions.enrol_all(actor=actor, session=world.session, entrants=[]),
        lambda: sessions.edit_enrolment(actor=actor, enrolment=world.enrolment, mentor=None, access_path="FC"),
    ]
    for act in acts:
        with pytest.raises(Denied):
            act()


def test_no_session_opens_where_epreuves_say_nothing_of_what_they_judge(world: World) -> None:
    """E1, E2 and E3 of a référentiel without blocs: each would be judged on the whole, and award it alone."""
    tree = shipped_tree("sd-deep-learning-ia")
    edition = editions.publish(referential=editions.load_edition(tree=tree).referential)
    with pytest.raises(Refused) as refused:
        sessions.create(actor=world.administrator, referential=edition, **terms())
    assert refused.value.code == "session.unmapped"
    assert "E1 Mise en situation professionnelle, E2 " in str(refused.value)

    for assessment, codes in zip(tree["assessments"], (["C1", "C2"], ["C3"], ["C4"]), strict=True):
        assessment |= {"competencies": codes, "mapping": "certifier"}
    mapped = editions.load_edition(tree=tree | {"edition": "répartie"}).referential
    edition = editions.publish(referential=mapped)
    assert sessions.create(actor=world.administrator, referential=edition, **terms()).referential == edition
