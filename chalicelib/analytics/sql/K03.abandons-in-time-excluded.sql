-- Service level: abandoned within the threshold does not count
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_in_target) AS numerator,
    sum(answered + abandoned - abandoned_in_target) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
