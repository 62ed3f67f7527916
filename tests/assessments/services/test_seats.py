"""Who sits for a passage: conflicts whenever they arise, absences, presidency, the hour, the casting vote."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from assessments import policies
from assessments.domain.conflicts import Tie, bars, ties_of
from assessments.models import Ballot, Enrolment, Juror, Leave, MentorSpan, Role, Slot, User, Work
from assessments.models.histories import bonds_about, bonds_by_work, bonds_on
from assessments.models.lines import key_of
from assessments.selectors.jury import passages_of
from assessments.selectors.report import report_of
from assessments.services import (
    ballots,
    decisions,
    declarations,
    habilitations,
    seats,
    sessions,
    sittings,
    slots,
)
from assessments.services.decisions import Ruling
from assessments.services.entrants import Entrant
from assessments.services.verification import Verification
from tests import factories
from tests.assessments.services.test_sittings import code_of, newcomer
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def member(world: World, slot: Slot, rank: int) -> Juror:
    return Juror.objects.select_related("user").get(sitting=slot.sitting_id, user=world.jurors[rank])


def seal(world: World, slot: Slot, *levels: str) -> None:
    """One level for every line of each of the first jurors, who then seal."""
    for juror, level in zip(world.jurors, levels, strict=False):
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        for criterion in world.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level=level, comment="")
        ballots.seal(actor=juror, ballot=ballot)
    slot.work.refresh_from_db()


def schedule(world: World) -> str:
    sitting = factories.sitting(world)
    return code_of(
        lambda: slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=timezone.now())
    )


# Conflicts, derived


def edit_mentor(world: World, mentor: User | None) -> None:
    sessions.edit_enrolment(actor=world.administrator, enrolment=world.enrolment, mentor=mentor, access_path="FC")


def as_mentor(person: User) -> User:
    person.roles = sorted({*person.roles, Role.MENTOR.value})
    person.save()
    return person


def test_a_mentor_of_old_never_judges(world: World) -> None:
    factories.admitted(world)
    old = as_mentor(world.jurors[2])
    edit_mentor(world, old)
    edit_mentor(world, world.mentor)
    assert MentorSpan.objects.filter(mentor=old, until__isnull=False).exists()
    assert schedule(world) == "jury.conflict"


def test_a_mentor_of_the_candidate_in_another_session_never_judges(world: World) -> None:
    factories.admitted(world)
    other = factories.world()
    Enrolment.objects.create(session=other.session, candidate=world.candidate, mentor=world.jurors[1])
    assert schedule(world) == "jury.conflict"


def test_who_was_mentored_by_the_candidate_never_judges(world: World) -> None:
    factories.admitted(world)
    other = factories.world()
    Enrolment.objects.create(session=other.session, candidate=world.jurors[1], mentor=world.candidate)
    assert schedule(world) == "jury.conflict"


def test_a_reviewer_never_judges(world: World) -> None:
    factories.admitted(world)
    Enrolment.objects.filter(pk=world.enrolment.pk).update(mentor=None)
    world.jurors[2] = world.mentor
    world.mentor.roles = ["juror", "mentor"]
    world.mentor.save()
    assert Tie.REVIEWER in ties_of(world.mentor.pk, world.candidate.pk, bonds_about([world.candidate.pk]))
    assert schedule(world) == "jury.conflict"


def test_a_colleague_never_judges(world: World) -> None:
    factories.admitted(world)
    for person, employer in ((world.candidate, "Société Exemple"), (world.jurors[2], "  société   EXEMPLE ")):
        habilitations.describe(actor=world.administrator, person=person, employer=employer, sex="")
    assert schedule(world) == "jury.conflict"


def test_who_judged_an_earlier_work_judges_again(world: World) -> None:
    slot = factories.marked(world)
    decisions.decide(actor=world.president, slot=slot, rulings={})
    bonds = bonds_on(world.work)
    ties = ties_of(world.president.pk, world.candidate.pk, bonds)
    assert ties == {Tie.JUDGED}
    assert not bars(ties)


def test_nobody_hears_the_appeal_of_what_they_judged(world: World) -> None:
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    assert not policies.has_conflict(world.president, world.work)
    world.work.state = "appealed"
    assert policies.has_conflict(world.president, world.work)


def test_bonds_are_read_in_one_query(world: World, django_assert_num_queries: Any) -> None:
    slot = factories.marked(world)
    work = Work.objects.select_related("enrolment").get(pk=slot.work_id)
    with django_assert_num_queries(1):
        bonds_on(work)


def test_bonds_of_many_works_are_read_at_once_and_are_those_of_each(
    world: World, django_assert_num_queries: Any
) -> None:
    """Of one candidate, who judged the work that is appealed against may still judge the other."""
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    Work.objects.create(enrolment=world.enrolment, assessment=world.edition.assessment, attempt=2)
    factories.world()
    works = list(Work.objects.select_related("enrolment"))
    first, second = (each for each in works if each.enrolment_id == world.enrolment.pk)
    first.state = "appealed"
    with django_assert_num_queries(1):
        found = bonds_by_work(works)
    assert len(works) == 3
    assert {work.pk: set(found[work.pk]) for work in works} == {work.pk: set(bonds_on(work)) for work in works}
    assert Tie.APPEALED in ties_of(world.president.pk, world.candidate.pk, found[first.pk])
    assert ties_of(world.president.pk, world.candidate.pk, found[second.pk]) == {Tie.JUDGED}


def test_a_juror_made_mentor_later_is_recused_and_nothing_is_blocked(world: World) -> None:
    """Before, nobody could decide any more: one of three ballots was never to come."""
    slot = factories.scheduled(world)
    mail.outbox.clear()
    edit_mentor(world, as_mentor(world.jurors[2]))
    leave = Leave.objects.get(slot=slot)
    assert (leave.juror.user, leave.kind, leave.cause, leave.by) == (world.jurors[2], "recused", ["mentor"], None)
    assert [letter.to for letter in mail.outbox] == [[world.jurors[2].email]]
    assert code_of(lambda: ballots.open_ballot(actor=world.jurors[2], slot=slot)) == "denied"
    seal(world, slot, "acquired", "acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    assert report_of(decision).jurors == sorted(str(juror) for juror in world.jurors[:2])
    assert list(Verification().faults()) == []


@pytest.mark.parametrize("by_list", [False, True])
def test_a_juror_who_mentors_the_candidate_from_enrolment_elsewhere_is_recused(world: World, by_list: bool) -> None:
    slot = factories.scheduled(world)
    elsewhere, mentor = factories.world(), as_mentor(world.jurors[2])
    terms: Any = {"actor": elsewhere.administrator, "session": elsewhere.session, "mentor": mentor}
    if by_list:
        sessions.enrol_all(entrants=[Entrant(world.candidate.email)], **terms)
    else:
        sessions.enrol(candidate=world.candidate, **terms)
    leave = Leave.objects.get(slot=slot)
    assert (leave.juror.user, leave.cause) == (mentor, ["mentor"])
    assert list(Verification().faults()) == []


def test_a_juror_enrolled_under_the_mentorship_of_the_candidate_is_recused(world: World) -> None:
    slot, elsewhere, juror = factories.scheduled(world), factories.world(), world.jurors[2]
    juror.roles = [Role.JUROR.value, Role.CANDIDATE.value]
    juror.save()
    sessions.enrol(
        actor=elsewhere.administrator, session=elsewhere.session, candidate=juror, mentor=as_mentor(world.candidate)
    )
    assert Leave.objects.get(slot=slot).cause == ["mentored"]


def test_what_a_juror_sealed_before_the_conflict_counts_no_more(world: World) -> None:
    slot = factories.marked(world, "acquired", "acquired", "not_acquired")
    edit_mentor(world, as_mentor(world.jurors[2]))
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    assert decision.lines.get(criterion=world.edition.criteria[1].pk).votes == {"acquired": 2}


def test_who_sealed_left_and_then_proves_tied_counts_no_more(world: World) -> None:
    """Who left the jury keeps a ballot that counts: it is no way to keep it counted."""
    slot = factories.marked(world, "acquired", "acquired", "not_acquired")
    sittings.leave(actor=world.administrator, juror=member(world, slot, 2), reason="Malade.")
    edit_mentor(world, as_mentor(world.jurors[2]))
    assert Leave.objects.get(slot=slot).cause == ["mentor"]
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    assert decision.lines.get(criterion=world.edition.criteria[1].pk).votes == {"acquired": 2}


def test_a_conflict_that_came_by_another_way_is_seen_at_the_decision(world: World) -> None:
    slot = factories.marked(world, "acquired", "acquired", "not_acquired")
    Enrolment.objects.filter(pk=world.enrolment.pk).update(mentor=world.jurors[2])
    decisions.decide(actor=world.president, slot=slot, rulings={})
    assert Leave.objects.get(slot=slot).cause == ["mentor"]


def test_a_link_declared_recuses_for_that_candidate_alone(world: World) -> None:
    factories.admitted(world)
    factories.habilitated(world)
    sitting = sittings.compose(
        actor=world.administrator, session=world.session, name="Jury", starts_at=timezone.now(),
        jurors=world.jurors, president=world.president,
    )  # fmt: skip
    slot = slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=timezone.now())
    assert code_of(lambda: ballots.open_ballot(actor=world.jurors[2], slot=slot)) == "jury.declaration"
    stranger = factories.person(Role.CANDIDATE)
    sign = lambda *links: declarations.sign(  # noqa: E731 - named for what it does
        actor=world.jurors[2], sitting=sitting, links=links
    )
    assert code_of(lambda: sign(stranger)) == "declaration.candidate"
    assert code_of(lambda: sign()) == "done"
    assert code_of(lambda: sign()) == "declaration.signed"
    assert code_of(lambda: sign(world.candidate)) == "done"
    assert Leave.objects.get(slot=slot).cause == ["declared"]
    assert code_of(lambda: ballots.open_ballot(actor=world.jurors[2], slot=slot)) == "denied"
    assert list(Verification().faults()) == []


# Presence


def test_an_absent_member_blocks_nothing_when_the_quorum_is_there(world: World) -> None:
    """Before, a juror taken ill kept everyone from deciding, though the quorum had sealed."""
    slot = factories.scheduled(world)
    seal(world, slot, "acquired", "acquired")
    decide = lambda: decisions.decide(actor=world.president, slot=slot, rulings={})  # noqa: E731 - idem
    assert code_of(decide) == "decision.unsealed"
    seats.absent(actor=world.president, slot=slot, juror=member(world, slot, 2))
    assert code_of(decide) == "done"


def test_without_its_quorum_nothing_is_decided(world: World) -> None:
    slot = factories.scheduled(world)
    seal(world, slot, "acquired")
    for rank in (1, 2):
        seats.absent(actor=world.president, slot=slot, juror=member(world, slot, rank))
    assert code_of(lambda: decisions.decide(actor=world.president, slot=slot, rulings={})) == "decision.quorum"


def test_those_present_at_a_vae_passage_have_someone_qualified(world: World) -> None:
    """Art. D6412-6: the jury « réunit […] au moins une personne qualifiée »."""
    slot = factories.scheduled(world)
    world.jurors[0].habilitations.update(qualified=False)
    world.jurors[1].habilitations.update(qualified=False)
    Enrolment.objects.filter(pk=world.enrolment.pk).update(access_path="VAE")
    seal(world, slot, "acquired", "acquired")
    seats.absent(actor=world.president, slot=slot, juror=member(world, slot, 2))
    assert code_of(lambda: decisions.decide(actor=world.president, slot=slot, rulings={})) == "decision.qualified"


def test_who_is_absent_sees_no_ballot_and_may_come_back(world: World) -> None:
    """Declaring oneself absent is no way to read the others' marks, nor is making others absent."""
    slot = factories.scheduled(world)
    opened = ballots.open_ballot(actor=world.president, slot=slot)
    seal_by = ballots.open_ballot(actor=world.jurors[1], slot=slot)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=world.jurors[1], ballot=seal_by, line=criterion, level="acquired", comment="")
    ballots.seal(actor=world.jurors[1], ballot=seal_by)
    for rank in (0, 2):
        seats.absent(actor=world.administrator, slot=slot, juror=member(world, slot, rank))
    assert list(Ballot.objects.visible_to(world.president)) == [opened]
    assert list(Ballot.objects.visible_to(world.jurors[1])) == [seal_by], "an open ballot of an absent juror is hidden"
    assert not Ballot.objects.visible_to(world.jurors[2]).exists()
    seats.returned(actor=world.administrator, slot=slot, juror=member(world, slot, 0))
    assert policies.can_write_ballot(world.president, Ballot.objects.get(pk=opened.pk))


