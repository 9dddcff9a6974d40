-- Tickets revisited for the first time, by tickets closed
-- from tickets
SELECT
    interval_start,
    '-' AS line, '-' AS queue, '-' AS "number", CAST(NULL AS varchar) AS agent,
    sum(revisited) AS numerator,
    sum(closed) AS denominator
FROM of_tickets
GROUP BY interval_start
