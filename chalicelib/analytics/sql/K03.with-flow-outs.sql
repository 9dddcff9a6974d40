-- Service level: of all that entered the queue
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_in_target) AS numerator,
    sum(answered + abandoned + exits) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
