-- Service level: abandoned within the threshold counts as met
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_in_target + abandoned_in_target) AS numerator,
    sum(answered + abandoned) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
