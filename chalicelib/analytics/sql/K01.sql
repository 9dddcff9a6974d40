-- Connection rate, inbound: what was refused is of no line, queue and number
-- from contacts, refused
SELECT
    interval_start, line, queue, "number", agent,
    sum(above) AS numerator,
    sum(below) AS denominator
FROM (
    SELECT interval_start, line, queue, "number", agent, accepted AS above, arrived AS below
    FROM facts
    UNION ALL
    SELECT interval_start, '-', '-', '-', CAST(NULL AS varchar), 0, calls
    FROM refused
) AS told
GROUP BY interval_start, line, queue, "number", agent
