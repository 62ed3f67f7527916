"""Passages without decision, decisions corrected, appeals from one end to the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.domain.appeals import AppealEvent, open_until
from assessments.domain.lines import LineKey
from assessments.domain.passages import PassageEvent
from assessments.models import (
    Appeal,
    Award,
    Decision,
    DecisionLine,
    MentorSpan,
    PrintOrder,
    Role,
    Session,
    Sitting,
    Slot,
    User,
    Work,
)
from assessments.selectors.appeals import contestable_until
from assessments.selectors.documents import verification_of
from assessments.services import appeals, awards, ballots, corrections, decisions, passages, retakes, slots
from assessments.services.decisions import Ruling
from assessments.services.errors import Denied, Refused
from assessments.services.verification import Verification
from assessments.web.outcome_forms import AnswerForm
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def decision(world: World) -> Decision:
    slot = factories.marked(world, "not_acquired", "not_acquired", "acquired")
    made = decisions.decide(actor=world.president, slot=slot, rulings={})
    world.work.refresh_from_db()
    return made


def code_of(act: Callable[..., Any], **kwargs: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(**kwargs)
    return refusal.value.code


def all_acquired(decision: Decision) -> dict[LineKey, Ruling]:
    return {line.line_key: Ruling("acquired") for line in decision.lines.all()}


def filed(world: World, decision: Decision) -> Appeal:
    return appeals.contest(actor=world.candidate, decision=decision, motive="Le jury n’a pas vu l’annexe.")


def assigned(world: World, decision: Decision) -> Appeal:
    return appeals.assign(actor=world.administrator, appeal=filed(world, decision), handler=world.administrator)


def letters_to(address: str) -> list[str]:
    return [message.subject for message in mail.outbox if message.to == [address]]


# Passages


@pytest.mark.parametrize(
    ("event", "slot_state", "work_state"),
    [
        (PassageEvent.MISS, "absent", "absent"),
        (PassageEvent.EXCUSE, "excused", "admitted"),
        (PassageEvent.ADJOURN, "adjourned", "admitted"),
    ],
)
def test_what_became_of_a_passage(world: World, event: PassageEvent, slot_state: str, work_state: str) -> None:
    slot = factories.scheduled(world)
    passages.tell(actor=world.president, slot=slot, event=event, reason="Grève des trains", proof="dossier 12")
    slot.refresh_from_db()
    world.work.refresh_from_db()
    assert (slot.state, world.work.state) == (slot_state, work_state)
    assert (slot.outcomes.get().reason, slot.outcomes.get().proof) == ("Grève des trains", "dossier 12")
    assert len(letters_to(world.candidate.email)) == 1
    assert list(Verification().faults()) == []


def test_an_absence_is_excused_later_and_the_work_passes_again(world: World) -> None:
    slot = factories.scheduled(world)
    passages.tell(actor=world.administrator, slot=slot, event=PassageEvent.MISS)
    passages.tell(actor=world.administrator, slot=slot, event=PassageEvent.EXCUSE, reason="Hospitalisation")
    world.work.refresh_from_db()
    again = slots.schedule(
        actor=world.administrator, sitting=slot.sitting, work=world.work,
        starts_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    assert world.work.slot == again


def test_an_absence_that_another_attempt_follows_is_not_excused(world: World) -> None:
    slot = factories.scheduled(world)
    passages.tell(actor=world.president, slot=slot, event=PassageEvent.MISS)
    retakes.open_next(actor=world.candidate, work=Work.objects.get(pk=world.work.pk))
    excuse = {"actor": world.president, "slot": slot, "event": PassageEvent.EXCUSE, "reason": "Grève"}
    assert code_of(passages.tell, **excuse) == "work.superseded"
    assert Slot.objects.get(pk=slot.pk).state == "absent"


def test_what_is_refused_of_a_passage(world: World) -> None:
    slot = factories.scheduled(world)
    for person in (world.candidate, world.mentor, world.jurors[1]):
        with pytest.raises(Denied):
            passages.tell(actor=person, slot=slot, event=PassageEvent.MISS)
    tell = {"actor": world.president, "slot": slot}
    assert code_of(passages.tell, **tell, event=PassageEvent.ADJOURN) == "passage.reason"
    assert code_of(passages.tell, **tell, event=PassageEvent.EXCUSE, reason="  ") == "passage.reason"
    Slot.objects.update(starts_at=timezone.now() + timedelta(hours=1))
    assert code_of(passages.tell, **tell, event=PassageEvent.MISS) == "passage.early"
    passages.tell(**tell, event=PassageEvent.ADJOURN, reason="Alarme")
    assert code_of(passages.tell, **tell, event=PassageEvent.EXCUSE, reason="Alarme") == "passage.state"


def test_no_one_is_absent_who_was_heard(world: World) -> None:
    slot = factories.marked(world)
    assert code_of(passages.tell, actor=world.president, slot=slot, event=PassageEvent.MISS) == "work.transition"
    assert Slot.objects.get(pk=slot.pk).state == "due"


# Corrections


def test_a_correction_supersedes_and_the_old_paper_says_so(world: World, decision: Decision) -> None:
    document = decision.documents.create(kind="evaluation_report", number="RE-2026-000001", sha256="0" * 64,
                                         content_hash="0" * 64)  # fmt: skip
    corrected = corrections.correct(
        actor=world.president, decision=decision, rulings=all_acquired(decision), motive="Ligne mal recopiée."
    )
    assert (corrected.supersedes, corrected.outcome, decision.outcome) == (decision, "acquired", "not_acquired")
    assert corrected.lines.count() == decision.lines.count()
    assert PrintOrder.objects.filter(decision=corrected).count() == 1
    old = verification_of(document.number, document.code)
    assert old is not None
    assert not old.current
    assert Work.objects.get(pk=world.work.pk).state == "decided"
    again = {"actor": world.president, "decision": decision, "rulings": all_acquired(decision), "motive": "x"}
    assert code_of(corrections.correct, **again) == "decision.superseded"


def test_what_is_refused_of_a_correction(world: World, decision: Decision) -> None:
    correct = {"decision": decision, "rulings": all_acquired(decision)}
    for person in (world.administrator, world.jurors[1], world.candidate):
        with pytest.raises(Denied):
            corrections.correct(actor=person, motive="x", **correct)  # type: ignore[arg-type]
    assert code_of(corrections.correct, actor=world.president, motive=" ", **correct) == "correction.motive"
    same = {"decision": decision, "rulings": {}, "motive": "x"}
    assert code_of(corrections.correct, actor=world.president, **same) == "correction.same"
    wrong = {line: Ruling("parfait") for line in all_acquired(decision)}
    unknown = {"decision": decision, "rulings": wrong, "motive": "x"}
    assert code_of(corrections.correct, actor=world.president, **unknown) == "decision.level"


def test_a_correction_to_acquired_withdraws_the_attempt_that_became_needless(world: World, decision: Decision) -> None:
    second = retakes.open_next(actor=world.candidate, work=world.work)
    corrections.correct(
        actor=world.president, decision=decision, rulings=all_acquired(decision), motive="Ligne mal recopiée."
    )
    second.refresh_from_db()
    assert second.state == "withdrawn"


# Appeals


def test_an_appeal_maintained(world: World, decision: Decision) -> None:
    appeal = assigned(world, decision)
    world.work.refresh_from_db()
    assert (world.work.state, appeal.state) == ("appealed", "under_review")
    answer = {"appeal": appeal, "event": AppealEvent.MAINTAIN, "answer": "L’annexe a été lue."}
    with pytest.raises(Denied):
        appeals.answer(actor=factories.person(Role.ADMINISTRATOR), **answer)  # type: ignore[arg-type]
    assert code_of(appeals.answer, actor=world.administrator, **{**answer, "answer": " "}) == "appeal.answer"
    appeals.answer(actor=world.administrator, **answer)  # type: ignore[arg-type]
    world.work.refresh_from_db()
    assert (world.work.state, Appeal.objects.get().state) == ("decided", "maintained")
    assert Decision.objects.current().get() == decision
    assert [len(letters_to(who.email)) for who in (world.candidate, world.administrator)] == [2, 1]
    assert code_of(appeals.answer, actor=world.administrator, **answer) == "appeal.state"
    again = {"actor": world.candidate, "decision": decision, "motive": "Encore"}
    assert code_of(appeals.contest, **again) == "appeal.answered"
    assert list(Verification().faults()) == []


def test_an_appeal_corrected(world: World, decision: Decision) -> None:
    appeal = assigned(world, decision)
    rulings = all_acquired(decision)
    corrected = appeals.correct(actor=world.administrator, appeal=appeal, rulings=rulings, answer="Annexe lue depuis.")
    world.work.refresh_from_db()
    appeal.refresh_from_db()
    assert (corrected.supersedes, corrected.motive) == (decision, "Annexe lue depuis.")
    assert (world.work.state, appeal.state, appeal.answer) == ("decided", "corrected", "Annexe lue depuis.")


def test_an_appeal_heard_again_is_decided_anew(world: World, decision: Decision) -> None:
    appeal = assigned(world, decision)
    appeals.answer(actor=world.administrator, appeal=appeal, event=AppealEvent.HEAR_AGAIN, answer="Un autre jury.")
    world.work.refresh_from_db()
    assert (world.work.state, Slot.objects.get().state) == ("admitted", "adjourned")
    again = factories.sitting(world)
    with pytest.raises(Refused) as refusal:  # nobody hears the appeal of what they judged
        slots.schedule(actor=world.administrator, sitting=again, work=world.work, starts_at=timezone.now())
    assert refusal.value.code == "jury.conflict"
    world.jurors = [factories.person(Role.JUROR) for _juror in world.jurors]
    sitting = factories.sitting(world)
    slot = slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=timezone.now())
    for juror in world.jurors:
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        for criterion in world.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="acquired", comment="")
        ballots.seal(actor=juror, ballot=ballot)
    anew = decisions.decide(actor=world.president, slot=slot, rulings={})
    assert (anew.supersedes, anew.outcome) == (decision, "acquired")


def test_an_appeal_withdrawn_may_be_filed_again(world: World, decision: Decision) -> None:
    appeal = filed(world, decision)
    with pytest.raises(Denied):
        appeals.withdraw(actor=world.administrator, appeal=appeal)
    appeals.withdraw(actor=world.candidate, appeal=appeal)
    world.work.refresh_from_db()
    assert world.work.state == "decided"
    assert filed(world, decision).state == "filed"


def test_an_appeal_after_its_delay_is_refused_and_says_until_when(
    world: World, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session.objects.update(appeal_days=1)
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(Refused) as refusal:
        filed(world, decision)
    assert refusal.value.code == "appeal.too_late"
    assert "23:59:59" in str(refusal.value)


def test_who_answers_took_no_part(world: World, decision: Decision) -> None:
    appeal = filed(world, decision)
    mentor_once, now = factories.person(Role.MENTOR), timezone.now()
    MentorSpan.objects.create(enrolment=world.enrolment, mentor=mentor_once, since=now, until=now)
    involved = [world.president, world.jurors[2], world.mentor, mentor_once]
    for person in involved:
        person.roles = [*person.roles, Role.ADMINISTRATOR.value]
        person.save()
        assert code_of(appeals.assign, actor=world.administrator, appeal=appeal, handler=person) == "appeal.took_part"
    stranger = factories.person(Role.MENTOR)
    assert code_of(appeals.assign, actor=world.administrator, appeal=appeal, handler=stranger) == "appeal.handler"
    with pytest.raises(Denied):
        appeals.assign(actor=world.candidate, appeal=appeal, handler=world.administrator)


def test_what_is_refused_of_an_appeal(world: World, decision: Decision) -> None:
    contest = {"decision": decision, "motive": "Non"}
    for person in (world.mentor, world.president, world.administrator, factories.person(Role.CANDIDATE)):
        with pytest.raises(Denied):
            appeals.contest(actor=person, **contest)  # type: ignore[arg-type]
    assert code_of(appeals.contest, actor=world.candidate, decision=decision, motive=" ") == "appeal.motive"
    filed(world, decision)
    assert code_of(appeals.contest, actor=world.candidate, **contest) == "appeal.open"


def test_nothing_is_decided_during_an_appeal(world: World, decision: Decision) -> None:
    filed(world, decision)
    correct = {"actor": world.president, "rulings": all_acquired(decision), "motive": "x", "decision": decision}
    assert code_of(corrections.correct, **correct) == "decision.appealed"
    assert code_of(decisions.decide, actor=world.president, slot=decision.slot, rulings={}) == "decision.made"
    assert code_of(retakes.open_next, actor=world.candidate, work=world.work) == "retake.appealed"


def test_a_decision_that_was_replaced_is_not_contested(world: World, decision: Decision) -> None:
    corrections.correct(
        actor=world.president, decision=decision, rulings=all_acquired(decision), motive="Ligne mal recopiée."
    )
    contest = {"actor": world.candidate, "decision": decision, "motive": "Non"}
    assert code_of(appeals.contest, **contest) == "appeal.superseded"


def awarded(world: World, sitting: Sitting, outcome: str, motive: str = "") -> Award:
    """What the jury of that sitting awards of the bloc."""
    units = {world.edition.bloc.code: awards.Ruling(outcome, motive)}
    (made,) = awards.decide(actor=world.president, sitting=sitting, enrolment=world.enrolment, units=units)
    return made


def contested_award(world: World, award: Award) -> Appeal:
    appeal = appeals.contest_award(actor=world.candidate, award=award, motive="Le jury n’a pas vu l’annexe.")
    return appeals.assign(actor=world.administrator, appeal=appeal, handler=world.administrator)


def another_jury(world: World) -> Sitting:
    """A certification jury of other people, whom the president of the world is of from now on."""
    world.jurors = [factories.person(Role.JUROR) for _juror in world.jurors]
    return factories.plenary(world)


def test_an_award_is_contested_and_decided_anew_by_other_people(world: World, decision: Decision) -> None:
    """The attack: the jury whose award was contested took it up again itself, and the appeal was answered so."""
    award = awarded(world, factories.plenary(world), "not_acquired")
    appeal = contested_award(world, award)
    answer = {"actor": world.administrator, "appeal": appeal, "event": AppealEvent.CORRECT, "answer": "En effet."}
    assert code_of(appeals.answer, **answer) == "appeal.not_corrected"
    anew = {"world": world, "outcome": "acquired", "motive": "L’annexe compense."}
    assert code_of(awarded, sitting=award.sitting, **anew) == "award.appealed"
    same_people = factories.plenary(world)
    assert code_of(awarded, sitting=same_people, **anew) == "award.appealed"
    assert awarded(sitting=another_jury(world), **anew).supersedes == award  # type: ignore[arg-type]
    maintain = {**answer, "event": AppealEvent.MAINTAIN}
    assert code_of(appeals.answer, **maintain) == "appeal.corrected"
    assert appeals.answer(**answer).state == "corrected"  # type: ignore[arg-type]


def test_an_award_is_not_heard_again(world: World, decision: Decision) -> None:
    """The defect: "a new passage" was offered and granted, of which nothing came."""
    appeal = contested_award(world, awarded(world, factories.plenary(world), "not_acquired"))
    answer = {"actor": world.administrator, "appeal": appeal, "event": AppealEvent.HEAR_AGAIN, "answer": "Oui."}
    assert code_of(appeals.answer, **answer) == "appeal.no_passage"
    events = [code for code, _words in AnswerForm(appeal=appeal).fields["event"].choices]  # type: ignore[attr-defined]
    assert events == ["maintain", "correct"]


def test_what_is_acquired_is_not_contested(world: World, decision: Decision) -> None:
    award = awarded(world, factories.plenary(world), "acquired", "Le reste compense.")
    contest = {"award": award, "motive": "Non"}
    assert code_of(appeals.contest_award, actor=world.candidate, **contest) == "appeal.acquired"
    with pytest.raises(Denied):
        appeals.contest_award(actor=world.mentor, **contest)  # type: ignore[arg-type]


def test_the_page_of_an_appeal_on_an_award_leads_to_the_title(world: World, decision: Decision, client: Client) -> None:
    appeal = contested_award(world, awarded(world, factories.plenary(world), "not_acquired"))
    client.force_login(world.administrator, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("web:appeal", args=[appeal.pk])).content.decode()
    assert reverse("web:standing", args=[world.enrolment.pk]) in page
    assert "composé d’autres membres" in page


def test_a_candidate_finds_where_to_contest_an_award(world: World, decision: Decision, client: Client) -> None:
    """The defect: nothing led to the page on which an award is contested, nor back to the appeal."""
    award = awarded(world, factories.plenary(world), "not_acquired")
    standing, way = reverse("web:standing", args=[world.enrolment.pk]), reverse("web:award_appeal_new", args=[award.pk])

    def page(user: User) -> str:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client.get(standing).content.decode()

    assert way in page(world.candidate)
    assert way not in page(world.mentor)
    appeal = contested_award(world, award)
    assert way not in page(world.candidate)
    assert reverse("web:appeal", args=[appeal.pk]) in page(world.candidate)
    appeals.withdraw(actor=world.candidate, appeal=appeal)
    Session.objects.update(appeal_days=1)
    assert way in page(world.candidate)
    until = open_until(timezone.localtime(award.decided_at), 60)
    assert contestable_until(world.candidate, [award]) == {award.pk: until}
    award.enrolment.session.appeal_days = -1
    assert contestable_until(world.candidate, [award]) == {}


def test_the_page_of_an_appeal_says_the_point_in_whole(world: World, decision: Decision, client: Client) -> None:
    """The defect: of a line that is a whole épreuve, the page said nothing at all."""
    line = decision.lines.get(criterion=world.edition.criteria[1])
    DecisionLine.objects.bulk_create([DecisionLine(decision=decision, assessment=world.edition.assessment, level="x")])
    whole = decision.lines.get(assessment__isnull=False)
    for contested, words in ((line, "Des données propres."), (whole, world.edition.assessment.title)):
        appeal = appeals.contest(actor=world.candidate, decision=decision, motive="Non.", line=contested)
        client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("web:appeal", args=[appeal.pk])).content.decode()
        assert words in page[page.index("Contre le point") :]
        appeals.withdraw(actor=world.candidate, appeal=appeal)
        decision.work.refresh_from_db()


def test_the_database_keeps_an_appeal(world: World, decision: Decision) -> None:
    appeal = assigned(world, decision)
    frozen = ["UPDATE assessments_appeal SET motive = 'x'", "DELETE FROM assessments_appeal"]
    for statement in frozen:
        refuse(statement)
    appeals.answer(actor=world.administrator, appeal=appeal, event=AppealEvent.MAINTAIN, answer="Non.")
    refuse("UPDATE assessments_appeal SET answer = 'x'")


def refuse(statement: str) -> None:
    refused = pytest.raises((InternalError, IntegrityError), match="is frozen")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
