-- Service level: answered within the threshold, of the answered
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_in_target) AS numerator,
    sum(answered) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
