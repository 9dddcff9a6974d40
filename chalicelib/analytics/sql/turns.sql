-- How long contacts rang at agents who answered them, in the quarter-hour of the answer, and how long agents were free,
-- quarter-hour by quarter-hour. Four parameters as in contacts.sql; the period begins on a quarter-hour.
newest_turns AS (
    SELECT
        agent_id, agent, event_id, "at",
        activity, concat(activity, '/', status, '/', coalesce(contact_id, ''), '/', coalesce(queue, '')) AS doing,
        contact_id,
        before_activity,
        concat(
            before_activity, '/', before_status, '/', coalesce(before_contact_id, ''), '/', coalesce(before_queue, '')
        ) AS before_doing,
        before_contact_id,
        row_number() OVER (PARTITION BY agent_id, "at", event_id ORDER BY version DESC) AS age
    FROM agent_turns
    WHERE "day" BETWEEN ? AND ?
),
of_turns AS (
    SELECT CAST(? AS timestamp) AS begins_at, CAST(? AS timestamp) AS ends_at
),
instants AS (
    SELECT agent_id, "at", lead("at") OVER (PARTITION BY agent_id ORDER BY "at") AS next_at
    FROM newest_turns
    WHERE age = 1
    GROUP BY agent_id, "at"
),
-- Of several turns at one instant the one counts that leads to the next instant, else the last by its id.
ranked AS (
    SELECT
        one.*,
        row_number() OVER (
            PARTITION BY one.agent_id, one."at"
            ORDER BY CASE WHEN following.event_id IS NULL THEN 1 ELSE 0 END, one.event_id DESC
        ) AS choice
    FROM newest_turns AS one
    JOIN instants ON instants.agent_id = one.agent_id AND instants."at" = one."at"
    LEFT JOIN newest_turns AS following
        ON following.agent_id = one.agent_id AND following."at" = instants.next_at AND following.age = 1
        AND following.before_doing = one.doing
    WHERE one.age = 1
),
settled AS (
    SELECT *, row_number() OVER (PARTITION BY agent_id ORDER BY "at") AS place
    FROM ranked
    WHERE choice = 1
),
-- What an agent did before the first turn that is known, went on from a day before the period.
steps AS (
    SELECT agent_id, agent, activity, doing, contact_id, greatest("at", begins_at - INTERVAL '1' DAY) AS began_at, place
    FROM settled CROSS JOIN of_turns
    WHERE "at" < ends_at
    UNION ALL
    SELECT agent_id, agent, before_activity, before_doing, before_contact_id, begins_at - INTERVAL '1' DAY, 0
    FROM settled CROSS JOIN of_turns
    WHERE place = 1
),
lasting AS (
    SELECT *, coalesce(lead(began_at) OVER (PARTITION BY agent_id ORDER BY place), ends_at) AS ended_at
    FROM steps CROSS JOIN of_turns
),
changes AS (
    SELECT *, lag(doing) OVER (PARTITION BY agent_id ORDER BY place) AS done_before
    FROM lasting
    WHERE began_at < ended_at
),
stretches AS (
    SELECT
        agent, activity, contact_id, began_at, begins_at, ends_at,
        coalesce(lead(began_at) OVER (PARTITION BY agent_id ORDER BY place), ends_at) AS ended_at,
        lag(activity) OVER (PARTITION BY agent_id ORDER BY place) AS activity_before,
        lag(contact_id) OVER (PARTITION BY agent_id ORDER BY place) AS contact_before,
        lag(began_at) OVER (PARTITION BY agent_id ORDER BY place) AS began_before
    FROM changes
    WHERE done_before IS NULL OR done_before <> doing
),
at_desks AS (
    SELECT
        date_trunc('minute', began_at) - minute(began_at) % 15 * INTERVAL '1' MINUTE AS interval_start,
        agent,
        date_diff('millisecond', began_before, began_at) AS ring_ms,
        1 AS rung,
        0 AS available_ms
    FROM stretches
    WHERE activity = 'on-contact' AND activity_before = 'offered' AND contact_before = contact_id
        AND began_at >= begins_at
    UNION ALL
    SELECT
        begins_at + n * INTERVAL '15' MINUTE,
        agent,
        0,
        0,
        date_diff(
            'millisecond',
            greatest(began_at, begins_at + n * INTERVAL '15' MINUTE),
            least(ended_at, begins_at + (n + 1) * INTERVAL '15' MINUTE)
        )
    FROM stretches CROSS JOIN quarters
    WHERE activity = 'ready'
        AND began_at < begins_at + (n + 1) * INTERVAL '15' MINUTE AND ended_at > begins_at + n * INTERVAL '15' MINUTE
)
