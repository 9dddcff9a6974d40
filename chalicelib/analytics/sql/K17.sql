-- Complaints per 1,000 handled contacts: as written down, as tickets; else, where nothing is written, by the category
-- from contacts, completions, tickets
SELECT
    interval_start, line, queue, "number", agent,
    1000 * sum(above) AS numerator,
    sum(below) AS denominator
FROM (
    SELECT interval_start, line, queue, "number", agent, complained AS above, handled AS below FROM facts
    UNION ALL
    SELECT interval_start, line, queue, "number", agent, 1, 0 FROM written_down
    UNION ALL
    SELECT interval_start, '-', '-', '-', CAST(NULL AS varchar), complained, 0 FROM of_tickets
) AS told
GROUP BY interval_start, line, queue, "number", agent
