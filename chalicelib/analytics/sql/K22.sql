-- Utilisation, of agents
-- from contacts, quarters, statuses
SELECT
    interval_start, agent,
    sum(above) AS numerator,
    sum(below) AS denominator
FROM (
    SELECT interval_start, agent, 1000 * (talk_s + hold_s + acw_s) AS above, 0 AS below
    FROM facts
    WHERE agent IS NOT NULL
    UNION ALL
    SELECT interval_start, agent, 0, signed_in_ms FROM signed_in
) AS told
GROUP BY interval_start, agent
