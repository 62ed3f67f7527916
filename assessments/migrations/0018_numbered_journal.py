"""The journal counts its rows; nothing that a decision rests on is emptied, moved or edited."""

from django.db import migrations, models

# The triggers that keep the rows as they are stand aside while each gets its number.
NUMBERED = """
ALTER TABLE assessments_journalentry DISABLE TRIGGER frozen;
UPDATE assessments_journalentry AS entry SET number = counted.number
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM assessments_journalentry) AS counted
    WHERE counted.id = entry.id;
ALTER TABLE assessments_journalentry ENABLE TRIGGER frozen;
"""

# What may not be emptied: everything with rows that the database freezes.
KEPT = (
    *("journalentry", "submission", "bundle", "evidencefile", "checkresult", "probe", "probeexchange"),
    *("review", "reviewremark", "sitting", "juror", "slot", "ballot", "mark"),
    *("decision", "decisionline", "document", "acquiredbloc", "referencedataset", "referenceversion"),
    *("evaluationrun", "work", "enrolment", "session"),
)
# Who answers for whom, and what is judged by whom: columns that never change, in rows of which others may.
SETTLED = {
    "session": ("referential_id",),
    "enrolment": ("session_id", "candidate_id"),
    "work": ("enrolment_id", "assessment_id"),
    "sitting": ("session_id", "quorum"),
    "slot": ("sitting_id", "work_id", "submission_id"),
    "evaluationrun": ("submission_id", "requested"),
}
# A fault of ours is no answer: it goes when there is a better one. No result is ever edited.
FROZEN = """
CREATE TRIGGER frozen BEFORE UPDATE ON assessments_checkresult
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON assessments_checkresult
    FOR EACH ROW WHEN (OLD.cause <> 'platform') EXECUTE FUNCTION jalon_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON assessments_evidencefile
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON assessments_juror
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
"""
THAWED = """
DROP TRIGGER frozen ON assessments_checkresult;
DROP TRIGGER kept ON assessments_checkresult;
DROP TRIGGER frozen ON assessments_evidencefile;
DROP TRIGGER frozen ON assessments_juror;
"""
# A temporary table of the same name is looked for last: it cannot stand for the one that a guard asks.
GUARDS = (
    *("jalon_refuse_change_assessments_reviewremark", "jalon_refuse_change_assessments_mark"),
    *("referentials_content_guard", "jalon_refuse_named_bundle"),
)


def not_emptied(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON assessments_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION jalon_refuse_change();",
        f"DROP TRIGGER not_emptied ON assessments_{table};",
    )


def settled(table: str, columns: tuple[str, ...]) -> migrations.RunSQL:
    moved = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return migrations.RunSQL(
        f"CREATE TRIGGER settled BEFORE UPDATE ON assessments_{table} "
        f"FOR EACH ROW WHEN ({moved}) EXECUTE FUNCTION jalon_refuse_change();",
        f"DROP TRIGGER settled ON assessments_{table};",
    )


def looks_here(function: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER FUNCTION {function}() SET search_path = public, pg_temp;",
        f"ALTER FUNCTION {function}() RESET search_path;",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0017_access_events"),
        ("referentials", "0003_identities"),
    ]

    operations = [
        migrations.AddField("journalentry", "number", models.BigIntegerField(null=True)),
        migrations.AddField("journalentry", "version", models.PositiveSmallIntegerField(default=1)),
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
        migrations.AlterField("journalentry", "number", models.BigIntegerField(unique=True)),
        migrations.AlterField("journalentry", "version", models.PositiveSmallIntegerField(default=2)),
        migrations.AlterModelOptions(
            "journalentry",
            {"ordering": ["number"], "verbose_name": "ligne du journal", "verbose_name_plural": "journal"},
        ),
        migrations.AddConstraint(
            "journalentry",
            models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="journal_counts_from_one"),
        ),
        migrations.RunSQL(FROZEN, THAWED),
        *(not_emptied(table) for table in KEPT),
        *(settled(table, columns) for table, columns in SETTLED.items()),
        *(looks_here(function) for function in GUARDS),
    ]
