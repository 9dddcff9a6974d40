-- Service level: short abandons do not count
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_in_target) AS numerator,
    sum(answered + abandoned - short_abandoned) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
