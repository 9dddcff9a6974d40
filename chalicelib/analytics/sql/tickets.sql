-- What each step of a ticket adds; tickets know no line, queue and number. Four parameters as in contacts.sql. Whether a
-- revisit is a ticket's first one is told by all steps before it, however long ago.
steps AS (
    SELECT *, row_number() OVER (PARTITION BY id, revision ORDER BY version DESC) AS age
    FROM entries
    WHERE kind = 'ticket' AND "day" <= greatest(CAST(? AS varchar), CAST(? AS varchar))
),
taken AS (
    SELECT *, row_number() OVER (PARTITION BY id, step ORDER BY revision) AS time_taken
    FROM steps
    WHERE age = 1
),
of_tickets AS (
    SELECT
        date_trunc('minute', "at") - minute("at") % 15 * INTERVAL '1' MINUTE AS interval_start,
        CASE WHEN complaint THEN 1 ELSE 0 END AS complained,
        CASE WHEN step = 'revisit' AND time_taken = 1 THEN 1 ELSE 0 END AS revisited,
        CASE WHEN step = 'close' THEN 1 ELSE 0 END AS closed
    FROM taken
    WHERE "at" >= CAST(? AS timestamp) AND "at" < CAST(? AS timestamp)
)
