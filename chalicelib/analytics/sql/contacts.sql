-- What each finished contact adds, from its newest row.
-- Four parameters: first and last UTC day of arrival (texts), beginning and end of the period (timestamps, end excluded).
-- A contact that arrives before midnight may enter its queue after it: begin a day before the period.
copies AS (
    SELECT *, row_number() OVER (PARTITION BY contact_id ORDER BY version DESC) AS age
    FROM contacts
    WHERE "day" BETWEEN ? AND ?
),
inbound AS (
    SELECT
        *,
        "method" LIKE 'CALLBACK%' AS is_callback,
        -- A customer who is called back was offered when he asked for it: handled again, not offered again.
        CASE WHEN "method" LIKE 'CALLBACK%' THEN NULL ELSE queued_at END AS offered_at
    FROM copies
    WHERE age = 1 AND result NOT IN ('not-inbound', 'not-reached')
),
judged AS (
    SELECT
        *,
        coalesce(offered_at, "at") AS counts_at,
        offered_at IS NOT NULL AND result = 'answered' AS is_answered,
        offered_at IS NOT NULL AND result IN ('abandoned', 'dropped') AS is_abandoned,
        offered_at IS NOT NULL AND result IN ('voicemail', 'callback', 'left-by-choice', 'transferred-out') AS is_exit
    FROM inbound
),
placed AS (
    SELECT *, date_trunc('minute', counts_at) - minute(counts_at) % 15 * INTERVAL '1' MINUTE AS interval_start
    FROM judged
),
facts AS (
    SELECT
        interval_start,
        line,
        coalesce(queue, '-') AS queue,
        "number",
        CASE WHEN result = 'answered' THEN coalesce(agent, '-') END AS agent,
        CASE WHEN is_answered THEN 1 ELSE 0 END AS answered,
        CASE WHEN is_answered AND coalesce(wait_s, 0) <= threshold_s THEN 1 ELSE 0 END AS answered_in_target,
        CASE WHEN is_abandoned THEN 1 ELSE 0 END AS abandoned,
        CASE WHEN is_abandoned AND result = 'abandoned' AND coalesce(wait_s, 0) < short_s THEN 1 ELSE 0 END
            AS short_abandoned,
        CASE WHEN is_abandoned AND coalesce(wait_s, 0) <= threshold_s THEN 1 ELSE 0 END AS abandoned_in_target,
        CASE WHEN is_exit THEN 1 ELSE 0 END AS exits,
        CASE WHEN is_answered THEN coalesce(wait_s, 0) ELSE 0 END AS answered_wait_s,
        CASE WHEN is_abandoned THEN coalesce(wait_s, 0) ELSE 0 END AS abandoned_wait_s,
        CASE WHEN previous_id IS NULL THEN 1 ELSE 0 END AS arrived,
        CASE WHEN previous_id IS NULL AND connected_at IS NOT NULL THEN 1 ELSE 0 END AS accepted,
        CASE WHEN result = 'answered' THEN 1 ELSE 0 END AS handled,
        CASE
            WHEN result = 'answered' AND (next_id IS NOT NULL OR transferred_at IS NOT NULL OR went_outside) THEN 1
            ELSE 0
        END AS transferred,
        CASE WHEN previous_id IS NULL AND complaint THEN 1 ELSE 0 END AS complained,
        CASE WHEN result = 'answered' AND (survey_offered OR survey_answer IS NOT NULL) THEN 1 ELSE 0 END AS surveyed,
        CASE WHEN result = 'answered' AND survey_answer <= survey_classes THEN 1 ELSE 0 END AS survey_answers,
        CASE
            WHEN result = 'answered' AND survey_answer <= survey_classes AND survey_answer >= satisfied_from THEN 1
            ELSE 0
        END AS satisfied,
        CASE WHEN customer_score IS NOT NULL THEN 1 ELSE 0 END AS voice_rated,
        coalesce(customer_score, 0) AS voice_score,
        CASE WHEN result = 'answered' THEN coalesce(talk_s, 0) ELSE 0 END AS talk_s,
        CASE WHEN result = 'answered' THEN coalesce(hold_s, 0) ELSE 0 END AS hold_s,
        CASE WHEN result = 'answered' THEN coalesce(acw_s, 0) ELSE 0 END AS acw_s
    FROM placed
    WHERE counts_at >= CAST(? AS timestamp) AND counts_at < CAST(? AS timestamp)
)
