"""What people write has a longest length, said before anything is lost, and held by the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.domain.texts import ADDRESS, COMMENT, NAME, REMARK, excess
from assessments.models import Ballot, Decision, DecisionLine, Mark, Review, ReviewRemark, Role
from assessments.models.lines import key_of
from assessments.models.reviews import ReviewOutcome
from assessments.services import ballots, decisions, people, reviews, sessions, sittings
from assessments.services.decisions import Ruling
from assessments.services.errors import Refused
from assessments.services.texts import kept
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("length", "too_many"), [(0, 0), (10, 0), (11, 1), (5000, 4990)])
def test_excess(length: int, too_many: int) -> None:
    assert excess("x" * length, 10) == too_many


def test_a_text_is_kept_clean_and_whole() -> None:
    assert kept("  Bien\0 fait.\r\nÀ suivre. \n", REMARK) == "Bien fait.\nÀ suivre."
    with pytest.raises(Refused) as refused:
        kept("x" * (REMARK + 3), REMARK)
    assert (refused.value.code, refused.value.params) == ("text.too_long", {"excess": 3, "longest": REMARK})
    assert "3 caractère(s) de trop" in str(refused.value)


def _review() -> tuple[factories.World, Review]:
    world = factories.world()
    return world, reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))


def _ballot() -> tuple[factories.World, Ballot]:
    world = factories.world()
    return world, ballots.open_ballot(actor=world.jurors[0], slot=factories.scheduled(world))


def _remark(text: str) -> None:
    world, review = _review()
    line = world.edition.criteria[1]
    reviews.save_remark(actor=world.mentor, review=review, line=line, opinion="", comment=text)


def _comment(text: str) -> None:
    world, review = _review()
    reviews.save_comment(actor=world.mentor, review=review, comment=text)


def _mark(text: str) -> None:
    world, ballot = _ballot()
    line = world.edition.criteria[1]
    ballots.save_mark(actor=world.jurors[0], ballot=ballot, line=line, level="acquired", comment=text)


def _appreciation(text: str) -> None:
    world, ballot = _ballot()
    ballots.save_ballot_comment(actor=world.jurors[0], ballot=ballot, comment=text)


def _motive(text: str) -> None:
    world = factories.world()
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={}, motive=text)


def _ruling(text: str) -> None:
    world = factories.world()
    rulings = {key_of(world.edition.criteria[1]): Ruling("acquired", text)}
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings=rulings)


def _person(text: str) -> None:
    administrator = factories.person(Role.ADMINISTRATOR)
    people.edit(actor=administrator, person=factories.person(), full_name=text, email="a@demo.jalon.test", roles=[])


def _address(text: str) -> None:
    administrator = factories.person(Role.ADMINISTRATOR)
    people.invite(actor=administrator, email=f"{text[:-16]}@demo.jalon.test", full_name="A", roles=[])


def _session(text: str) -> None:
    world = factories.world()
    now = timezone.now()
    sessions.edit(
        actor=world.administrator,
        session=world.session,
        name=text,
        starts_on=now.date(),
        ends_on=now.date(),
        deposit_deadline=now,
    )


def _place(text: str) -> None:
    world = factories.world()
    sittings.compose(
        actor=world.administrator,
        session=world.session,
        name="Jury",
        starts_at=timezone.now(),
        jurors=world.jurors,
        president=world.president,
        place=text,
    )


WRITTEN: dict[str, tuple[Callable[[str], None], int]] = {
    "remark": (_remark, REMARK),
    "comment": (_comment, COMMENT),
    "mark": (_mark, REMARK),
    "appreciation": (_appreciation, COMMENT),
    "motive": (_motive, COMMENT),
    "ruling": (_ruling, REMARK),
    "person": (_person, NAME),
    "address": (_address, ADDRESS),
    "session": (_session, NAME),
    "place": (_place, NAME),
}


@pytest.mark.parametrize(("write", "longest"), WRITTEN.values(), ids=WRITTEN)
def test_every_text_has_its_longest(write: Callable[[str], None], longest: int) -> None:
    write("x" * longest)
    with pytest.raises(Refused) as refused:
        write("x" * (longest + 2))
    assert (refused.value.code, refused.value.params["excess"]) == ("text.too_long", 2)


@pytest.mark.parametrize(
    ("model", "field", "longest"),
    [
        (Review, "comment", COMMENT),
        (ReviewRemark, "comment", REMARK),
        (Ballot, "comment", COMMENT),
        (Mark, "comment", REMARK),
        (Decision, "motive", COMMENT),
        (DecisionLine, "comment", REMARK),
    ],
)
def test_every_constraint_says_the_same_length(model: type[Model], field: str, longest: int) -> None:
    constraint = next(each for each in model._meta.constraints if each.name.endswith(f"{field}_length"))
    assert isinstance(constraint, CheckConstraint)
    assert str(longest) in str(constraint.condition)


def test_the_database_holds_it() -> None:
    _world, review = _review()
    with pytest.raises(IntegrityError, match="review_comment_length"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(comment="x" * (COMMENT + 1))


def _give() -> tuple[Review, Callable[[], object]]:
    world, review = _review()
    return review, lambda: reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)


def _seal() -> tuple[Ballot, Callable[[], object]]:
    world, ballot = _ballot()
    for line in world.edition.criteria[1:]:
        ballots.save_mark(actor=world.jurors[0], ballot=ballot, line=line, level="acquired", comment="")
    return ballot, lambda: ballots.seal(actor=world.jurors[0], ballot=ballot)


@pytest.mark.parametrize("waiting", [_give, _seal])
def test_what_was_longer_before_there_was_a_bound_is_refused_by_name(
    waiting: Callable[[], tuple[Model, Callable[[], object]]],
) -> None:
    """Every change of its row is refused by the database, also one that leaves the text alone."""
    row, end = waiting()
    table = row._meta.db_table
    [name] = [each.name for each in row._meta.constraints if each.name.endswith("comment_length")]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(f"UPDATE {table} SET comment = repeat('x', {COMMENT + 2})")  # noqa: S608 a name of our own
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (length(comment) <= {COMMENT}) NOT VALID")
    with pytest.raises(Refused) as refused:
        end()
    assert (refused.value.code, refused.value.params["excess"]) == ("text.too_long", 2)


def test_without_script_a_text_that_is_too_long_comes_back_whole(client: Client) -> None:
    world, review = _review()
    client.force_login(world.mentor, backend="django.contrib.auth.backends.ModelBackend")
    key = key_of(world.edition.criteria[1])
    typed = "À revoir. " + "x" * REMARK
    url = reverse("web:review_remark", kwargs={"pk": review.pk, "line": key})
    answer = client.post(url, {f"level-{key}": "to_improve", f"comment-{key}": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert typed in page
    assert 'value="to_improve"' in page
    assert "10 caractère(s) de trop" in page
    assert client.post(url, {f"comment-{key}": typed}, headers={"X-Autosave": "1"}).status_code == 422
    assert not review.remarks.exists()
