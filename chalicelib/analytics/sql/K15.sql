-- Customer satisfaction
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(satisfied) AS numerator,
    sum(survey_answers) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
