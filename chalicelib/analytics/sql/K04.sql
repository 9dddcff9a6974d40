-- Average speed of answer
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(answered_wait_s) AS numerator,
    sum(answered) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
