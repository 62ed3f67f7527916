"""Acts done twice at the same moment: one effect, and to the others a refusal that says what happened."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.domain.passages import PassageEvent
from assessments.models import (
    Appeal,
    Ballot,
    Decision,
    Enrolment,
    JournalEntry,
    Mark,
    MarkNote,
    Occupation,
    Presidency,
    ReferenceVersion,
    Review,
    Role,
    Room,
    RulingDraft,
    Session,
    Slot,
    Submission,
    Upload,
    User,
    Work,
)
from assessments.models.references import ReadingState
from assessments.models.reviews import ReviewOutcome
from assessments.models.works import UploadState
from assessments.services import (
    appeals,
    ballots,
    corrections,
    decisions,
    jottings,
    passages,
    people,
    references,
    referentials,
    retakes,
    reviews,
    seats,
    sessions,
    sittings,
    slots,
    submissions,
    works,
)
from assessments.services.decisions import Ruling
from assessments.services.errors import RULES, Refused, conflicts_refused, refusal_of
from certification.referentials.errors import ReferentialError
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], object], times: int) -> Counter[str]:
    """What each of so many threads that begin together got: ``done``, the code of a refusal, or the error's name."""
    ready, got = threading.Barrier(times), Counter[str]()

    def run() -> None:
        try:
            ready.wait(30)
            with conflicts_refused():
                act()
            found = "done"
        except Refused as refused:
            found = refused.code
        except Exception as error:  # noqa: BLE001 (named by the test)
            found = type(error).__name__
        finally:
            connection.close()
        got[found] += 1

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def all_marked(slot: Slot, user: User, world: World) -> Ballot:
    """The ballot of a juror, every line marked, not sealed."""
    ballot = ballots.open_ballot(actor=user, slot=slot)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=user, ballot=ballot, line=criterion, level="acquired", comment="")
    return ballot


