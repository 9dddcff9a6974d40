-- Human answer rate
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered) AS numerator,
    sum(answered + abandoned - short_abandoned) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
