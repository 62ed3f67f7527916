"""Written from two places: what was not seen is not written over; what one writes for oneself nobody else reads."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Ballot, Decision, Mark, MarkNote, MotiveDraft, Presidency, RulingDraft, Slot
from assessments.models.lines import key_of
from assessments.services import ballots, decisions, jottings, seats, sittings
from assessments.services.errors import Denied, Refused
from assessments.services.versions import Stale
from tests import factories
from tests.factories import World
from tests.web.test_jury import AUTOSAVE, address, fill, logged_in, page

pytestmark = pytest.mark.django_db
SECRET = "Question que je garde pour moi"


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def slot(world: World) -> Slot:
    return factories.scheduled(world)


@pytest.fixture
def ballot(world: World, slot: Slot) -> Ballot:
    return ballots.open_ballot(actor=world.jurors[1], slot=slot)


def mark(world: World, ballot: Ballot, level: str, base: int, comment: str = "") -> Mark:
    return ballots.save_mark(
        actor=world.jurors[1], ballot=ballot, line=world.edition.criteria[1], level=level, comment=comment, base=base
    )


def test_a_mark_seen_before_it_changed_is_not_written_over(world: World, ballot: Ballot) -> None:
    assert mark(world, ballot, "acquired", base=0).version == 1
    assert mark(world, ballot, "in_progress", base=1).version == 2
    with pytest.raises(Stale) as stale:
        mark(world, ballot, "not_acquired", base=1)
    assert stale.value.standing.version == 2
    assert stale.value.standing.values == {"level": "in_progress", "comment": ""}
    assert Mark.objects.get().level == "in_progress"


def test_an_answer_that_was_lost_is_no_conflict_with_oneself(world: World, ballot: Ballot) -> None:
    for _again in range(3):
        assert mark(world, ballot, "acquired", base=0, comment="Clair.").version == 1


def test_a_mark_emptied_and_given_anew_is_not_the_one_that_was_seen(world: World, ballot: Ballot) -> None:
    mark(world, ballot, "acquired", base=0)
    mark(world, ballot, "", base=1)
    mark(world, ballot, "not_acquired", base=2)
    with pytest.raises(Stale):
        mark(world, ballot, "in_progress", base=1)


def test_a_script_is_told_both_and_may_then_insist(world: World, ballot: Ballot) -> None:
    client, line = logged_in(world.jurors[1]), key_of(world.edition.criteria[1])
    url = address("ballot_mark", pk=ballot.pk, line=line)
    mark(world, ballot, "acquired", base=0, comment="Là-bas")
    typed = {f"level-{line}": "not_acquired", f"comment-{line}": "Ici", "version": "0"}
    answer = client.post(url, typed, headers=AUTOSAVE)
    assert answer.status_code == 409
    values = {f"level-{line}": "acquired", f"comment-{line}": "Là-bas"}
    assert answer.json()["standing"] == {"version": 1, "values": values}
    assert Mark.objects.get().comment == "Là-bas"
    assert client.post(url, typed | {"version": "1"}, headers=AUTOSAVE).json() == {"version": 2}


def test_without_script_both_are_shown_and_one_is_chosen(world: World, ballot: Ballot) -> None:
    client, line = logged_in(world.jurors[1]), key_of(world.edition.criteria[1])
    url = address("ballot_mark", pk=ballot.pk, line=line)
    mark(world, ballot, "acquired", base=0, comment="Là-bas")
    typed = {f"level-{line}": "not_acquired", f"comment-{line}": "Ici même"}
    answer = client.post(url, typed)
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    for words in ("Ici même", "Non acquis", "Là-bas", "Acquis", 'name="version" value="1"'):
        assert words in shown
    assert client.post(url, typed | {"version": "1"}).status_code == 302
    assert Mark.objects.get().comment == "Ici même"


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        ("absent", "Vous êtes noté absent"),
        ("recused", "Vous êtes récusé"),
        ("left", "Vous avez quitté ce jury"),
        ("cancelled", "n’a plus lieu"),
    ],
)
def test_a_device_that_sends_late_is_told_why_the_ballot_is_closed(
    world: World, slot: Slot, ballot: Ballot, happened: str, said: str
) -> None:
    acts: dict[str, Callable[[], object]] = {
        "absent": lambda: seats.absent(actor=world.president, slot=slot, juror=ballot.juror),
        "recused": lambda: seats.recuse(actor=world.president, slot=slot, juror=ballot.juror, reason="Voisin."),
        "left": lambda: sittings.leave(actor=world.administrator, juror=ballot.juror, reason="Malade."),
        "cancelled": lambda: sittings.cancel(actor=world.administrator, sitting=slot.sitting, reason="Grève."),
    }
    acts[happened]()
    line = key_of(world.edition.criteria[1])
    url = address("ballot_mark", pk=ballot.pk, line=line)
    late = logged_in(world.jurors[1]).post(url, {f"level-{line}": "acquired"}, headers=AUTOSAVE)
    assert late.status_code == 409
    assert said in late.json()["detail"]
    assert not Mark.objects.exists()


def test_an_appreciation_has_its_version_too(world: World, ballot: Ballot) -> None:
    juror = world.jurors[1]
    assert ballots.save_ballot_comment(actor=juror, ballot=ballot, comment="Un", base=0).version == 1
    with pytest.raises(Stale):
        ballots.save_ballot_comment(actor=juror, ballot=ballot, comment="Deux", base=0)


def test_a_ballot_that_changed_since_it_was_read_is_not_sealed(world: World, slot: Slot) -> None:
    juror = world.jurors[1]
    ballot = fill(world, slot, juror)
    seen = ballots.revision(ballot, ballot.marks.all())
    mark(world, ballot, "not_acquired", base=1)
    with pytest.raises(Refused) as refused:
        ballots.seal(actor=juror, ballot=ballot, seen=seen)
    assert refused.value.code == "ballot.changed"
    assert f'name="seen" value="{seen + 1}"' in page(juror, "ballot", pk=slot.pk)
    ballots.seal(actor=juror, ballot=ballot, seen=seen + 1)


def test_a_private_note_is_nobody_elses_and_gone_with_the_decision(world: World, slot: Slot) -> None:
    juror, line = world.jurors[1], key_of(world.edition.criteria[1])
    ballot = fill(world, slot, juror)
    client, url = logged_in(juror), address("ballot_note", pk=ballot.pk, line=line)
    typed = {f"flagged-{line}": "on", f"text-{line}": SECRET, "version": "0"}
    assert client.post(url, typed, headers=AUTOSAVE).json() == {"version": 1}
    stale = client.post(url, {f"text-{line}": "Autre", "version": "0"}, headers=AUTOSAVE).json()
    assert stale["standing"]["values"] == {f"flagged-{line}": "on", f"text-{line}": SECRET}
    own = page(juror, "ballot", pk=slot.pk)
    assert own.count(SECRET) == 2  # in its field, and among the questions
    assert f'name="flagged-{line}" checked' in own
    ballots.seal(actor=juror, ballot=ballot)
    assert client.post(url, typed | {"version": "1"}, headers=AUTOSAVE).status_code == 200  # still theirs to write
    for other in (world.president, world.jurors[2]):
        ballots.seal(actor=other, ballot=fill(world, slot, other))
    for user in (world.president, world.jurors[2], world.mentor, world.candidate, world.administrator):
        for name in ("ballot", "deliberation"):
            assert SECRET not in logged_in(user).get(address(name, pk=slot.pk)).content.decode()
    decisions.decide(actor=world.president, slot=slot, rulings={})
    assert not MarkNote.objects.exists()
    assert client.post(url, typed | {"version": "2"}, headers=AUTOSAVE).status_code == 403


def test_a_line_that_is_not_the_jurys_has_no_note(world: World, ballot: Ballot) -> None:
    note = {"actor": world.jurors[1], "ballot": ballot, "flagged": True, "text": "", "base": 0}
    with pytest.raises(Refused, match="noter par le jury"):
        jottings.save_note(line=world.edition.criteria[0], **note)
    with pytest.raises(Denied):
        jottings.save_note(line=world.edition.criteria[1], **note | {"actor": world.jurors[2]})


def draft(client: Client, slot: Slot, line: Any, level: str, comment: str, version: int) -> Any:
    url = address("ruling_draft", pk=slot.pk, line=line)
    typed = {f"level-{line}": level, f"comment-{line}": comment, "version": str(version)}
    return client.post(url, typed, headers=AUTOSAVE)


def test_rulings_come_back_with_the_page_to_the_president_alone(world: World) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    line, client = key_of(world.edition.criteria[1]), logged_in(world.president)
    assert draft(client, slot, line, "acquired", SECRET, 0).json() == {"version": 1}
    motive = {"motive": "Après débat.", "version": "0"}
    assert client.post(address("motive_draft", pk=slot.pk), motive, headers=AUTOSAVE).json() == {"version": 1}
    shown = page(world.president, "deliberation", pk=slot.pk)
    assert SECRET in shown
    assert "Après débat." in shown
    assert '<option value="acquired" selected>' in shown
    for other in world.jurors[1:]:
        assert SECRET not in page(other, "deliberation", pk=slot.pk)
        assert draft(logged_in(other), slot, line, "acquired", "", 1).status_code == 403
    assert draft(client, slot, line, "not_acquired", "", 0).status_code == 409
    assert draft(client, slot, line, "20/20", "", 1).status_code == 422


@pytest.mark.parametrize("of_the_sitting", [True, False])
def test_a_new_president_neither_reads_nor_signs_what_the_one_before_was_typing(
    world: World, of_the_sitting: bool
) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    line, client = key_of(world.edition.criteria[1]), logged_in(world.president)
    draft(client, slot, line, "acquired", SECRET, 0)
    client.post(address("motive_draft", pk=slot.pk), {"motive": SECRET, "version": "0"}, headers=AUTOSAVE)
    second = slot.sitting.jurors.get(user=world.jurors[1])
    seats.preside(
        actor=world.administrator, sitting=slot.sitting, juror=second, reason="Relais.", seen=None,
        slot=None if of_the_sitting else slot,
    )  # fmt: skip
    assert SECRET not in page(second.user, "deliberation", pk=slot.pk)
    assert draft(logged_in(second.user), slot, line, "in_progress", "À moi", 0).json() == {"version": 1}
    seats.preside(
        actor=world.administrator, sitting=slot.sitting, slot=slot, juror=second, reason="Pour ce passage.",
        seen=Presidency.objects.current().filter(slot=slot).first(),
    )  # fmt: skip
    assert RulingDraft.objects.get().comment == "À moi"


def test_what_a_president_was_typing_is_gone_once_they_are_recused(world: World) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    draft(logged_in(world.president), slot, key_of(world.edition.criteria[1]), "acquired", SECRET, 0)
    president = slot.sitting.jurors.get(user=world.president)
    seats.recuse(actor=world.administrator, slot=slot, juror=president, reason="Voisine.")
    assert not RulingDraft.objects.exists()


def test_what_is_decided_is_what_was_announced_and_read(world: World) -> None:
    slot = factories.marked(world)
    line, client, url = key_of(world.edition.criteria[1]), logged_in(world.president), address("decide", pk=slot.pk)
    other = client.post(url, {"announced": "not_acquired"})
    assert other.status_code == 409
    assert "annoncé" in other.content.decode()
    draft(client, slot, line, "not_acquired", "Lu ailleurs", 0)
    unread = client.post(url, {"announced": "acquired", f"version-{line}": "0"})
    assert unread.status_code == 409
    assert "dans une autre fenêtre" in unread.content.decode()
    assert not Decision.objects.exists()
    typed = {f"level-{line}": "not_acquired", f"comment-{line}": "Lu ailleurs", f"version-{line}": "1"}
    assert client.post(url, typed | {"announced": "not_acquired"}).status_code == 302
    assert not RulingDraft.objects.exists()
    assert not MotiveDraft.objects.exists()
    late = draft(client, slot, line, "acquired", "", 0)
    assert (late.status_code, "standing" in late.json()) == (409, False)


def test_dialogs_name_whom_and_what(world: World) -> None:
    slot = factories.marked(world)
    shown = html.unescape(page(world.president, "deliberation", pk=slot.pk))
    dialog = shown[shown.index('id="confirm-decision"') :]
    for words in (
        world.candidate.full_name,
        "Mise en situation professionnelle",
        "Explorer des données",
        "Épreuve validée",
    ):
        assert words in dialog
    assert f"Enregistrer la décision pour {world.candidate.full_name}" in dialog


def test_the_worker_looks_after_the_jurys_pages_alone(world: World, slot: Slot) -> None:
    juror = world.jurors[1]
    client = logged_in(juror)
    worker = client.get(reverse("web:jury_worker"))
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "private, no-cache"
    assert "Service-Worker-Allowed" not in worker.headers
    assert b"importScripts" in worker.content
    kept = {url: client.get(url).headers for url in (address("juror_home"), address("ballot", pk=slot.pk))}
    for headers in kept.values():
        assert headers["Jalon-Kept-For"] == str(juror.pk)
        assert headers["Cache-Control"] == "private, no-store"
    for name, pk in (("submission", slot.submission_id), ("deliberation", slot.pk)):
        assert "Jalon-Kept-For" not in client.get(address(name, pk=pk)).headers
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache"'


def test_a_day_of_sixty_passages_is_read_at_once(world: World, slot: Slot, django_assert_max_num_queries: Any) -> None:
    now = timezone.now()
    Slot.objects.bulk_create(
        Slot(sitting=slot.sitting, work=slot.work, submission=slot.submission, starts_at=now + timedelta(seconds=rank),
             state="absent")
        for rank in range(1, 60)
    )  # fmt: skip
    client = logged_in(world.jurors[1])
    with django_assert_max_num_queries(6):
        shown = client.get(address("juror_home")).content.decode()
    assert shown.count('class="passage sheet-link"') == 60
    assert "Ce qui vous attend" in shown


def test_the_next_passage_documents_and_addresses_are_one_click_away(world: World, slot: Slot, ballot: Ballot) -> None:
    later = Slot.objects.create(
        sitting=factories.sitting(world), work=world.work, submission=slot.submission, state="cancelled",
        starts_at=slot.starts_at + timedelta(hours=1),
    )  # fmt: skip
    juror = world.jurors[1]
    following = f'href="{address("ballot", pk=later.pk)}"'
    assert following not in page(juror, "ballot", pk=slot.pk)
    Slot.objects.filter(pk=slot.pk).update(state="absent")
    Slot.objects.filter(pk=later.pk).update(state="due")
    shown = page(juror, "ballot", pk=slot.pk)
    assert following in shown
    member = later.sitting.jurors.get(user=juror)
    leave = seats.absent(actor=world.administrator, slot=later, juror=member)
    assert following not in page(juror, "ballot", pk=slot.pk), "the juror does not hear it"
    seats.returned(actor=world.administrator, slot=later, juror=leave.juror)
    sittings.leave(actor=world.administrator, juror=member, reason="Malade.")
    assert following not in page(juror, "ballot", pk=slot.pk), "the juror left its jury"
    assert address("file_view", pk=slot.submission_id) in shown
    assert f'data-timer="slot-{slot.pk}"' in shown
