"""What one may do and what one sees agree: nobody acts on what is out of their sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import policies
from assessments.domain.workflow import WorkState
from assessments.models import (
    Ballot,
    Decision,
    Enrolment,
    EvaluationRun,
    LineFlag,
    Review,
    Role,
    Session,
    Sitting,
    Slot,
    Submission,
    Upload,
    User,
    Work,
)
from assessments.services import ballots, corrections, decisions, seats
from assessments.services.errors import Denied, Refused
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db

STAGES: dict[str, Callable[[World], object]] = {
    "draft": lambda world: None,
    "submitted": factories.submitted,
    "admitted": factories.admitted,
    "scheduled": factories.scheduled,
    "defended": factories.marked,
    "decided": lambda world: decisions.decide(actor=world.president, slot=factories.marked(world), rulings={}),
}


def everyone(world: World) -> list[User]:
    stranger = factories.person()
    stranger.roles = [Role.CANDIDATE, Role.MENTOR, Role.JUROR]
    stranger.save()
    nobody = factories.person()
    return [world.candidate, world.mentor, *world.jurors, world.administrator, stranger, nobody]


@pytest.mark.parametrize("stage", STAGES)
def test_nobody_acts_on_what_is_out_of_sight(stage: str) -> None:
    world = factories.world()
    STAGES[stage](world)
    work = Work.objects.select_related("enrolment__session", "assessment").get(pk=world.work.pk)
    submission, slot = work.submissions.first(), Slot.objects.filter(work=work).first()
    for user in everyone(world):
        sees = policies.can_see_work(user, work)
        assert sees is Work.objects.visible_to(user).filter(pk=work.pk).exists()
        acts = [policies.can_deposit(user, work, timezone.now())]
        acts += [policies.can_review(user, submission)] if submission else []
        acts += [policies.can_mark(user, slot), policies.can_decide(user, slot)] if slot else []
        assert sees or not any(acts), user
        if submission:
            assert Submission.objects.visible_to(user).filter(pk=submission.pk).exists() is sees
            assert EvaluationRun.objects.visible_to(user).filter(submission=submission).exists() is sees
        if slot:
            assert Slot.objects.visible_to(user).filter(pk=slot.pk).exists() or not any(acts[-2:])


@pytest.mark.parametrize("stage", STAGES)
def test_a_stranger_sees_nothing_at_any_stage(stage: str) -> None:
    world = factories.world()
    STAGES[stage](world)
    *_known, stranger, nobody = everyone(world)
    managers = (Session, Enrolment, Work, Upload, Submission, EvaluationRun, Review, Sitting, Slot, Ballot, Decision)
    for user in (stranger, nobody):
        assert [model for model in managers if model.objects.visible_to(user).exists()] == []


@pytest.mark.parametrize("stage", STAGES)
def test_each_act_has_its_moment(stage: str) -> None:
    world = factories.world()
    STAGES[stage](world)
    work = Work.objects.select_related("enrolment__session", "assessment").get(pk=world.work.pk)
    state = WorkState(work.state)
    submission, slot = work.submissions.first(), Slot.objects.filter(work=work).first()
    assert policies.can_deposit(world.candidate, work, timezone.now()) is (state is WorkState.DRAFT)
    if submission:
        assert policies.can_review(world.mentor, submission) is (state is WorkState.SUBMITTED)
    if slot:
        assert policies.can_mark(world.jurors[1], slot) is (state in (WorkState.SCHEDULED, WorkState.DEFENDED))
        assert policies.can_decide(world.president, slot) is (state is WorkState.DEFENDED)
        assert not policies.can_decide(world.jurors[1], slot)


def test_nothing_is_deposited_after_the_deadline() -> None:
    world = factories.world()
    after = world.session.deposit_deadline + timedelta(seconds=1)
    assert not policies.can_deposit(world.candidate, world.work, after)
    assert policies.can_deposit(world.candidate, world.work, world.session.deposit_deadline)


def test_an_inactive_account_does_nothing() -> None:
    world = factories.world()
    world.candidate.is_active = False
    assert not policies.can_deposit(world.candidate, world.work, timezone.now())


def presided_by_another(world: World, *, sealed: bool) -> tuple[Slot, User, User]:
    """A passage that its sitting's president does not hear, the member who presides it, and that president."""
    slot = factories.scheduled(world)
    first, second = (slot.sitting.jurors.get(user=each) for each in world.jurors[:2])
    seats.recuse(actor=world.administrator, slot=slot, juror=first, reason="Voisine du candidat.")
    seats.preside(actor=world.administrator, sitting=slot.sitting, slot=slot, juror=second, reason="Relais.", seen=None)
    for juror in world.jurors[1:] if sealed else ():
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        for criterion in world.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="acquired", comment="")
        ballots.seal(actor=juror, ballot=ballot)
    return Slot.objects.select_related("sitting", "work__enrolment").get(pk=slot.pk), second.user, first.user


def test_who_presides_the_passage_acts_on_it_and_its_recused_president_does_not() -> None:
    world = factories.world()
    slot, presides, recused = presided_by_another(world, sealed=False)
    factories.evaluated_again(world, slot.submission, chart__pie="not_met")
    flag = LineFlag.objects.get()
    for user, may in ((presides, True), (recused, False)):
        assert policies.can_tell_of(user, slot) is may
        assert policies.can_keep_seats(user, slot) is may
        assert policies.can_close_flag(user, flag) is may


def test_who_presided_the_passage_corrects_its_decision() -> None:
    world = factories.world()
    slot, presides, recused = presided_by_another(world, sealed=True)
    decision = decisions.decide(actor=presides, slot=slot, rulings={})
    assert policies.can_correct(presides, decision)
    assert not policies.can_correct(recused, decision)
    refused = {"decision": decision, "rulings": {}, "motive": "Erreur de saisie."}
    with pytest.raises(Denied):
        corrections.correct(actor=recused, **refused)  # type: ignore[arg-type]  # one bag for two acts
    with pytest.raises(Refused, match="Aucun niveau ne change"):
        corrections.correct(actor=presides, **refused)  # type: ignore[arg-type]


def test_a_president_out_of_the_room_keeps_the_seats_unless_tied_to_the_candidate() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    first = slot.sitting.jurors.get(user=world.president)
    seats.absent(actor=world.administrator, slot=slot, juror=first)
    assert policies.can_keep_seats(world.president, slot)
    Enrolment.objects.filter(pk=world.enrolment.pk).update(mentor=world.president)
    assert not policies.can_keep_seats(world.president, slot)
