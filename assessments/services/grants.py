"""What the application's role may do in PostgreSQL: what the product needs, and nothing that would rewrite the past.

Tables belong to another role, which migrates. The application can neither empty a table nor alter one, disable a
guard, or make a table that stands before another; to what is only ever added to, it can only add.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

ALL = "SELECT, INSERT, UPDATE, DELETE"
ADD = "SELECT, INSERT"
READ = "SELECT"
PRIVILEGES: dict[str, str] = {
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_permission": READ,
    "assessments_journalentry": ADD,
    "assessments_submission": ADD,
    "assessments_evidencefile": ADD,
    "assessments_decision": ADD,
    "assessments_decisionline": ADD,
    "assessments_decisionbasis": ADD,
    "assessments_decisionnames": ADD,
    "assessments_gridsnapshot": ADD,
    "assessments_linestate": ADD,
    "assessments_linecheck": ADD,
    # A difference is closed once, with a word; a guard sees to it that nothing else of it changes.
    "assessments_lineflag": f"{ADD}, UPDATE (closed_at, closed_by_id, word)",
    "assessments_document": ADD,
    "assessments_documentcontent": ADD,
    "assessments_acquiredbloc": ADD,
    "assessments_award": ADD,
    "assessments_awardbasis": ADD,
    # A rule, or an act of habilitation, ends; what it said stays.
    "assessments_compositionrule": f"{ADD}, UPDATE (valid_until)",
    "assessments_habilitation": f"{ADD}, UPDATE (valid_until)",
    "assessments_sitting": f"{ADD}, UPDATE (name, starts_at, place, quorum, state)",
    "assessments_juror": ADD,
    "assessments_jurordeparture": ADD,
    "assessments_presidency": ADD,
    "assessments_declaration": ADD,
    "assessments_declaredlink": ADD,
    "assessments_earlyopening": ADD,
    "assessments_leave": f"{ADD}, UPDATE (ended_at)",
    "assessments_mentorspan": f"{ADD}, UPDATE (until)",
    "assessments_probe": ADD,
    "assessments_passageoutcome": ADD,
    # A slot is locked while its jury decides, which takes the right to change something of it.
    "assessments_slot": f"{ADD}, UPDATE (starts_at, minutes, room_id, state)",
    # What was filed stays; an open appeal is entrusted and answered.
    "assessments_appeal": f"{ADD}, UPDATE (state, handled_by_id, answer, answered_at)",
    # Purged past its keeping by a function of the owner.
    "assessments_accessevent": ADD,
    # An archive that nothing names is erased; a guard sees to it that no other is.
    "assessments_bundle": f"{ADD}, DELETE",
    # A fault of ours goes when there is an answer; a guard sees to it that nothing else does.
    "assessments_checkresult": f"{ADD}, DELETE",
    "assessments_probeexchange": f"{ADD}, DELETE",
}
"""By table; one that is not named may be read and written."""

_WEAK = """
    SELECT class.relname FROM pg_class AS class JOIN pg_namespace AS space ON space.oid = class.relnamespace
    WHERE space.nspname = 'public' AND class.relkind IN ('r', 'p')
        AND (pg_has_role(current_user, class.relowner, 'MEMBER') OR has_table_privilege(class.oid, 'TRUNCATE')
            OR (class.relname = ANY(%s) AND has_table_privilege(class.oid, 'UPDATE')))
    ORDER BY class.relname
"""


@contextmanager
def owner() -> Iterator[str]:
    """Within the block the connection is the owner's, if the settings name one; yields the application's role.

    Empty where both are the same.
    """
    address = {name: settings.MIGRATION_DATABASE.get(name) for name in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    known = {name: connection.settings_dict.get(name) for name in address}
    if not address["USER"] or address["USER"] == known["USER"]:
        yield ""
        return
    connection.close()
    connection.settings_dict.update(address)
    try:
        yield str(known["USER"])
    finally:
        connection.close()
        connection.settings_dict.update(known)


def grant(role: str) -> int:
    """Give ``role`` exactly what the product needs on every table there is; returns how many tables. As the owner.

    All of it or nothing: whoever works meanwhile as ``role`` never lacks a right that they had.
    """
    tables = sorted(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _statements(role, tables):
            cursor.execute(statement)
    return len(tables)


def _statements(role: str, tables: list[str]) -> Iterator[sql.Composed]:
    names = {"role": sql.Identifier(role), "database": sql.Identifier(str(connection.settings_dict["NAME"]))}
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ):
        yield sql.SQL(statement).format(**names)
    for table in tables:
        rights = sql.SQL(PRIVILEGES.get(table, ALL))
        yield sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier(table), names["role"])


def weaknesses() -> list[str]:
    """What the role of this connection could do to the past: ``superuser``, or the tables it has power over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            return ["superuser"]
        cursor.execute(_WEAK, [[table for table, rights in PRIVILEGES.items() if "UPDATE" not in rights]])
        return [name for (name,) in cursor.fetchall()]
