"""What a PostgreSQL store holds besides its tables: the guard of the records, and the function that appends.

The function takes the append lock, and only then looks: under READ COMMITTED each statement inside a VOLATILE
function sees all that was committed before that statement began. One statement could not do both, for what it sees
is older than its lock.

Its plans are made when the table is new, kept for as long as a connection lives, and must do for millions of records:
so no plan may read a whole table.

`done := f() IS NULL` calls a function that answers nothing at a fraction of the price of PERFORM: it is an expression.
"""

from __future__ import annotations

_SPACE = 0x7266  # "rf": sets our advisory locks apart from those of others in the database

LOCK = f"pg_advisory_xact_lock({_SPACE}::bigint << 32 | current_schema()::regnamespace::oid::bigint)"
"""The append lock: one a schema, held to the end of the transaction."""

CHANNEL = "'reviewflow_' || current_schema()::regnamespace::oid"
"""Where an append tells that the log has grown."""

_REFUSE = """
CREATE OR REPLACE FUNCTION records_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a record is never changed and never removed' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
# Once a statement, so that TRUNCATE is refused as well, and a statement that finds no row.
_NEVER_CHANGE = """
CREATE TRIGGER records_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON records
    FOR EACH STATEMENT EXECUTE FUNCTION records_never_change()"""
# Also where another server's changes are replayed into this one.
_ALWAYS = "ALTER TABLE records ENABLE ALWAYS TRIGGER records_never_change"

APPEND = """
CREATE OR REPLACE FUNCTION append_records(
    ids text[],
    read_streams text[], stream_versions bigint[], read_sets text[], set_versions bigint[],
    clock bigint,
    streams text[], versions bigint[], topics text[], bodies bytea[], command_ids text[], ordinals bigint[],
    bumped text[], bumps bigint[], touched_sets text[], touching_streams text[],
    OUT last_position bigint, OUT moment bigint, OUT moved json
) LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    repeated boolean;
    differs boolean;
    done boolean;
BEGIN
    done := <LOCK> IS NULL;
    SELECT
        (SELECT position FROM records ORDER BY position DESC LIMIT 1),
        (SELECT recorded_at FROM records ORDER BY position DESC LIMIT 1),
        EXISTS (SELECT FROM records WHERE command_id = ANY (ids)),
        EXISTS (
            SELECT FROM unnest(read_streams, stream_versions) AS asked (key, version_read)
            WHERE version_read <> coalesce(
                (SELECT version FROM records WHERE stream = key ORDER BY version DESC LIMIT 1), least(version_read, 0)
            )
        )
    INTO last_position, moment, repeated, differs;
    IF repeated THEN
        last_position := -1;
        RETURN;
    END IF;
    IF NOT differs AND cardinality(read_sets) > 0 THEN
        differs := EXISTS (
            SELECT FROM unnest(read_sets, set_versions) AS asked (key, version_read)
            WHERE version_read <> coalesce(
                (SELECT version FROM heads WHERE heads.key = asked.key), least(version_read, 0)
            )
        );
    END IF;
    IF differs THEN
        SELECT json_object_agg(key, json_build_array(version_read, version_now)) INTO moved
        FROM (
            SELECT key, version_read, coalesce(
                (SELECT max(version) FROM records WHERE stream = key), least(version_read, 0)
            ) AS version_now
            FROM unnest(read_streams, stream_versions) AS asked (key, version_read)
            UNION ALL
            SELECT key, version_read, coalesce(
                (SELECT version FROM heads WHERE heads.key = asked.key), least(version_read, 0)
            )
            FROM unnest(read_sets, set_versions) AS asked (key, version_read)
        ) AS compared
        WHERE version_read <> version_now;
        RETURN;
    END IF;
    last_position := coalesce(last_position, 0);
    moment := greatest(clock, moment);
    IF cardinality(streams) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO records (position, recorded_at, stream, version, topic, body, command_id, ordinal)
    SELECT last_position + place, moment, stream, version, topic, body, command, number
    FROM unnest(streams, versions, topics, bodies, command_ids, ordinals)
        WITH ORDINALITY AS given (stream, version, topic, body, command, number, place);
    IF cardinality(bumped) > 0 THEN
        INSERT INTO heads AS known (key, version)
        SELECT * FROM unnest(bumped, bumps)
        ON CONFLICT (key) DO UPDATE SET version = known.version + excluded.version;
        INSERT INTO touched (key, stream)
        SELECT * FROM unnest(touched_sets, touching_streams)
        ON CONFLICT DO NOTHING;
    END IF;
    done := pg_notify(<CHANNEL>, '') IS NULL;
END $$""".replace("<LOCK>", LOCK).replace("<CHANNEL>", CHANNEL)

GUARDS = (_REFUSE, _NEVER_CHANGE, _ALWAYS, APPEND)
"""All of it; each may be run again."""
