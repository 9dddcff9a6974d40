-- Service level: answered within the threshold, of answered and abandoned
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_in_target) AS numerator,
    sum(answered + abandoned) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
