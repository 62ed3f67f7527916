"""The grid of a work and the tree of its edition say the same of what its épreuve is judged on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from assessments.domain.award_trial import assessments_of
from assessments.models.lines import key_of
from assessments.selectors.award import edition_of
from assessments.selectors.lines import lines_of
from certification.referentials import lines
from certification.referentials.identity import Content
from certification.referentials.loader import insert_content
from certification.referentials.models import Assessment, Certification, Referential
from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.tree import edition_content
from certification.referentials.validation import normalised
from tests.referentials.test_round_trip import editions

pytestmark = pytest.mark.django_db


def by_tree(content: Content) -> list[list[str]]:
    """The identities of the lines of each épreuve, as the tree says them."""
    count = range(len(content.tree["assessments"]))
    return [[content.identities[line.path] for line in lines.lines_of(content.tree, rank)] for rank in count]


def by_database(referential: Referential) -> list[list[str]]:
    rows = Assessment.objects.filter(referential=referential).order_by("position")
    return [[str(line.uid) for line in lines_of(row)] for row in rows]


@pytest.mark.parametrize("code", shipped_codes())
def test_they_say_the_same_of_the_shipped(code: str) -> None:
    referential = load_edition(tree=shipped_tree(code)).referential
    assert by_database(referential) == by_tree(edition_content(referential))


@pytest.mark.parametrize("code", shipped_codes())
def test_the_award_is_computed_over_the_lines_of_the_grid(code: str) -> None:
    referential = load_edition(tree=shipped_tree(code)).referential
    edition = edition_of(referential)
    found = {each.number: [line.key for line in each.lines] for each in assessments_of(edition)}
    rows = Assessment.objects.filter(referential=referential)
    assert found == {row.position: [key_of(line) for line in lines_of(row)] for row in rows}


@settings(
    max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(tree=editions())
def test_they_say_the_same_of_any_edition(tree: dict[str, Any]) -> None:
    whole = normalised(tree)
    sid = transaction.savepoint()
    certification = Certification.objects.create(code="essai", title="Essai")
    values = {name: whole[name] for name in ("edition", "title", "metadata", "scale", "award_rule", "notes")}
    referential = Referential.objects.create(certification=certification, content_hash="x", **values)
    insert_content(referential, whole)
    found = by_database(referential)
    expected = by_tree(edition_content(referential))
    transaction.savepoint_rollback(sid)
    assert found == expected