def test_an_appeal_and_a_correction_at_once_leave_one_of_them() -> None:
    """Whichever comes first: a decision replaced is not contested, a decision contested is not replaced beside it."""
    world = factories.world()
    slot = factories.marked(world, "not_acquired", "not_acquired", "acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    rulings = {line.line_key: Ruling("acquired") for line in decision.lines.all()}
    acts = iter(
        [
            lambda: appeals.contest(actor=world.candidate, decision=decision, motive="Non."),
            lambda: corrections.correct(actor=world.president, decision=decision, rulings=rulings, motive="Erreur."),
        ]
    )
    got = at_once(lambda: next(acts)(), 2)
    assert got["done"] == 1
    assert got["appeal.superseded"] + got["decision.appealed"] == 1
    corrected = Decision.objects.filter(supersedes=decision).exists()
    assert corrected is not Appeal.objects.filter(decision=decision).exists()


def test_a_passage_is_adjourned_or_decided_never_both() -> None:
    world = factories.world()
    slot = factories.marked(world)
    acts = iter(
        [
            lambda: decisions.decide(actor=world.president, slot=slot, rulings={}),
            lambda: passages.tell(actor=world.administrator, slot=slot, event=PassageEvent.ADJOURN, reason="Alarme"),
        ]
    )
    got = at_once(lambda: next(acts)(), 2)
    assert got["done"] == 1
    assert got["work.transition"] + got["Denied"] == 1
    decided = Decision.objects.filter(slot=slot).exists()
    assert Slot.objects.get(pk=slot.pk).state == ("due" if decided else "adjourned")


def test_two_retakes_at_once_open_one_attempt() -> None:
    world = factories.world()
    slot = factories.marked(world, "not_acquired", "not_acquired", "acquired")
    decisions.decide(actor=world.president, slot=slot, rulings={})
    got = at_once(lambda: retakes.open_next(actor=world.candidate, work=world.work), 4)
    assert got == {"done": 1, "retake.under_way": 3}


def test_two_sessions_of_an_edition_at_once_enrol_in_one() -> None:
    world = factories.world()
    candidate = factories.person(Role.CANDIDATE)
    same = {name: getattr(world.session, name) for name in ("referential", "starts_on", "ends_on", "deposit_deadline")}
    chosen = iter([world.session, Session.objects.create(name="Suivante", **same)])
    got = at_once(lambda: sessions.enrol(actor=world.administrator, session=next(chosen), candidate=candidate), 2)
    assert got == {"done": 1, "enrolment.elsewhere": 1}


def test_eight_simultaneous_decides_make_one_decision() -> None:
    world = factories.world()
    slot = factories.marked(world)
    got = at_once(lambda: decisions.decide(actor=world.president, slot=slot, rulings={}), 8)
    assert got == {"done": 1, "decision.made": 7}
    assert Decision.objects.filter(work=world.work).count() == 1
    assert JournalEntry.objects.filter(verb="decision.made").count() == 1


def test_eight_posts_of_a_decision_are_one_decision_and_seven_messages() -> None:
    world = factories.world()
    slot = factories.marked(world)
    url = reverse("web:decide", kwargs={"pk": slot.pk})
    statuses: list[int] = []

    def post() -> None:
        client = Client(raise_request_exception=False)
        client.force_login(world.president, backend="django.contrib.auth.backends.ModelBackend")
        statuses.append(client.post(url, {"motive": ""}).status_code)

    assert at_once(post, 8) == {"done": 8}
    assert statuses == [302] * 8
    assert Decision.objects.filter(work=world.work).count() == 1


def test_a_ballot_is_sealed_once() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    ballot = all_marked(slot, world.jurors[0], world)
    got = at_once(lambda: ballots.seal(actor=world.jurors[0], ballot=ballot), 4)
    assert got == {"done": 1, "ballot.sealed": 3}
    assert JournalEntry.objects.filter(verb="ballot.sealed").count() == 1


def test_the_first_seals_of_three_jurors_move_the_work_once() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    waiting = [(juror, all_marked(slot, juror, world)) for juror in world.jurors]

    def seal() -> None:
        juror, ballot = waiting.pop()
        ballots.seal(actor=juror, ballot=ballot)

    assert at_once(seal, 3) == {"done": 3}
    assert JournalEntry.objects.filter(verb="work.defend").count() == 1


def test_two_presidents_named_at_once_are_one() -> None:
    world = factories.world()
    sitting = factories.sitting(world)
    named = list(sitting.jurors.filter(presides=False).order_by("pk"))

    def name() -> None:
        juror = named.pop()
        seats.preside(actor=world.administrator, sitting=sitting, juror=juror, reason="Relais.", seen=None)

    assert at_once(name, 2) == {"done": 1, "seat.presided": 1}
    assert Presidency.objects.current().filter(sitting=sitting).count() == 1


def test_two_people_who_think_they_preside_make_one_decision() -> None:
    """The presidency passes from one to the other while both decide: whoever presides when it is their turn."""
    world = factories.world()
    slot = factories.marked(world)
    second = slot.sitting.jurors.get(user=world.jurors[1])
    people = [world.president, world.jurors[1], world.administrator]

    def act() -> None:
        person = people.pop()
        if person == world.administrator:
            seats.preside(actor=person, sitting=slot.sitting, juror=second, reason="Relais.", seen=None)
        else:
            decisions.decide(actor=person, slot=slot, rulings={})

    got = at_once(act, 3)
    assert got["done"] >= 1
    assert Decision.objects.filter(work=world.work).count() <= 1
    assert not set(got) - {"done", "Denied", "decision.made"}


def test_a_juror_who_leaves_while_sealing_has_sealed_or_has_not() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    user = world.jurors[2]
    ballot = all_marked(slot, user, world)
    juror = slot.sitting.jurors.get(user=user)
    acts: list[Callable[[], object]] = [
        lambda: ballots.seal(actor=user, ballot=ballot),
        lambda: sittings.leave(actor=world.administrator, juror=juror, reason="Malade."),
    ]
    got = at_once(lambda: acts.pop()(), 2)
    ballot.refresh_from_db()
    sits = slot.sitting.jurors.all().seated(slot.pk).filter(pk=juror.pk).exists()
    assert got in ({"done": 2}, {"done": 1, "Denied": 1})
    assert sits is (ballot.sealed_at is not None) is (got == {"done": 2})


def test_a_passage_moved_while_it_is_marked_keeps_what_is_marked() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    ballot, later = all_marked(slot, world.jurors[2], world), timezone.now() + timedelta(days=1)
    base = Mark.objects.get(ballot=ballot, criterion=world.edition.criteria[1]).version
    acts: list[Callable[[], object]] = [
        lambda: slots.move(actor=world.administrator, slot=slot, starts_at=later),
        lambda: ballots.save_mark(
            actor=world.jurors[2], ballot=ballot, line=world.edition.criteria[1], level="not_acquired",
            comment="Sans preuve.", base=base,
        ),
    ]  # fmt: skip
    assert at_once(lambda: acts.pop()(), 2) == {"done": 2}
    slot.refresh_from_db()
    assert (slot.state, slot.starts_at) == ("due", later)
    kept = ballot.marks.get(criterion=world.edition.criteria[1])
    assert (kept.level, kept.comment) == ("not_acquired", "Sans preuve.")
    assert ballot.marks.count() == 2


def test_a_passage_is_moved_to_another_day_or_a_ballot_of_it_is_sealed() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    ballot, later = all_marked(slot, world.jurors[2], world), timezone.now() + timedelta(days=1)
    acts: list[Callable[[], object]] = [
        lambda: slots.move(actor=world.administrator, slot=slot, starts_at=later),
        lambda: ballots.seal(actor=world.jurors[2], ballot=ballot),
    ]
    got = at_once(lambda: acts.pop()(), 2)
    slot.refresh_from_db()
    ballot.refresh_from_db()
    assert got["done"] == 1
    if ballot.sealed_at:
        assert got["slot.marked"] == 1
        assert slot.starts_at < later
    else:
        assert got["ballot.early"] == 1
        assert slot.starts_at == later


@pytest.mark.parametrize("times", range(3))
def test_a_passage_goes_to_other_jurors_or_one_of_the_first_begins_to_mark(times: int) -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    others = replace(world, jurors=[factories.person(Role.JUROR) for _ in range(3)])
    sitting, later = factories.sitting(others), timezone.now() + timedelta(hours=3)
    acts: list[Callable[[], object]] = [
        lambda: slots.move(actor=world.administrator, slot=slot, starts_at=later, sitting=sitting),
        lambda: ballots.open_ballot(actor=world.jurors[2], slot=slot),
    ]
    got = at_once(lambda: acts.pop()(), 2)
    slot.refresh_from_db()
    assert got in ({"done": 1, "slot.marked": 1}, {"done": 1, "Denied": 1})
    assert Ballot.objects.filter(slot=slot).exists() is (slot.state == "due") is (got["slot.marked"] == 1)


def test_an_absence_told_twice_at_once_is_one() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    juror = slot.sitting.jurors.get(user=world.jurors[2])
    got = at_once(lambda: seats.absent(actor=world.president, slot=slot, juror=juror), 4)
    assert got == {"done": 1, "seat.leave": 3}


def test_of_marks_from_several_devices_one_is_kept_and_the_others_are_told() -> None:
    world = factories.world()
    juror = world.jurors[0]
    ballot = ballots.open_ballot(actor=juror, slot=factories.scheduled(world))
    words = [f"Depuis l'appareil {number}" for number in range(6)]

    def save() -> None:
        ballots.save_mark(
            actor=juror, ballot=ballot, line=world.edition.criteria[1], level="acquired", comment=words.pop(), base=0
        )

    assert at_once(save, 6) == {"done": 1, "version.stale": 5}
    assert Mark.objects.get().version == 1


def test_one_note_asked_for_six_times_is_one_and_no_conflict() -> None:
    world = factories.world()
    juror = world.jurors[0]
    ballot = ballots.open_ballot(actor=juror, slot=factories.scheduled(world))
    save = lambda: ballots.save_mark(  # noqa: E731 - an act, as the others
        actor=juror, ballot=ballot, line=world.edition.criteria[1], level="acquired", comment="", base=0
    )
    assert at_once(save, 6) == {"done": 6}
    assert Mark.objects.get().version == 1


def test_a_ruling_typed_while_it_is_decided_leaves_nothing_behind() -> None:
    world = factories.world()
    slot = factories.marked(world)
    acts = [
        lambda: decisions.decide(actor=world.president, slot=slot, rulings={}),
        *[
            lambda: jottings.save_ruling(
                actor=world.president, slot=slot, line=world.edition.criteria[1], level="acquired", comment="", base=0
            )
        ]
        * 3,
    ]
    got = at_once(lambda: acts.pop()(), 4)
    assert got["done"] >= 1
    assert set(got) <= {"done", "Denied"}
    assert Decision.objects.count() == 1
    assert not RulingDraft.objects.exists()


def test_a_note_kept_while_it_is_decided_is_gone_with_the_others() -> None:
    """The juror's transaction is still open when the decision comes: base, the note was written and outlived it."""
    world = factories.world()
    slot = factories.marked(world)
    ballot = slot.ballots.get(juror__user=world.jurors[1])
    written, decided = threading.Event(), threading.Event()

    def note() -> None:
        with transaction.atomic():
            jottings.save_note(
                actor=world.jurors[1], ballot=ballot, line=world.edition.criteria[1], flagged=True, text="Axes.", base=0
            )
            written.set()
            decided.wait(2)  # in vain: whoever decides waits for this transaction

    def decide() -> None:
        written.wait(30)
        decisions.decide(actor=world.president, slot=slot, rulings={})
        decided.set()

    acts = [note, decide]
    assert at_once(lambda: acts.pop()(), 2) == {"done": 2}
    assert Decision.objects.count() == 1
    assert not MarkNote.objects.exists()


def test_two_works_are_not_heard_at_one_hour() -> None:
    world = factories.world()
    candidate = factories.person(Role.CANDIDATE)
    enrolment = Enrolment.objects.create(session=world.session, candidate=candidate, mentor=world.mentor)
    work = works.open_for(enrolment=enrolment, assessment=world.edition.assessment)
    for made in (world, replace(world, candidate=candidate, enrolment=enrolment, work=work)):
        factories.admitted(made)
    sitting, hour, waiting = factories.sitting(world), timezone.now(), [world.work, work]
    schedule = lambda: slots.schedule(  # noqa: E731 - an act, as the others
        actor=world.administrator, sitting=sitting, work=waiting.pop(), starts_at=hour
    )
    assert at_once(schedule, 2) == {"done": 1, "jury.taken": 1}
    assert sitting.slots.count() == 1


def test_a_juror_sits_in_one_of_two_sittings_at_one_time() -> None:
    """The sittings, the candidates and the hours differ: only the jurors are the same, and the passages overlap."""
    first, second = factories.world(), factories.world()
    second.jurors = first.jurors
    waiting = []
    for made, later in ((first, 0), (second, 20)):
        factories.admitted(made)
        starts_at = timezone.now() + timedelta(days=1, minutes=later)
        waiting.append((made, factories.sitting(made), starts_at))

    def schedule() -> None:
        made, sitting, starts_at = waiting.pop()
        slots.schedule(actor=made.administrator, sitting=sitting, work=made.work, starts_at=starts_at)

    assert at_once(schedule, 2) == {"done": 1, "jury.taken": 1}
    assert Slot.objects.count() == 1
    assert Work.objects.filter(state="admitted").count() == 1


@pytest.mark.parametrize("whose", ["person", "room"])
def test_the_database_itself_lets_nobody_be_in_two_places_at_once(whose: str) -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    room = Room.objects.create(name="Salle 1")
    taken = {"person": factories.person(Role.JUROR)} if whose == "person" else {"room": room}
    hour = timezone.now() + timedelta(days=2)
    span = lambda start, end: {  # noqa: E731 - a moment
        "starts_at": hour + timedelta(minutes=start), "ends_at": hour + timedelta(minutes=end)
    }  # fmt: skip
    Occupation.objects.create(slot=slot, **taken, **span(0, 45))
    Occupation.objects.create(slot=slot, **taken, **span(45, 90))  # one after the other is no overlap
    with pytest.raises(Refused, match="vient d’être pris"), conflicts_refused(), transaction.atomic():
        Occupation.objects.create(slot=slot, **taken, **span(44, 46))


def test_a_data_set_is_put_in_force_once() -> None:
    world = factories.world()
    version = references.receive(
        actor=world.administrator,
        session=world.session,
        name="clients",
        title="Clients",
        file=ContentFile(b"x,y\n1,0\n2,1\n"),
        file_name="verite.csv",
    )
    target = {"name": "y", "kind": "number", "empty": 0, "distinct": 2, "common": [], "range": [0.0, 1.0]}
    ReferenceVersion.objects.filter(pk=version.pk).update(
        state=ReadingState.READY, profile={"rows": 2, "columns": [target]}, due_at=None
    )
    put = lambda: references.put_in_force(actor=world.administrator, version=version, target="y")  # noqa: E731 - an act
    assert at_once(put, 4) == {"done": 1, "reference.state": 3}
    assert JournalEntry.objects.filter(verb="reference.in_force").count() == 1


def test_an_archive_is_submitted_once() -> None:
    world = factories.world()
    upload = Upload.objects.create(
        work=world.work, file_name="a.zip", size=1, offset=1, state=UploadState.ACCEPTED, bundle=factories.bundle()
    )
    got = at_once(lambda: submissions.submit(actor=world.candidate, upload=upload), 4)
    assert got.pop("done") == 1
    assert set(got) <= {"outage.busy", "upload.gone"}  # while it is being done, and once it is
    assert sum(got.values()) == 3
    assert Submission.objects.filter(work=world.work).count() == 1


def test_a_review_is_given_once() -> None:
    world = factories.world()
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    got = at_once(lambda: reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED), 4)
    assert got == {"done": 1, "review.given": 3}
    assert JournalEntry.objects.filter(verb="review.admitted").count() == 1


