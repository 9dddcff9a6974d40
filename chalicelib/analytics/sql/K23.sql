-- Occupancy, of agents: how long they handled contacts, of that and the time in which they were free
-- from contacts, quarters, turns
SELECT
    interval_start, agent,
    sum(above) AS numerator,
    sum(below) AS denominator
FROM (
    SELECT
        interval_start, agent,
        1000 * (talk_s + hold_s + acw_s) AS above,
        1000 * (talk_s + hold_s + acw_s) AS below
    FROM facts
    WHERE agent IS NOT NULL
    UNION ALL
    SELECT interval_start, agent, 0, available_ms FROM at_desks
) AS told
GROUP BY interval_start, agent
