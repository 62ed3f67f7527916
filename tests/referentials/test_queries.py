"""What the platform reads, and at what price."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from certification.referentials import queries
from certification.referentials.models import Bloc, Referential
from certification.referentials.services import load_edition, publish
from certification.referentials.shipped import shipped_tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_checks")]


@pytest.fixture
def edition() -> Referential:
    return load_edition(tree=shipped_tree("oc-data-scientist")).referential


def test_criteria_come_in_the_order_of_the_text(
    edition: Referential, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bloc = Bloc.objects.get(referential=edition, code="5")
    with django_assert_max_num_queries(6):
        lines = [
            (
                criterion.activity and criterion.activity.code,
                criterion.competency and criterion.competency.position,
                criterion.position,
                [item.text for item in criterion.items.all()],
                [check.check_code for check in criterion.checks.all()],
                list(criterion.covers.all()),
            )
            for criterion in queries.criteria_of(bloc)
        ]

    assert len(lines) == 19
    assert [line[:3] for line in lines] == sorted(line[:3] for line in lines)


def test_checks_requested_come_with_their_parameters(
    edition: Referential, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bloc = Bloc.objects.get(referential=edition, code="5")
    with django_assert_num_queries(1):
        requested = queries.checks_requested(bloc)

    assert [code for _, code, _, _ in requested][:2] == ["model.serialized", "model.loads"]
    assert ("repository.versions", {"minimum": 3}, "decided") in [request[1:] for request in requested]


def test_a_whole_edition_costs_the_same_whatever_its_size(
    tree: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    large = load_edition(tree=shipped_tree("oc-data-scientist")).referential
    small = load_edition(tree=tree).referential
    for referential in (small, large):
        with django_assert_num_queries(1):
            queries.edition_tree(Referential(pk=referential.pk))


def test_the_edition_in_force_is_the_last_published(tree: dict[str, Any]) -> None:
    assert queries.published_edition(tree["code"]) is None
    for label in ("2026", "2027"):
        publish(referential=load_edition(tree=tree | {"edition": label}).referential)
    load_edition(tree=tree | {"edition": "2028"})

    latest = queries.published_edition(tree["code"])
    named = queries.published_edition(tree["code"], "2026")
    assert latest is not None
    assert named is not None
    assert (latest.edition, named.edition) == ("2027", "2026")


def test_coverage_counts_every_criterion_once(edition: Referential) -> None:
    coverage = queries.coverage_of(edition)

    assert [(each.bloc, each.total) for each in coverage] == [
        ("1", 16),
        ("2", 13),
        ("3", 10),
        ("4", 20),
        ("5", 19),
        ("6", 7),
    ]
    assert coverage[0].decided == 1


def test_criteria_outside_any_bloc_are_counted_too(tree: dict[str, Any]) -> None:
    coverage = queries.coverage_of(load_edition(tree=tree).referential)

    told = [(each.bloc, each.decided, each.human, each.competencies) for each in coverage]
    assert told == [("1", 1, 1, 0), ("5A", 0, 0, 2), ("", 0, 1, 0)]