def test_seats_are_kept_by_the_president_and_administrators_until_the_decision(world: World) -> None:
    slot = factories.marked(world)
    third = member(world, slot, 2)
    for actor in (world.jurors[1], world.candidate, world.mentor):
        assert code_of(lambda actor=actor: seats.absent(actor=actor, slot=slot, juror=third)) == "denied"  # type: ignore[misc]
    assert code_of(lambda: seats.absent(actor=world.president, slot=slot, juror=third)) == "seat.sealed"
    recuse = lambda reason: seats.recuse(actor=world.president, slot=slot, juror=third, reason=reason)  # noqa: E731
    assert code_of(lambda: recuse("")) == "seat.reason"
    assert code_of(lambda: recuse("Voisin.")) == "done"
    assert code_of(lambda: recuse("Voisin.")) == "seat.leave"
    assert code_of(lambda: seats.returned(actor=world.president, slot=slot, juror=third)) == "seat.recused"
    foreign = factories.scheduled(factories.world()).sitting.jurors.first()
    assert foreign is not None
    assert code_of(lambda: seats.absent(actor=world.president, slot=slot, juror=foreign)) == "seat.foreign"
    decisions.decide(actor=world.president, slot=slot, rulings={})
    second = member(world, slot, 1)
    assert code_of(lambda: seats.absent(actor=world.administrator, slot=slot, juror=second)) == "seat.decided"


