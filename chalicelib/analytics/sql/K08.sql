-- Average after-call work
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(acw_s) AS numerator,
    sum(handled) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
