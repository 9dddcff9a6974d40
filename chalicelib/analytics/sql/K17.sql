-- Complaints per 1,000 handled contacts
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    1000 * sum(complained) AS numerator,
    sum(handled) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
