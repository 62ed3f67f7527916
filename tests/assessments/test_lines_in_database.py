"""What is said of a line is said of exactly one, and once: the database refuses the rest, whoever writes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, connection, transaction

from assessments.models import DecisionLine, Mark, Review, ReviewRemark
from assessments.models.lines import OnLine
from assessments.services import ballots, decisions, reviews
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db

# table: the column of its parent, and the others that must be filled
TABLES: dict[type[OnLine], tuple[str, dict[str, str]]] = {
    ReviewRemark: ("review_id", {"opinion": "", "comment": ""}),
    Mark: ("ballot_id", {"level": "", "comment": "", "version": "1"}),
    DecisionLine: ("decision_id", {"level": "", "comment": "", "decided_by": "jury", "votes": "{}"}),
}
Line = tuple[int | None, int | None, int | None]


@pytest.fixture
def world() -> World:
    return factories.world()


def parent(model: type[OnLine], world: World) -> int:
    """A review or a ballot still open; a decision."""
    if model is ReviewRemark:
        return reviews.open_review(actor=world.mentor, submission=factories.evaluated(world)).pk
    if model is Mark:
        return ballots.open_ballot(actor=world.president, slot=factories.scheduled(world)).pk
    return decisions.decide(actor=world.president, slot=factories.marked(world), rulings={}).pk


def insert(model: type[OnLine], key: int, lines: Sequence[Line]) -> None:
    column, others = TABLES[model]
    names = [column, "criterion_id", "competency_id", "assessment_id", *others]
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608 - constants of this file
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, [(key, *line, *others.values()) for line in lines])


@pytest.mark.parametrize("model", TABLES)
def test_a_line_is_a_criterion_or_a_competency_or_the_assessment(model: type[OnLine], world: World) -> None:
    criterion, assessment = world.edition.criteria[0], world.edition.assessment
    pks = (criterion.pk, criterion.competency_id, assessment.pk)
    key = parent(model, world)
    for kept in [(0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]:
        none_or_several = tuple(pk if wanted else None for pk, wanted in zip(pks, kept, strict=True))
        with pytest.raises(IntegrityError, match="_on_one_line"):
            insert(model, key, [none_or_several])  # type: ignore[list-item]  # three of them
    insert(model, key, [(None, criterion.competency_id, None), (None, None, assessment.pk)])
    assert model._default_manager.filter(competency=criterion.competency).count() == 1
    assert model._default_manager.get(assessment__isnull=False).line == assessment


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("kind", ["criterion", "competency", "assessment"])
def test_a_line_is_spoken_of_once(model: type[OnLine], kind: str, world: World) -> None:
    criterion = world.edition.criteria[0]
    key = parent(model, world)
    pks = {"criterion": criterion.pk, "competency": criterion.competency_id, "assessment": world.edition.assessment.pk}
    line: Line = tuple(pk if each == kind else None for each, pk in pks.items())  # type: ignore[assignment]  # idem
    with pytest.raises(IntegrityError, match="_unique"):
        insert(model, key, [line, line])


@pytest.mark.parametrize("model", TABLES)
def test_a_row_names_its_line(model: type[OnLine], world: World) -> None:
    criterion = world.edition.criteria[0]
    key = parent(model, world)
    insert(model, key, [(None, criterion.competency_id, None)])
    row = model._default_manager.get(competency__isnull=False)
    assert row.line == criterion.competency
    assert str(row.line_key) == f"competency-{criterion.competency_id}"


def test_reviews_given_before_are_kept(world: World) -> None:
    """A remark on a criterion reads as it always did."""
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    first = world.edition.criteria[0]
    reviews.save_remark(actor=world.mentor, review=review, line=first, opinion="confirmed", comment="")
    remark = Review.objects.get().remarks.get()
    assert (remark.criterion, remark.competency, remark.line) == (first, None, first)
