-- Average talk time
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(talk_s) AS numerator,
    sum(handled) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
