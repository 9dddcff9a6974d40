-- Average ring time, of agents
-- from quarters, turns
SELECT
    interval_start, agent,
    sum(ring_ms) AS numerator,
    1000 * sum(rung) AS denominator
FROM at_desks
GROUP BY interval_start, agent