def test_a_review_is_opened_once() -> None:
    world = factories.world()
    submission = factories.evaluated(world)
    got = at_once(lambda: reviews.open_review(actor=world.mentor, submission=submission), 4)
    assert got["done"] >= 1
    assert set(got) <= {"done", "work.moved"}
    assert Review.objects.filter(submission=submission).count() == 1


def test_a_person_is_invited_once() -> None:
    administrator = factories.person(Role.ADMINISTRATOR)
    invite = lambda: people.invite(  # noqa: E731 - an act, as the others
        actor=administrator, email="double@demo.jalon.test", full_name="Camille Double", roles=[Role.MENTOR]
    )
    assert at_once(invite, 4) == {"done": 1, "person.email_taken": 3}
    assert User.objects.filter(email="double@demo.jalon.test").count() == 1


def test_a_candidate_is_enrolled_once() -> None:
    world = factories.world()
    newcomer = factories.person(Role.CANDIDATE)
    enrol = lambda: sessions.enrol(  # noqa: E731 - an act, as the others
        actor=world.administrator, session=world.session, candidate=newcomer
    )
    assert at_once(enrol, 4) == {"done": 1, "enrolment.twice": 3}
    assert Enrolment.objects.filter(candidate=newcomer).count() == 1


def test_two_sessions_of_one_name_are_one() -> None:
    world = factories.world()
    type(world.edition.referential).objects.update(
        status="published", published_at=timezone.now(), content_hash="0" * 64
    )
    world.edition.referential.refresh_from_db()
    now = timezone.now()
    create = lambda: sessions.create(  # noqa: E731 - an act, as the others
        actor=world.administrator,
        referential=world.edition.referential,
        name="Printemps",
        starts_on=now.date(),
        ends_on=now.date(),
        deposit_deadline=now,
    )
    assert at_once(create, 4) == {"done": 1, "session.name": 3}
    assert Session.objects.filter(name="Printemps").count() == 1


