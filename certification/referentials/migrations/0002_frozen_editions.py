"""The database itself keeps published editions as they are, and the parts of two editions apart."""

from django.db import migrations

CONTENT = (
    "optiongroup",
    "bloc",
    "activity",
    "task",
    "competency",
    "criterion",
    "criterionitem",
    "criterioncheck",
    "criterioncover",
    "assessment",
    "assessmentpart",
    "assessmentcompetency",
    "assessmentactivity",
    "deliverable",
)
# (table, column, table referred to): both rows belong to the same edition.
WITHIN_EDITION = (
    ("bloc", "option_group_id", "optiongroup"),
    ("activity", "bloc_id", "bloc"),
    ("task", "activity_id", "activity"),
    ("competency", "bloc_id", "bloc"),
    ("competency", "activity_id", "activity"),
    ("criterion", "bloc_id", "bloc"),
    ("criterion", "activity_id", "activity"),
    ("criterion", "competency_id", "competency"),
    ("criterionitem", "criterion_id", "criterion"),
    ("criterioncheck", "criterion_id", "criterion"),
    ("criterioncover", "criterion_id", "criterion"),
    ("criterioncover", "competency_id", "competency"),
    ("assessment", "bloc_id", "bloc"),
    ("assessmentpart", "assessment_id", "assessment"),
    ("assessmentcompetency", "assessment_id", "assessment"),
    ("assessmentcompetency", "competency_id", "competency"),
    ("assessmentactivity", "assessment_id", "assessment"),
    ("assessmentactivity", "activity_id", "activity"),
    ("deliverable", "bloc_id", "bloc"),
    ("deliverable", "competency_id", "competency"),
    ("deliverable", "assessment_id", "assessment"),
    ("deliverable", "container_id", "deliverable"),
)

# FOR SHARE: publishing waits for the changes under way, and changes wait for publishing.
FUNCTIONS = """
CREATE FUNCTION referentials_content_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held_by bigint;
    found text;
BEGIN
    FOREACH held_by IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.referential_id]
        WHEN 'DELETE' THEN ARRAY[OLD.referential_id]
        ELSE ARRAY[OLD.referential_id, NEW.referential_id]
    END LOOP
        SELECT status INTO found FROM referentials_referential WHERE id = held_by FOR SHARE;
        IF found IS DISTINCT FROM 'draft' THEN
            RAISE EXCEPTION 'edition % is %: its content does not change', held_by, coalesce(found, 'absent')
                USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION referentials_edition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'status' = to_jsonb(NEW) - 'status' AND (
        OLD.status = NEW.status OR (OLD.status = 'published' AND NEW.status = 'archived')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'edition % is %: it does not change', OLD.id, OLD.status
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER referentials_edition_guard BEFORE UPDATE OR DELETE ON referentials_referential
    FOR EACH ROW EXECUTE FUNCTION referentials_edition_guard();
"""
NO_FUNCTIONS = """
DROP TRIGGER referentials_edition_guard ON referentials_referential;
DROP FUNCTION referentials_edition_guard();
DROP FUNCTION referentials_content_guard();
"""


def guard(table: str) -> migrations.RunSQL:
    """Refuse every change of the rows of `table` that belong to an edition that is no draft."""
    name = f"referentials_{table}"
    return migrations.RunSQL(
        f"CREATE TRIGGER referentials_content_guard BEFORE INSERT OR UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION referentials_content_guard();",
        f"DROP TRIGGER referentials_content_guard ON {name};",
    )


def referable(table: str) -> migrations.RunSQL:
    """Let the rows of `table` be referred to together with their edition."""
    name = f"referentials_{table}"
    return migrations.RunSQL(
        f"ALTER TABLE {name} ADD CONSTRAINT {table}_in_edition UNIQUE (referential_id, id);",
        f"ALTER TABLE {name} DROP CONSTRAINT {table}_in_edition;",
    )


def within_edition(table: str, column: str, other: str) -> migrations.RunSQL:
    """Refuse a reference from one edition to another."""
    name = f"referentials_{table}"
    constraint = f"{table}_{column}_in_edition"
    return migrations.RunSQL(
        f"ALTER TABLE {name} ADD CONSTRAINT {constraint} FOREIGN KEY (referential_id, {column}) "
        f"REFERENCES referentials_{other} (referential_id, id) DEFERRABLE INITIALLY DEFERRED;",
        f"ALTER TABLE {name} DROP CONSTRAINT {constraint};",
    )


class Migration(migrations.Migration):
    dependencies = [("referentials", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(guard(table) for table in CONTENT),
        *(referable(table) for table in dict.fromkeys(other for _, _, other in WITHIN_EDITION)),
        *(within_edition(*reference) for reference in WITHIN_EDITION),
    ]
