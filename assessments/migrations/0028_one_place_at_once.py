"""No person and no room is in two places at once, whatever the sittings.

An exclusion over a key and a range of time takes the extension ``btree_gist``, which the embedded PostgreSQL has not.
GiST knows ranges of ``bigint`` by itself: each person and each room is given a stretch of numbers of its own, long
enough for the seconds of a moment, and what they are taken by are ranges within it.
"""

from django.db import migrations

# Seconds take 33 bits until 2242, the key of a person or a room the 30 that are left.
OCCUPIED = """
    CREATE FUNCTION jalon_occupied(person bigint, room bigint, starts timestamptz, ends timestamptz)
    RETURNS int8range LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT int8range(
            (COALESCE(person * 2, room * 2 + 1) << 33) + floor(extract(epoch FROM starts))::bigint,
            (COALESCE(person * 2, room * 2 + 1) << 33) + floor(extract(epoch FROM ends))::bigint
        )
    $$;
"""
EXCLUDED = """
    ALTER TABLE assessments_occupation ADD CONSTRAINT occupation_once
    EXCLUDE USING gist (jalon_occupied(person_id, room_id, starts_at, ends_at) WITH &&);
"""
# Of passages that overlapped before there was a rule, the first keeps its people; nothing of the passages is changed.
EXISTING = """
    INSERT INTO assessments_occupation (slot_id, person_id, starts_at, ends_at)
    SELECT slot.id, taken.person, slot.starts_at, slot.starts_at + make_interval(mins => GREATEST(slot.minutes, 1))
    FROM assessments_slot AS slot
    JOIN (
        SELECT slot.id AS slot, juror.user_id AS person
        FROM assessments_slot AS slot JOIN assessments_juror AS juror ON juror.sitting_id = slot.sitting_id
        UNION
        SELECT slot.id, enrolment.candidate_id
        FROM assessments_slot AS slot
        JOIN assessments_work AS work ON work.id = slot.work_id
        JOIN assessments_enrolment AS enrolment ON enrolment.id = work.enrolment_id
    ) AS taken ON taken.slot = slot.id
    WHERE slot.state = 'due'
    ORDER BY slot.starts_at, slot.id
    ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0027_planning")]

    operations = [
        migrations.RunSQL(OCCUPIED, "DROP FUNCTION jalon_occupied(bigint, bigint, timestamptz, timestamptz);"),
        migrations.RunSQL(EXCLUDED, "ALTER TABLE assessments_occupation DROP CONSTRAINT occupation_once;"),
        migrations.RunSQL(EXISTING, migrations.RunSQL.noop),
    ]
