-- Which chains of contacts agents wrote down as complaints, each at its earliest contact of those. Four parameters as in
-- contacts.sql, which this follows. What holds of a contact may be written on any later day, after the period too.
held AS (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY revision DESC, version DESC) AS age
    FROM entries
    WHERE kind = 'completion' AND "day" >= least(CAST(? AS varchar), CAST(? AS varchar))
),
of_chains AS (
    SELECT
        placed.*,
        row_number() OVER (
            PARTITION BY coalesce(initial_id, contact_id) ORDER BY interval_start, contact_id
        ) AS place
    FROM placed JOIN (SELECT id FROM held WHERE age = 1 AND complaint) AS complaints ON id = contact_id
),
written_down AS (
    SELECT
        interval_start, line, coalesce(queue, '-') AS queue, "number",
        CASE WHEN result = 'answered' THEN coalesce(agent, '-') END AS agent
    FROM of_chains
    WHERE place = 1 AND counts_at >= CAST(? AS timestamp) AND counts_at < CAST(? AS timestamp)
)
