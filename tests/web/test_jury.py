"""The jury's screens: passages, blind ballots, the deliberation and its decision."""

from __future__ import annotations

import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Ballot, Decision, Enrolment, Juror, Leave, Mark, Role, Sitting, Slot, User
from assessments.models.lines import key_of
from assessments.services import ballots, decisions, seats, sittings
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Autosave": "1", "Accept": "application/json"}
SECRET = "Avis tenu secret jusqu'au bout"


@pytest.fixture
def world() -> World:
    return factories.world()


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(name: str, **kwargs: Any) -> str:
    return reverse(f"web:{name}", kwargs=kwargs)


def page(user: User, name: str, **kwargs: Any) -> str:
    answer = logged_in(user).get(address(name, **kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def fill(world: World, slot: Slot, juror: User, level: str = "acquired", comment: str = "") -> Ballot:
    """Mark every criterion left to the jury, without sealing."""
    ballot = ballots.open_ballot(actor=juror, slot=slot)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level=level, comment=comment)
    return ballot


def test_no_passage_is_said_kindly(world: World) -> None:
    html = page(world.president, "juror_home")
    assert "Aucun passage aujourd’hui" in html
    assert "Aucune soutenance ne vous est confiée" in html


def test_the_day_comes_first_with_the_state_of_my_ballot(world: World) -> None:
    slot = factories.scheduled(world)
    juror = world.jurors[1]
    html = page(juror, "juror_home")
    assert "Un passage aujourd’hui" in html
    assert "Bulletin à ouvrir" in html
    ballot = fill(world, slot, juror)
    assert "2 notes données" in page(juror, "juror_home")
    ballots.seal(actor=juror, ballot=ballot)
    html = page(juror, "juror_home")
    assert "Bulletin scellé" in html
    assert "1 bulletin scellé sur 3" in html
    Slot.objects.update(starts_at=timezone.now() - timedelta(days=3))
    assert "Passés" in page(juror, "juror_home")
    Slot.objects.update(starts_at=timezone.now() + timedelta(days=3))
    assert "À venir" in page(juror, "juror_home")


@pytest.mark.parametrize(("away", "word"), [("absent", "Absent"), ("recused", "Récusé")])
def test_nothing_is_asked_of_who_does_not_sit_for_a_passage(world: World, away: str, word: str) -> None:
    slot = factories.scheduled(world)
    president = Juror.objects.get(sitting=slot.sitting_id, user=world.president)
    for juror in world.jurors[1:]:
        ballots.seal(actor=juror, ballot=fill(world, slot, juror))
    if away == "absent":
        seats.absent(actor=world.administrator, slot=slot, juror=president)
    else:
        seats.recuse(actor=world.administrator, slot=slot, juror=president, reason="Voisine.")
    shown = page(world.president, "juror_home")
    assert word in shown
    for asked in ("Ce qui vous attend", "Bulletin à ouvrir", "Délibérer"):
        assert asked not in shown


def test_looking_opens_no_ballot(world: World) -> None:
    slot, juror = factories.scheduled(world), world.jurors[1]
    html = page(juror, "ballot", pk=slot.pk)
    assert "Ouvrir mon bulletin" in html
    assert "level-" not in html
    assert not Ballot.objects.exists()
    logged_in(juror).post(address("ballot_open", pk=slot.pk))
    html = page(juror, "ballot", pk=slot.pk)
    assert "0 sur 2 critères" in html
    assert f'name="level-{key_of(world.edition.criteria[1])}"' in html
    assert f'name="level-{key_of(world.edition.criteria[0])}"' not in html
    assert "Établi par : évaluation automatique" in html


def test_autosave_keeps_a_mark_and_an_empty_one_counts_no_more(world: World) -> None:
    slot, juror, line = factories.scheduled(world), world.jurors[1], key_of(world.edition.criteria[1])
    ballot = ballots.open_ballot(actor=juror, slot=slot)
    client, url = logged_in(juror), address("ballot_mark", pk=ballot.pk, line=line)
    typed = {f"level-{line}": "in_progress", f"comment-{line}": "À préciser."}
    assert client.post(url, typed, headers=AUTOSAVE).json() == {"version": 1}
    html = page(juror, "ballot", pk=slot.pk)
    assert 'value="in_progress" checked' in html
    assert "À préciser." in html
    comment = address("ballot_comment", pk=ballot.pk)
    assert client.post(comment, {"comment": "Bonne tenue."}, headers=AUTOSAVE).json() == {"version": 1}
    assert "Bonne tenue." in page(juror, "ballot", pk=slot.pk)
    assert client.post(url, {"version": "1"}, headers=AUTOSAVE).json() == {"version": 2}
    emptied = Mark.objects.get()
    assert (emptied.level, emptied.comment) == ("", "")
    assert "0 sur 2 critères" in page(juror, "ballot", pk=slot.pk)


def test_marks_outside_the_scale_or_the_jurys_part_are_refused(world: World) -> None:
    slot, juror = factories.scheduled(world), world.jurors[1]
    ballot = ballots.open_ballot(actor=juror, slot=slot)
    client = logged_in(juror)
    for place, level in [(1, "20/20"), (0, "acquired")]:
        line = key_of(world.edition.criteria[place])
        url = address("ballot_mark", pk=ballot.pk, line=line)
        answer = client.post(url, {f"level-{line}": level}, headers=AUTOSAVE)
        assert answer.status_code == 422
        assert answer.json()["detail"]


def test_a_sealed_ballot_takes_no_more_writing(world: World) -> None:
    slot, juror, line = factories.scheduled(world), world.jurors[1], key_of(world.edition.criteria[1])
    ballot = fill(world, slot, juror)
    client = logged_in(juror)
    assert client.post(address("ballot_seal", pk=ballot.pk)).status_code == 302
    url = address("ballot_mark", pk=ballot.pk, line=line)
    answer = client.post(url, {f"level-{line}": "not_acquired"}, headers=AUTOSAVE)
    assert answer.status_code == 409
    assert "scellé" in answer.json()["detail"]
    assert client.post(url, {f"level-{line}": "not_acquired"}).status_code == 403
    assert client.post(address("ballot_seal", pk=ballot.pk)).status_code == 302  # a message says that it is sealed
    assert Mark.objects.get(ballot=ballot, criterion=line.pk).level == "acquired"
    html = page(juror, "ballot", pk=slot.pk)
    assert 'name="level-' not in html
    assert 'name="comment' not in html
    assert "Les notes des autres jurés vous seront montrées quand tous auront scellé le leur." in html


def test_an_unfinished_ballot_is_not_sealed(world: World) -> None:
    slot, juror = factories.scheduled(world), world.jurors[1]
    ballot = ballots.open_ballot(actor=juror, slot=slot)
    answer = logged_in(juror).post(address("ballot_seal", pk=ballot.pk), {"next": address("ballot", pk=slot.pk)})
    assert answer.headers["Location"] == address("ballot", pk=slot.pk)
    ballot.refresh_from_db()
    assert ballot.sealed_at is None


def everything_seen(user: User, slot: Slot) -> str:
    """All the pages of the passage that the user is shown, redirections followed."""
    client = logged_in(user)
    pages = [
        address("juror_home"),
        address("ballot", pk=slot.pk),
        address("deliberation", pk=slot.pk),
        address("submission", pk=slot.submission_id),
    ]
    return "".join(client.get(url, follow=True).content.decode() for url in pages)


def test_marks_stay_blind_until_the_last_seal(world: World) -> None:
    slot = factories.scheduled(world)
    president, writer, late = world.jurors
    for juror in (president, writer):
        ballot = fill(world, slot, juror, "not_acquired", SECRET if juror == writer else "")
        ballots.save_ballot_comment(actor=juror, ballot=ballot, comment=SECRET if juror == writer else "")
        ballots.seal(actor=juror, ballot=ballot)
    fill(world, slot, late)
    curious = factories.person(Role.ADMINISTRATOR)
    curious.roles = [Role.ADMINISTRATOR, Role.JUROR]
    curious.save()
    for user in (president, late, world.administrator, curious, world.candidate, world.mentor):
        seen = everything_seen(user, slot)
        assert SECRET not in seen
        assert SECRET.replace("'", "&#x27;") not in seen
        if user != president:  # whose own sealed marks are theirs to read again
            assert "tone-not-met" not in seen.replace("level tone-not-met", "")
    html = page(president, "deliberation", pk=slot.pk)
    assert "La délibération attend des bulletins" in html
    assert "Pas encore scellé" in html
    assert 'class="votes"' not in html
    ballots.seal(actor=late, ballot=Ballot.objects.get(juror__user=late))
    for user in world.jurors:
        assert SECRET.replace("'", "&#x27;") in page(user, "deliberation", pk=slot.pk)


def test_a_sealed_ballot_is_out_of_reach_of_the_others(world: World) -> None:
    slot, writer, other = factories.scheduled(world), world.jurors[1], world.jurors[2]
    ballot = fill(world, slot, writer)
    client, line = logged_in(other), key_of(world.edition.criteria[1])
    assert client.post(address("ballot_mark", pk=ballot.pk, line=line)).status_code == 404
    assert client.post(address("ballot_comment", pk=ballot.pk)).status_code == 404
    assert client.post(address("ballot_seal", pk=ballot.pk)).status_code == 404


def test_a_juror_before_the_last_seal_is_sent_back_to_the_ballot(world: World) -> None:
    slot = factories.scheduled(world)
    answer = logged_in(world.jurors[1]).get(address("deliberation", pk=slot.pk), follow=True)
    assert answer.redirect_chain == [(address("ballot", pk=slot.pk), 302)]
    assert "La délibération s’ouvrira" in answer.content.decode()


@pytest.mark.parametrize("away", ["absent", "recused"])
def test_who_does_not_sit_reads_no_mark_though_all_who_do_have_sealed(world: World, away: str) -> None:
    """An absence ends as it began, at the president's word: who reads the marks meanwhile would mark after them."""
    slot = factories.scheduled(world)
    gone = Juror.objects.get(sitting=slot.sitting_id, user=world.jurors[2])
    if away == "absent":
        seats.absent(actor=world.president, slot=slot, juror=gone)
    else:
        seats.recuse(actor=world.president, slot=slot, juror=gone, reason="Voisin.")
    for juror in world.jurors[:2]:
        ballots.seal(actor=juror, ballot=fill(world, slot, juror, "not_acquired", SECRET))
    seen = unescape(everything_seen(gone.user, slot))
    assert SECRET not in seen
    assert "Aller à la délibération" not in seen
    assert "le jury délibère sans vous" in seen
    assert SECRET in unescape(page(world.jurors[1], "deliberation", pk=slot.pk))
    decisions.decide(actor=world.president, slot=slot, rulings={})
    assert "Épreuve non validée" in page(gone.user, "deliberation", pk=slot.pk)
    assert SECRET not in unescape(everything_seen(gone.user, slot))


def test_who_joins_after_the_defence_reads_no_mark(world: World) -> None:
    slot = factories.scheduled(world)
    for juror in world.jurors[:2]:
        ballots.seal(actor=juror, ballot=fill(world, slot, juror, "acquired", SECRET))
    late = sittings.join(actor=world.administrator, sitting=slot.sitting, user=factories.person(Role.JUROR))
    ballots.seal(actor=world.jurors[2], ballot=fill(world, slot, world.jurors[2]))
    assert SECRET in unescape(everything_seen(world.jurors[2], slot))
    assert SECRET not in unescape(everything_seen(late.user, slot))


def test_another_jurys_passages_do_not_exist(world: World) -> None:
    slot = factories.marked(world)
    other = factories.world()
    factories.scheduled(other)
    client = logged_in(other.president)
    for name in ("ballot", "deliberation"):
        assert client.get(address(name, pk=slot.pk)).status_code == 404
    for name in ("ballot_open", "deliberation_preview", "decide"):
        assert client.post(address(name, pk=slot.pk)).status_code == 404
    assert world.candidate.full_name not in client.get(address("juror_home")).content.decode()


def test_a_conflict_of_interest_is_said_and_keeps_the_ballot_shut(world: World) -> None:
    slot, juror = factories.scheduled(world), world.jurors[1]
    world.enrolment.mentor = juror
    world.enrolment.save()
    html = page(juror, "ballot", pk=slot.pk)
    assert "Vous ne pouvez pas juger ce travail" in html
    assert "Ouvrir mon bulletin" not in html
    assert logged_in(juror).post(address("ballot_open", pk=slot.pk)).status_code == 403


def test_the_president_sees_where_the_votes_lead_and_decides(world: World) -> None:
    slot = factories.marked(world)
    html = page(world.president, "deliberation", pk=slot.pk)
    assert "Unanimité" in html
    assert "Épreuve validée" in html
    answer = logged_in(world.president).post(address("decide", pk=slot.pk), {"motive": "Travail solide."}, follow=True)
    html = answer.content.decode()
    assert Decision.objects.get().outcome == "acquired"
    assert "Travail solide." in html
    assert "<textarea" not in html
    again = logged_in(world.president).post(address("decide", pk=slot.pk), follow=True)
    assert "La décision est déjà enregistrée" in again.content.decode()


def test_a_recusal_found_at_the_decision_changes_what_was_announced_and_says_so(world: World) -> None:
    slot = factories.marked(world, "acquired", "not_acquired", "not_acquired")
    Enrolment.objects.filter(pk=world.enrolment.pk).update(mentor=world.jurors[2])
    answer = logged_in(world.president).post(address("decide", pk=slot.pk), {"announced": "not_acquired"})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Le résultat n’est pas celui qui vous était annoncé" in shown
    assert "Récusé" in shown
    assert not Decision.objects.exists()
    assert logged_in(world.president).post(address("decide", pk=slot.pk), {"announced": "acquired"}).status_code == 302


def test_a_recusal_found_at_the_decision_stands_though_the_decision_is_refused(world: World) -> None:
    slot = factories.marked(world)
    Sitting.objects.filter(pk=slot.sitting_id).update(quorum=3)
    Enrolment.objects.filter(pk=world.enrolment.pk).update(mentor=world.jurors[2])
    answer = logged_in(world.president).post(address("decide", pk=slot.pk), {"announced": "acquired"})
    assert "Le quorum n’est pas atteint" in answer.content.decode()
    assert Leave.objects.get(slot=slot).cause == ["mentor"]


def test_no_majority_must_be_settled_and_nothing_typed_is_lost(world: World) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    client, url = logged_in(world.president), address("decide", pk=slot.pk)
    html = page(world.president, "deliberation", pk=slot.pk)
    assert "2 critères sans majorité attendent votre décision." in html
    first, second = (key_of(criterion) for criterion in world.edition.criteria[1:])
    typed = {f"level-{first}": "acquired", f"comment-{first}": "Montré à l'oral.", "motive": "Après débat."}
    answer = client.post(url, typed)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "La décision n’est pas enregistrée" in html
    assert "Montré à l&#x27;oral." in html
    assert "Après débat." in html
    assert '<option value="acquired" selected>' in html
    typed |= {f"level-{second}": "not_acquired", f"comment-{second}": "Absent du dépôt."}
    assert client.post(url, typed).status_code == 302
    assert Decision.objects.get().outcome == "not_acquired"


def test_a_level_proposed_by_the_casting_vote_is_said_as_such(world: World) -> None:
    slot = factories.scheduled(world)
    third = Juror.objects.get(sitting=slot.sitting_id, user=world.jurors[2])
    seats.absent(actor=world.president, slot=slot, juror=third)
    for juror, level in zip(world.jurors[:2], ("acquired", "not_acquired"), strict=True):
        ballots.seal(actor=juror, ballot=fill(world, slot, juror, level))
    shown = page(world.president, "deliberation", pk=slot.pk)
    assert "Jury, par la voix prépondérante du président" in shown
    assert "Majorité" not in shown


def test_the_outcome_is_previewed_and_nothing_written(world: World) -> None:
    slot = factories.marked(world)
    client, url = logged_in(world.president), address("deliberation_preview", pk=slot.pk)
    typed = {f"level-{key_of(world.edition.criteria[1])}": "not_acquired"}
    html = client.post(url, typed, headers={"HX-Request": "true"}).content.decode()
    assert "Épreuve non validée" in html
    assert "<html" not in html
    assert "1 niveau s’écarte de la proposition et reste à motiver." in html
    assert "<h1>" in client.post(url, typed).content.decode()
    assert not Decision.objects.exists()


def test_only_the_president_decides_and_only_once_all_have_sealed(world: World) -> None:
    slot = factories.scheduled(world)
    assert logged_in(world.president).post(address("decide", pk=slot.pk)).status_code == 403
    for juror in world.jurors:
        ballots.seal(actor=juror, ballot=fill(world, slot, juror))
    for name in ("decide", "deliberation_preview"):
        assert logged_in(world.jurors[1]).post(address(name, pk=slot.pk)).status_code == 403
    assert "Enregistrer la décision" not in page(world.jurors[1], "deliberation", pk=slot.pk)


def more_criteria(world: World, count: int) -> None:
    last = world.edition.criteria[-1]
    for position in range(10, 10 + count):
        criterion = type(last).objects.get(pk=last.pk)
        criterion.pk, criterion.uid, criterion.position = None, uuid.uuid4(), position
        criterion.save()
        world.edition.criteria.append(criterion)


def test_the_pages_ask_the_same_of_the_database_however_long(world: World, django_assert_max_num_queries: Any) -> None:
    more_criteria(world, 20)
    slot = factories.scheduled(world)
    juror = world.jurors[1]
    fill(world, slot, juror)
    clients = {user: logged_in(user) for user in world.jurors}

    def read(user: User, name: str, most: int, **kwargs: Any) -> str:
        with django_assert_max_num_queries(most):
            return str(clients[user].get(address(name, **kwargs)).content.decode())

    read(juror, "juror_home", 6)
    assert read(juror, "ballot", 15, pk=slot.pk).count("data-criterion") == 23
    for each in world.jurors:
        ballots.seal(actor=each, ballot=fill(world, slot, each))
    assert "Enregistrer la décision" in read(world.president, "deliberation", 15, pk=slot.pk)
    clients[world.president].post(address("decide", pk=slot.pk))
    assert "Épreuve validée" in read(world.president, "deliberation", 15, pk=slot.pk)


def test_a_preview_asked_while_the_decision_was_recorded_is_answered_with_nothing(world: World) -> None:
    slot = factories.marked(world)
    decisions.decide(actor=world.president, slot=slot, rulings={})
    client = Client()
    client.force_login(world.president, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("web:deliberation_preview", kwargs={"pk": slot.pk})
    assert client.post(url, HTTP_HX_REQUEST="true").status_code == 204
    assert client.post(url).status_code == 403