def test_an_edition_is_published_once() -> None:
    world = factories.world()
    draft = world.edition.referential
    got = at_once(lambda: referentials.publish(actor=world.administrator, referential=draft), 3)
    refused = {error.__name__ for error in (ReferentialError, *ReferentialError.__subclasses__())}
    assert got["done"] <= 1
    assert set(got) - {"done"} <= refused
    assert JournalEntry.objects.filter(verb="referential.published").count() == got["done"]


def test_every_rule_is_a_constraint_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indisunique OR i.indisexclusion"
        )
        held = {name for (name,) in cursor.fetchall()}
    assert set(RULES) - held == set()


def test_a_lock_that_another_holds_is_a_refusal() -> None:
    world = factories.world()
    raised: list[Exception] = []

    def take() -> None:
        try:
            with conflicts_refused(), transaction.atomic():
                User.objects.select_for_update(nowait=True).get(pk=world.candidate.pk)
        except Exception as error:  # noqa: BLE001 (shown by the test)
            raised.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        User.objects.select_for_update().get(pk=world.candidate.pk)
        other = threading.Thread(target=take)
        other.start()
        other.join()
    assert [str(getattr(error, "code", error)) for error in raised] == ["outage.busy"]


def test_what_no_rule_names_stays_loud() -> None:
    world = factories.world()
    with pytest.raises(IntegrityError), conflicts_refused(), transaction.atomic():
        Session.objects.filter(pk=world.session.pk).update(ends_on="1999-01-01")
    with pytest.raises(DataError), conflicts_refused(), transaction.atomic():
        Session.objects.filter(pk=world.session.pk).update(name="x" * 300)
    assert refusal_of(OperationalError("the server closed the connection")) is None
