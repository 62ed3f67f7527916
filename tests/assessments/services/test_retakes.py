"""Another attempt at an épreuve that was not passed, giving one up, and what cannot be presented at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Enrolment, JournalEntry, Session, Work
from assessments.selectors.administration.session import enrolments_page
from assessments.selectors.candidate import home_of
from assessments.services import awards, decisions, retakes, sessions, slots, uploads, works
from assessments.services.entrants import Entrant
from assessments.services.errors import Denied, Refused
from certification.referentials.models import Bloc, OptionGroup
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def refused(world: World) -> Work:
    """The jury did not find the work acquired."""
    slot = factories.marked(world, "not_acquired", "not_acquired", "acquired")
    decisions.decide(actor=world.president, slot=slot, rulings={})
    world.work.refresh_from_db()
    return world.work


def code_of(act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)  # type: ignore[operator]
    return refusal.value.code


def test_a_work_refused_opens_the_next_attempt(world: World) -> None:
    """Before: it stayed decided for ever, and ``open_for`` gave it back."""
    first = refused(world)
    second = retakes.open_next(actor=world.candidate, work=first)
    assert (second.attempt, second.state, second.enrolment_id) == (2, "draft", first.enrolment_id)
    assert works.open_for(enrolment=world.enrolment, assessment=first.assessment) == second
    assert JournalEntry.objects.get(verb="attempt.opened").object_id == second.pk
    uploads.start(actor=world.candidate, work=second, file_name="projet.zip", size=10)
    assert code_of(retakes.open_next, actor=world.candidate, work=first) == "retake.under_way"
    assert code_of(retakes.open_next, actor=world.candidate, work=second) == "retake.under_way"


def test_a_work_passed_opens_none(world: World) -> None:
    slot = factories.marked(world)
    decisions.decide(actor=world.president, slot=slot, rulings={})
    assert code_of(retakes.open_next, actor=world.candidate, work=world.work) == "retake.won"


def test_who_opens_it(world: World) -> None:
    first = refused(world)
    for person in (world.mentor, world.president, factories.world().candidate):
        with pytest.raises(Denied):
            retakes.open_next(actor=person, work=first)
    assert retakes.open_next(actor=world.administrator, work=first).attempt == 2


def test_the_session_bounds_the_attempts(world: World) -> None:
    first = refused(world)
    Session.objects.update(max_attempts=1)
    assert code_of(retakes.open_next, actor=world.candidate, work=first) == "retake.attempts"
    Session.objects.update(max_attempts=2, deposit_deadline=timezone.now() - timedelta(days=1))
    assert code_of(retakes.open_next, actor=world.candidate, work=first) == "retake.deadline"


def test_the_attempts_of_an_earlier_session_count(world: World) -> None:
    refused(world)
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(hours=1))
    later = next_session(world)
    enrolment = sessions.enrol(actor=world.administrator, session=later, candidate=world.candidate)
    assert works.open_for(enrolment=enrolment, assessment=world.edition.assessment).attempt == 2


def test_the_attempts_of_an_earlier_session_use_up_what_is_allowed(world: World) -> None:
    refused(world)
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(hours=1))
    later = next_session(world, max_attempts=1)
    enrolment = sessions.enrol(actor=world.administrator, session=later, candidate=world.candidate)
    assert code_of(works.open_for, enrolment=enrolment, assessment=world.edition.assessment) == "work.attempts"


def test_what_was_passed_in_another_session_is_not_presented_again(world: World) -> None:
    """The defect: the épreuve was opened, deposited and judged once more, and the bloc already awarded with it."""
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(hours=1))
    later = sessions.enrol(actor=world.administrator, session=next_session(world), candidate=world.candidate)
    assessment = world.edition.assessment
    assert code_of(works.open_for, enrolment=later, assessment=assessment) == "work.already_won"
    assert [entry.step for entry in home_of(world.candidate)[1].entries] == ["already_passed"]
    begun = Work.objects.create(enrolment=later, assessment=assessment, attempt=2, state="withdrawn")
    assert code_of(retakes.open_next, actor=world.candidate, work=begun) == "retake.won"


def test_what_was_awarded_in_another_session_is_not_presented_again(world: World) -> None:
    refused(world)
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(hours=1))
    later = sessions.enrol(actor=world.administrator, session=next_session(world), candidate=world.candidate)
    awarded(world)
    assert code_of(works.open_for, enrolment=later, assessment=world.edition.assessment) == "work.already_won"
    assert [entry.step for entry in home_of(world.candidate)[1].entries] == ["already_won"]


def awarded(world: World) -> None:
    """The certification jury departs from what is proposed, and says why."""
    units = {world.edition.bloc.code: awards.Ruling("acquired", "Le reste compense.")}
    sitting = factories.plenary(world)
    awards.decide(actor=world.president, sitting=sitting, enrolment=world.enrolment, units=units)


def states(world: World) -> list[tuple[str, str]]:
    (row,) = enrolments_page(world.session, world.administrator)
    return [(bloc.kind, bloc.state) for bloc in row.blocs]


def test_an_attempt_given_up_hides_no_decision(world: World) -> None:
    """The defect: both lists showed the attempt given up, as though nothing had been decided before."""
    first = refused(world)
    second = retakes.open_next(actor=world.candidate, work=first)
    assert states(world) == [("work", "draft")]
    retakes.withdraw(actor=world.candidate, work=second)
    assert states(world) == [("decision", "not_acquired")]
    (entry,) = home_of(world.candidate)[0].entries
    assert (entry.work, entry.step) == (first, "try_again")
    assert retakes.open_next(actor=world.candidate, work=first).attempt == 3


def test_a_unit_awarded_shows_as_won(world: World) -> None:
    """The defect: a bloc that the jury awarded against the proposal stayed « non validé » in the session."""
    refused(world)
    awarded(world)
    assert states(world) == [("award", "acquired")]
    (entry,) = home_of(world.candidate)[0].entries
    assert entry.step == "read_decision"  # and no other attempt


def next_session(world: World, **fields: object) -> Session:
    now = timezone.now()
    return Session.objects.create(
        referential=world.edition.referential, name="Suivante", starts_on=now.date(), ends_on=now.date(),
        deposit_deadline=now + timedelta(days=30), **fields,
    )  # fmt: skip


def test_nobody_is_in_two_sessions_of_an_edition(world: World) -> None:
    later = next_session(world)
    enrolled = {"actor": world.administrator, "session": later, "candidate": world.candidate}
    assert code_of(sessions.enrol, **enrolled) == "enrolment.elsewhere"
    factories.scheduled(world)
    Session.objects.filter(pk=world.session.pk).update(deposit_deadline=timezone.now() - timedelta(hours=1))
    assert code_of(sessions.enrol, **enrolled) == "enrolment.elsewhere"
    retakes.withdraw(actor=world.candidate, work=world.work)
    assert sessions.enrol(**enrolled).session == later  # type: ignore[arg-type]


def test_an_adjourned_title_ends_nothing(world: World) -> None:
    """The defect: a candidate whose title was put off was enrolled elsewhere while they went on here."""
    later = next_session(world)
    award = {"actor": world.president, "sitting": factories.plenary(world), "enrolment": world.enrolment, "units": {}}
    awards.decide(**award, title=awards.Ruling("adjourned", "Rien n’est jugé."))
    enrolled = {"actor": world.administrator, "session": later, "candidate": world.candidate}
    assert code_of(sessions.enrol, **enrolled) == "enrolment.elsewhere"


def test_a_list_with_somebody_who_is_elsewhere_enrols_nobody(world: World) -> None:
    people = [Entrant("nouvelle@demo.jalon.test", "Nouvelle"), Entrant(world.candidate.email)]
    session = next_session(world)
    enrolling = {"actor": world.administrator, "session": session, "entrants": people}
    assert code_of(sessions.enrol_all, **enrolling) == "enrolment.elsewhere"


def test_giving_up_cancels_the_passage(world: World) -> None:
    slot = factories.scheduled(world)
    with pytest.raises(Denied):
        retakes.withdraw(actor=world.mentor, work=world.work)
    retakes.withdraw(actor=world.candidate, work=world.work, reason="Nouvel emploi")
    world.work.refresh_from_db()
    slot.refresh_from_db()
    assert (world.work.state, slot.state, slot.outcomes.get().reason) == ("withdrawn", "cancelled", "Nouvel emploi")
    assert retakes.open_next(actor=world.candidate, work=world.work).attempt == 2


def test_what_was_heard_is_not_given_up(world: World) -> None:
    factories.marked(world)
    assert code_of(retakes.withdraw, actor=world.candidate, work=world.work) == "work.transition"


def test_an_attempt_that_another_follows_is_not_scheduled(world: World) -> None:
    """A decision on a superseded work is refused, however it came back before the jury."""
    first = refused(world)
    retakes.open_next(actor=world.candidate, work=first)
    Work.objects.filter(pk=first.pk).update(state="admitted")
    first.refresh_from_db()
    sitting = factories.sitting(world)
    moment = timezone.now() + timedelta(days=1)
    schedule = {"actor": world.administrator, "sitting": sitting, "work": first, "starts_at": moment}
    assert code_of(slots.schedule, **schedule) == "work.superseded"


@pytest.fixture
def optional(world: World) -> Bloc:
    """The bloc of the world becomes one of a group of options, of which the candidate chose none."""
    group = OptionGroup.objects.create(
        code="5", title="Au choix", choose=1, **factories._node(world.edition.referential)
    )
    world.edition.bloc.option_group = group
    world.edition.bloc.save()
    return world.edition.bloc


def test_an_option_that_was_not_chosen_is_not_deposited(world: World, optional: Bloc) -> None:
    """Before: any bloc of the edition took a deposit, by whichever way in."""
    start = {"actor": world.candidate, "work": world.work, "file_name": "projet.zip", "size": 10}
    assert code_of(uploads.start, **start) == "work.option"
    assert code_of(works.open_for, enrolment=world.enrolment, assessment=world.edition.assessment) == "work.option"
    world.enrolment.options.add(optional)
    uploads.start(**start)  # type: ignore[arg-type]


def test_an_option_presented_is_kept(world: World, optional: Bloc) -> None:
    world.enrolment.options.add(optional)
    factories.submitted(world)
    edit = {"actor": world.administrator, "enrolment": world.enrolment, "mentor": None, "access_path": "FC"}
    assert code_of(sessions.edit_enrolment, **edit, options=[]) == "enrolment.presented"
    assert Enrolment.objects.get(pk=world.enrolment.pk).options.get() == optional
