-- Transfer rate
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(transferred) AS numerator,
    sum(handled) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
