-- How long each agent was signed in, quarter-hour by quarter-hour. Four parameters as in contacts.sql; the period begins
-- on a quarter-hour. A status that did not change since before the first day is not seen.
newest_statuses AS (
    SELECT *, row_number() OVER (PARTITION BY agent_id, "at" ORDER BY version DESC) AS age
    FROM agent_statuses
    WHERE "day" BETWEEN ? AND ?
),
of_statuses AS (
    SELECT CAST(? AS timestamp) AS begins_at, CAST(? AS timestamp) AS ends_at
),
held AS (
    SELECT
        agent, "type", unpaid,
        "at" AS began_at,
        lead("at") OVER (PARTITION BY agent_id ORDER BY "at") AS ended_at
    FROM newest_statuses
    WHERE age = 1
),
stays AS (
    SELECT
        agent, unpaid,
        greatest(began_at, begins_at) AS began_at,
        least(coalesce(ended_at, ends_at), ends_at) AS ended_at,
        begins_at
    FROM held CROSS JOIN of_statuses
    WHERE "type" <> 'OFFLINE'
),
parts AS (
    SELECT
        agent, unpaid,
        begins_at + n * INTERVAL '15' MINUTE AS interval_start,
        date_diff(
            'millisecond',
            greatest(began_at, begins_at + n * INTERVAL '15' MINUTE),
            least(ended_at, begins_at + (n + 1) * INTERVAL '15' MINUTE)
        ) AS ms
    FROM stays CROSS JOIN quarters
    WHERE began_at < begins_at + (n + 1) * INTERVAL '15' MINUTE AND ended_at > begins_at + n * INTERVAL '15' MINUTE
),
signed_in AS (
    SELECT
        interval_start, agent,
        sum(ms) AS signed_in_ms,
        sum(CASE WHEN unpaid THEN ms ELSE 0 END) AS unpaid_ms
    FROM parts
    WHERE ms > 0
    GROUP BY interval_start, agent
)