def test_the_list_of_passages_counts_those_who_sit(world: World) -> None:
    slot = factories.scheduled(world)
    seats.absent(actor=world.president, slot=slot, juror=member(world, slot, 2))
    seal(world, slot, "acquired", "acquired")
    mine = passages_of(world.president)[0]
    assert (mine.sealed, mine.jurors, mine.all_sealed, mine.presides) == (2, 2, True, True)


# Presidency


def test_a_president_recused_for_one_candidate_is_replaced_for_that_passage(world: World) -> None:
    slot = factories.scheduled(world)
    edit_mentor(world, as_mentor(world.president))
    second = member(world, slot, 1)
    preside = lambda: seats.preside(  # noqa: E731 - idem
        actor=world.administrator, sitting=slot.sitting, slot=slot, juror=second, reason="Conflit.", seen=None
    )
    assert code_of(preside) == "done"
    assert code_of(preside) == "seat.presided"
    world.jurors[:] = world.jurors[1:]
    seal(world, slot, "acquired", "acquired")
    assert decisions.decide(actor=second.user, slot=slot, rulings={}).decided_by == second.user


def test_who_does_not_sit_does_not_preside(world: World) -> None:
    slot = factories.scheduled(world)
    third = member(world, slot, 2)
    seats.absent(actor=world.president, slot=slot, juror=third)
    got = code_of(
        lambda: seats.preside(
            actor=world.administrator, sitting=slot.sitting, slot=slot, juror=third, reason="x", seen=None
        )
    )
    assert got == "seat.left"


