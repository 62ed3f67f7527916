"""What was said of the seats of a jury is frozen; a quorum moves until something is decided under it."""

from django.db import migrations

from assessments.migrations._guards import frozen, not_emptied

KEPT = ("jurordeparture", "presidency", "declaration", "declaredlink", "earlyopening")

# Before: session and quorum, whatever was decided. A quorum is edited while nobody has decided under it.
SITTING = """
DROP TRIGGER settled ON assessments_sitting;
CREATE FUNCTION jalon_refuse_settled_sitting() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.session_id IS DISTINCT FROM NEW.session_id OR OLD.kind IS DISTINCT FROM NEW.kind OR EXISTS (
        SELECT 1 FROM assessments_decision JOIN assessments_slot ON assessments_slot.id = slot_id
        WHERE assessments_slot.sitting_id = OLD.id
    ) OR EXISTS (SELECT 1 FROM assessments_award WHERE sitting_id = OLD.id) THEN
        RAISE EXCEPTION '% is frozen: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settled BEFORE UPDATE ON assessments_sitting FOR EACH ROW
    WHEN (OLD.session_id IS DISTINCT FROM NEW.session_id OR OLD.kind IS DISTINCT FROM NEW.kind
        OR OLD.quorum IS DISTINCT FROM NEW.quorum OR OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION jalon_refuse_settled_sitting();
CREATE TRIGGER kept BEFORE DELETE ON assessments_sitting
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
"""
BACK = """
DROP TRIGGER kept ON assessments_sitting;
DROP TRIGGER settled ON assessments_sitting;
DROP FUNCTION jalon_refuse_settled_sitting();
CREATE TRIGGER settled BEFORE UPDATE ON assessments_sitting
    FOR EACH ROW WHEN (OLD.session_id IS DISTINCT FROM NEW.session_id OR OLD.quorum IS DISTINCT FROM NEW.quorum)
    EXECUTE FUNCTION jalon_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0032_juries_by_law")]
    operations = [
        *(frozen(table) for table in KEPT),
        frozen("leave", "OLD.kind = 'recused' OR OLD.ended_at IS NOT NULL"),
        *(not_emptied(table) for table in (*KEPT, "leave", "mentorspan")),
        migrations.RunSQL(SITTING, BACK),
    ]
