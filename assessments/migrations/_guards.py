"""Guards of the database that migrations put on tables: what is frozen, and what is never emptied."""

from django.db import migrations


def frozen(table: str, condition: str = "true") -> migrations.RunSQL:
    """Refuse UPDATE and DELETE of the rows where ``condition`` holds of OLD."""
    return migrations.RunSQL(
        f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON assessments_{table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION jalon_refuse_change();",
        f"DROP TRIGGER frozen ON assessments_{table};",
    )


def not_emptied(table: str) -> migrations.RunSQL:
    """Refuse TRUNCATE."""
    return migrations.RunSQL(
        f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON assessments_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION jalon_refuse_change();",
        f"DROP TRIGGER not_emptied ON assessments_{table};",
    )
