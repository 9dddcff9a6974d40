-- Abandon rate
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(abandoned - short_abandoned) AS numerator,
    sum(answered + abandoned - short_abandoned) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
