-- Average handle time
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(talk_s + hold_s + acw_s) AS numerator,
    sum(handled) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
