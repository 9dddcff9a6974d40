-- Voice quality: how the customer's end was heard, from 1 to 5
-- from contacts
SELECT
    interval_start, line, queue, "number", agent,
    sum(voice_score) AS numerator,
    100 * sum(voice_rated) AS denominator
FROM facts
GROUP BY interval_start, line, queue, "number", agent