# The hour


def test_nothing_is_sealed_before_the_defence_begins(world: World) -> None:
    slot = factories.scheduled(world)
    Slot.objects.filter(pk=slot.pk).update(starts_at=timezone.now() + timedelta(hours=1))
    slot.refresh_from_db()
    assert code_of(lambda: seal(world, slot, "acquired")) == "ballot.early"
    early = lambda actor, reason: code_of(  # noqa: E731 - idem
        lambda: seats.open_early(actor=actor, slot=slot, reason=reason)
    )
    assert early(world.jurors[1], "Candidat en avance.") == "denied"
    assert early(world.administrator, "Candidat en avance.") == "denied"
    assert early(world.president, " ") == "seat.reason"
    assert early(world.president, "Candidat en avance.") == "done"
    assert early(world.president, "Encore.") == "seat.opened"
    assert code_of(lambda: seal(world, slot, "acquired")) == "done"


@pytest.mark.parametrize("state", ["cancelled", "absent", "decided"])
def test_a_passage_that_is_over_is_not_opened_early(world: World, state: str) -> None:
    slot = factories.marked(world)
    if state == "decided":
        decisions.decide(actor=world.president, slot=slot, rulings={})
    else:
        Slot.objects.filter(pk=slot.pk).update(state=state)
    opening = lambda: seats.open_early(actor=world.president, slot=slot, reason="Trop tard.")  # noqa: E731 - idem
    assert code_of(opening) == "seat.decided"


# The casting vote


