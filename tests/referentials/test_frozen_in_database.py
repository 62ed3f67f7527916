"""The database itself refuses to change a published edition, and keeps editions apart."""

# ruff: noqa: S608 - the tables and columns put into the statements are those of our own models

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from certification.referentials.loader import TABLES
from certification.referentials.models import Referential
from certification.referentials.services import archive, load_edition, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_checks")]
NAMES = [model._meta.db_table for model in TABLES]


@pytest.fixture
def edition(tree: dict[str, Any]) -> Referential:
    return publish(referential=load_edition(tree=tree).referential)


def run(statement: str, *params: Any) -> int:
    """Rows touched by a raw statement, in its own savepoint."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


@pytest.mark.parametrize("table", NAMES)
def test_rows_of_a_published_edition_are_neither_changed_nor_deleted(edition: Referential, table: str) -> None:
    with pytest.raises(DatabaseError, match="does not change"):
        run(f"UPDATE {table} SET position = position + 100")
    with pytest.raises(DatabaseError, match="does not change"):
        run(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", NAMES)
def test_nothing_is_added_to_a_published_edition(edition: Referential, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")
        names = [column.name for column in cursor.description if column.name != "id"]
    copied = ", ".join(
        {"position": "position + 100", "uid": "gen_random_uuid()"}.get(name, f'"{name}"') for name in names
    )
    listed = ", ".join(f'"{name}"' for name in names)

    with pytest.raises(DatabaseError, match="does not change"):
        run(f"INSERT INTO {table} ({listed}) SELECT {copied} FROM {table} LIMIT 1")


@pytest.mark.parametrize("table", NAMES)
def test_a_row_does_not_move_into_a_published_edition(edition: Referential, tree: dict[str, Any], table: str) -> None:
    draft = load_edition(tree=tree | {"edition": "2027"}).referential

    with pytest.raises(DatabaseError, match="does not change"):
        run(f"UPDATE {table} SET referential_id = %s WHERE referential_id = %s", edition.pk, draft.pk)


@pytest.mark.parametrize(
    "change",
    [
        "title = 'Autre'",
        "scale = '[]'",
        "award_rule = '{}'",
        "content_hash = 'x'",
        "published_at = now()",
        "status = 'archived', title = 'Autre'",
        "status = 'draft', published_at = NULL",
    ],
)
def test_a_published_edition_itself_does_not_change(edition: Referential, change: str) -> None:
    with pytest.raises(DatabaseError, match="does not change"):
        run(f"UPDATE referentials_referential SET {change} WHERE id = %s", edition.pk)


def test_a_published_edition_is_not_deleted(edition: Referential) -> None:
    with pytest.raises(DatabaseError, match="does not change"):
        run("DELETE FROM referentials_referential WHERE id = %s", edition.pk)


def test_a_published_edition_is_archived_once_and_for_all(edition: Referential) -> None:
    archive(referential=edition)

    with pytest.raises(DatabaseError, match="does not change"):
        run("UPDATE referentials_referential SET status = 'published' WHERE id = %s", edition.pk)


def test_a_draft_beside_a_published_edition_stays_free(edition: Referential, tree: dict[str, Any]) -> None:
    draft = load_edition(tree=tree | {"edition": "2027"}).referential

    assert run("UPDATE referentials_bloc SET title = 'Revu' WHERE referential_id = %s", draft.pk) == 3


def test_parts_of_two_editions_do_not_mix(tree: dict[str, Any]) -> None:
    first = load_edition(tree=tree).referential
    second = load_edition(tree=tree | {"edition": "2027"}).referential

    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="in_edition"):
        run(
            "UPDATE referentials_activity SET bloc_id = (SELECT min(id) FROM referentials_bloc"
            " WHERE referential_id = %s) WHERE referential_id = %s",
            second.pk,
            first.pk,
        )


def test_two_siblings_do_not_share_a_rank(tree: dict[str, Any]) -> None:
    load_edition(tree=tree)

    with pytest.raises(IntegrityError, match="bloc_rank_unique"):
        run("UPDATE referentials_bloc SET position = 1")


def test_a_published_edition_is_dated_and_hashed(tree: dict[str, Any]) -> None:
    draft = load_edition(tree=tree).referential

    with pytest.raises(IntegrityError, match="dated_and_hashed"):
        run("UPDATE referentials_referential SET status = 'published' WHERE id = %s", draft.pk)


def test_a_criterion_of_an_epreuve_stands_nowhere_else_and_in_the_same_edition(tree: dict[str, Any]) -> None:
    tree["assessments"][1]["criteria"] = [{"text": "Le propos est tenu"}]
    first = load_edition(tree=tree).referential
    second = load_edition(tree=tree | {"edition": "2027"}).referential
    other = f"(SELECT min(id) FROM referentials_assessment WHERE referential_id = {second.pk})"

    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="criterion_of_one_parent"):
        run("UPDATE referentials_criterion SET assessment_id = (SELECT min(id) FROM referentials_assessment)")
    with pytest.raises(IntegrityError, match="criterion_assessment_id_in_edition"):
        run(
            f"UPDATE referentials_criterion SET assessment_id = {other}"
            " WHERE assessment_id IS NOT NULL AND referential_id = %s",
            first.pk,
        )
