-- Traffic load in erlangs: the denominator is the interval's length, once an interval whatever is added up
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(talk_s + hold_s + acw_s) AS numerator,
    900 AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
