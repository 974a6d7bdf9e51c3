-- One row per ticket: whom it is about, as of the snapshot's last day; its moments as
-- seconds since 1970; and of three of them the seconds that the desk had been open by
-- then. `responded` and `ended` fall back on what must have come later: who has an
-- answer was answered, and what is closed has ended.
WITH told AS (
    SELECT
        t.*,
        COALESCE(t.first_response_at, t.resolved_at, t.closed_at) AS responded_at,
        COALESCE(t.first_response_on, t.resolved_on, t.closed_on) AS responded_on,
        COALESCE(t.resolved_at, t.closed_at) AS ended_at,
        COALESCE(t.resolved_on, t.closed_on) AS ended_on
    FROM tickets AS t
),
timed AS (
    SELECT
        t.ticket_id, t.customer_id, t.opened_on, t.responded_on, t.ended_on, t.kind,
        t.type, t.cause, t.channel, t.team, t.agent, t.satisfaction,
        CASE WHEN t.reopened THEN 1 WHEN NOT t.reopened THEN 0 END AS reopened,
        CAST(86400 AS BIGINT) * CAST(CAST(t.opened_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.opened_at) + 60 * MINUTE(t.opened_at)
            + SECOND(t.opened_at) AS opened,
        CAST(86400 AS BIGINT) * CAST(CAST(t.first_response_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.first_response_at) + 60 * MINUTE(t.first_response_at)
            + SECOND(t.first_response_at) AS first_response,
        CAST(86400 AS BIGINT) * CAST(CAST(t.responded_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.responded_at) + 60 * MINUTE(t.responded_at)
            + SECOND(t.responded_at) AS responded,
        CAST(86400 AS BIGINT) * CAST(CAST(t.verified_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.verified_at) + 60 * MINUTE(t.verified_at)
            + SECOND(t.verified_at) AS verified,
        CAST(86400 AS BIGINT) * CAST(CAST(t.assigned_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.assigned_at) + 60 * MINUTE(t.assigned_at)
            + SECOND(t.assigned_at) AS assigned,
        CAST(86400 AS BIGINT) * CAST(CAST(t.planned_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.planned_at) + 60 * MINUTE(t.planned_at)
            + SECOND(t.planned_at) AS planned,
        CAST(86400 AS BIGINT) * CAST(CAST(t.resolved_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.resolved_at) + 60 * MINUTE(t.resolved_at)
            + SECOND(t.resolved_at) AS executed,
        CAST(86400 AS BIGINT) * CAST(CAST(t.ended_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.ended_at) + 60 * MINUTE(t.ended_at)
            + SECOND(t.ended_at) AS ended,
        CAST(86400 AS BIGINT) * CAST(CAST(t.reported_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.reported_at) + 60 * MINUTE(t.reported_at)
            + SECOND(t.reported_at) AS reported,
        CAST(86400 AS BIGINT) * CAST(CAST(t.called_back_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.called_back_at) + 60 * MINUTE(t.called_back_at)
            + SECOND(t.called_back_at) AS called_back,
        CAST(86400 AS BIGINT) * CAST(CAST(t.closed_at AS DATE) - DATE '1970-01-01' AS INTEGER)
            + 3600 * HOUR(t.closed_at) + 60 * MINUTE(t.closed_at)
            + SECOND(t.closed_at) AS tracked
    FROM told AS t
)
SELECT
    t.ticket_id, t.customer_id, t.opened_on,
    COALESCE(c.store, 'unknown') AS store,
    COALESCE(c.region, 'unknown') AS region,
    COALESCE(c.customer_type, 'unknown') AS customer_type,
    COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
    COALESCE(c.tier, 'unknown') AS tier,
    t.kind, COALESCE(t.type, 'unknown') AS type, COALESCE(t.cause, 'unknown') AS cause,
    COALESCE(t.channel, 'unknown') AS channel, COALESCE(t.team, 'unknown') AS team,
    COALESCE(t.agent, 'unknown') AS agent, t.satisfaction, t.reopened,
    t.opened, t.first_response, t.responded, t.verified, t.assigned, t.planned,
    t.executed, t.ended, t.reported, t.called_back, t.tracked,
    o.worked + CASE
        WHEN t.opened <= o.opens THEN 0
        WHEN t.opened >= o.closes THEN o.closes - o.opens
        ELSE t.opened - o.opens
    END AS opened_worked,
    r.worked + CASE
        WHEN t.responded <= r.opens THEN 0
        WHEN t.responded >= r.closes THEN r.closes - r.opens
        ELSE t.responded - r.opens
    END AS responded_worked,
    e.worked + CASE
        WHEN t.ended <= e.opens THEN 0
        WHEN t.ended >= e.closes THEN e.closes - e.opens
        ELSE t.ended - e.opens
    END AS ended_worked
FROM timed AS t
LEFT JOIN current_customers AS c ON c.customer_id = t.customer_id
LEFT JOIN service_days AS o ON o.day = t.opened_on
LEFT JOIN service_days AS r ON r.day = t.responded_on
LEFT JOIN service_days AS e ON e.day = t.ended_on