def test_the_presidents_vote_decides_a_tie_and_is_said_as_such(world: World) -> None:
    slot = factories.scheduled(world)
    seats.absent(actor=world.president, slot=slot, juror=member(world, slot, 2))
    seal(world, slot, "acquired", "not_acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    line = decision.lines.get(criterion=world.edition.criteria[1].pk)
    assert (decision.outcome, line.level, line.decided_by) == ("acquired", "acquired", "casting")
    assert "voix prépondérante" in line.get_decided_by_display()


def test_to_depart_from_the_casting_vote_takes_a_word(world: World) -> None:
    slot = factories.scheduled(world)
    seats.absent(actor=world.president, slot=slot, juror=member(world, slot, 2))
    seal(world, slot, "acquired", "not_acquired")
    key = key_of(world.edition.criteria[1])
    decide = lambda word: decisions.decide(  # noqa: E731 - idem
        actor=world.president, slot=slot, rulings={key: Ruling("not_acquired", word)}
    )
    assert code_of(lambda: decide("")) == "decision.reason"
    assert decide("Après échange.").lines.get(criterion=key.pk).decided_by == "president"


# Over random histories


@pytest.mark.parametrize("seed", range(12))
def test_no_hand_assignment_ever_seats_a_conflicted_juror(world: World, seed: int) -> None:
    """Random acts, before and after the passage is set: whoever is tied to the candidate never judges."""
    chance = random.Random(seed)
    factories.admitted(world)
    people = [as_mentor(person) for person in (*world.jurors, newcomer(world))]
    acts = [
        lambda: edit_mentor(world, chance.choice([*people, world.mentor])),
        lambda: habilitations.describe(
            actor=world.administrator, person=chance.choice([*people, world.candidate]),
            employer=chance.choice(["", "Société A", "Société B"]), sex="",
        ),
        lambda: Enrolment.objects.create(
            session=factories.world().session, candidate=chance.choice(people), mentor=world.candidate
        ),
    ]  # fmt: skip
    for _ in range(chance.randrange(3)):
        chance.choice(acts)()
    if schedule(world) == "done":
        slot = Slot.objects.get(work=world.work)
        for _ in range(2):
            chance.choice(acts[:2])()
        tied = {
            person.pk
            for person in people
            if bars(ties_of(person.pk, world.candidate.pk, bonds_about([world.candidate.pk])))
        }
        seated = set(Juror.objects.filter(sitting=slot.sitting_id).seated(slot.pk).values_list("user", flat=True))
        assert not seated & tied
        assert not any(policies.can_mark(person, slot) for person in people if person.pk in tied)
    else:
        sitting = world.session.sittings.latest("pk")
        assert any(policies.has_conflict(juror.user, world.work) for juror in sitting.jurors.all())


# Product: what became of a ballot × act


def _sealed(world: World, slot: Slot, ballot: Ballot) -> None:
    ballots.seal(actor=world.jurors[2], ballot=ballot)


def _away(act: str) -> Any:
    def gone(world: World, slot: Slot, ballot: Ballot) -> None:
        if act == "left":
            sittings.leave(actor=world.administrator, juror=ballot.juror, reason="Malade.")
        elif act == "cancelled":
            sittings.cancel(actor=world.administrator, sitting=slot.sitting, reason="Grève.")
        elif act == "absent":
            seats.absent(actor=world.president, slot=slot, juror=ballot.juror)
        elif act == "recused":
            seats.recuse(actor=world.president, slot=slot, juror=ballot.juror, reason="Voisin.")

    return gone


BALLOTS: dict[str, tuple[Any, str, str]] = {
    # what happened: how, what writing then answers, what sealing then answers
    "open": (_away("open"), "done", "done"),
    "sealed": (_sealed, "denied", "ballot.sealed"),
    **{act: (_away(act), "denied", "denied") for act in ("left", "cancelled", "absent", "recused")},
}


@pytest.mark.parametrize("state", BALLOTS)
def test_every_act_on_a_ballot_in_every_state(world: World, state: str) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.jurors[2], slot=slot)
    line = world.edition.criteria[1]
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=world.jurors[2], ballot=ballot, line=criterion, level="acquired", comment="")
    happen, writing, sealing = BALLOTS[state]
    happen(world, slot, ballot)
    mark = lambda: ballots.save_mark(  # noqa: E731 - named for what it does
        actor=world.jurors[2], ballot=ballot, line=line, level="acquired", comment="Vu.", base=1
    )
    say = lambda: ballots.save_ballot_comment(  # noqa: E731 - idem
        actor=world.jurors[2], ballot=ballot, comment="Vu."
    )
    assert [code_of(mark), code_of(say)] == [writing, writing]
    assert code_of(lambda: ballots.seal(actor=world.jurors[2], ballot=ballot)) == sealing
