"""What is submitted, given, sealed, decided or journalled is refused UPDATE and DELETE by the database."""

from django.db import migrations

FROZEN = {
    # table: the condition, on the OLD row, under which the row is frozen
    "assessments_journalentry": "true",
    "assessments_submission": "true",
    "assessments_bundle": "true",
    "assessments_decision": "true",
    "assessments_decisionline": "true",
    "assessments_document": "true",
    "assessments_review": "OLD.given_at IS NOT NULL",
    "assessments_ballot": "OLD.sealed_at IS NOT NULL",
}
CHILDREN = {
    # table: (foreign key column, parent table, column that tells the parent is frozen)
    "assessments_reviewremark": ("review_id", "assessments_review", "given_at"),
    "assessments_mark": ("ballot_id", "assessments_ballot", "sealed_at"),
}

REFUSE = """
CREATE FUNCTION jalon_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is frozen: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

CHILD = """
CREATE FUNCTION jalon_refuse_change_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parent bigint;
BEGIN
    parent := CASE WHEN TG_OP = 'INSERT' THEN NEW.{key} ELSE OLD.{key} END;
    IF EXISTS (SELECT 1 FROM {parent_table} WHERE id = parent AND {column} IS NOT NULL) THEN
        RAISE EXCEPTION '% is frozen: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change_{table}();
"""


def forwards() -> str:
    rows = [
        f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION jalon_refuse_change();"
        for table, condition in FROZEN.items()
    ]
    children = [
        CHILD.format(table=table, key=key, parent_table=parent, column=column)
        for table, (key, parent, column) in CHILDREN.items()
    ]
    return "\n".join([REFUSE, *rows, *children])


def backwards() -> str:
    drops = [f"DROP TRIGGER frozen ON {table};" for table in (*FROZEN, *CHILDREN)]
    functions = [f"DROP FUNCTION jalon_refuse_change_{table}();" for table in CHILDREN]
    return "\n".join([*drops, *functions, "DROP FUNCTION jalon_refuse_change();"])


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]
    operations = [migrations.RunSQL(forwards(), backwards())]
