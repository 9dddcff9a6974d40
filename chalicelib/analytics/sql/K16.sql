-- Survey response rate
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(survey_answers) AS numerator,
    sum(surveyed) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
