-- Staffed time per day, of agents: the denominator is the interval's length, once an interval whatever is added up
-- from quarters, statuses
SELECT
    interval_start, agent,
    86400 * sum(signed_in_ms - unpaid_ms) AS numerator,
    900000 AS denominator
FROM signed_in
GROUP BY interval_start, agent
