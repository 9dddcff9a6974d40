-- Calls that were refused before they were contacts, by quarter-hour. Four parameters as in contacts.sql.
newest_refused AS (
    SELECT *, row_number() OVER (PARTITION BY metric, "at" ORDER BY version DESC) AS age
    FROM refused_calls
    WHERE "day" BETWEEN ? AND ?
),
refused AS (
    SELECT "at" AS interval_start, sum(calls) AS calls
    FROM newest_refused
    WHERE age = 1 AND "at" >= CAST(? AS timestamp) AND "at" < CAST(? AS timestamp)
    GROUP BY "at"
)
