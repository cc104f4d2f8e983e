-- name: create_batch
-- A batch without domains, and where the walk over its domains will start.
WITH created AS (
  INSERT INTO domain_scheduler.batch_jobs
    (name, priority, max_attempts, options, sealed_at, first_domain_id)
  SELECT :name, CAST(:priority AS smallint), CAST(:max_attempts AS smallint), CAST(:options AS jsonb),
    CASE WHEN CAST(:sealed AS boolean) THEN clock_timestamp() END,
    last_value - CASE WHEN is_called THEN 0 ELSE 1 END
  FROM domain_scheduler.domains_id_seq
  RETURNING id, cycle
), told AS (
  INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle) SELECT id, 'created', cycle FROM created
)
SELECT id FROM created

-- name: select_batches
-- One batch or a page of them, newest first, with the answers given in the time that their rate is taken from.
SELECT s.id, s.name, s.status, s.priority, s.sealed, s.max_attempts, s.options,
  s.total, s.pending, s.processing, s.completed, s.error, s.cancelled, s.errors_by_kind, s.compared, s.changed,
  s.created_at, started.at AS started_at, s.finished_at, s.first_domain_id,
  pace.answers,
  CAST(extract(epoch FROM pace_window.upto - pace_window.since - idle.time) AS double precision) AS seconds
FROM domain_scheduler.batch_status s
CROSS JOIN LATERAL (
  SELECT coalesce(s.started_at, (
    SELECT min(l.at) FROM domain_scheduler.batch_ledger l
    WHERE l.batch_id = s.id AND l.status <> 'pending' AND l.delta > 0
  )) AS at
) AS started
CROSS JOIN LATERAL (
  SELECT coalesce(CAST(:now AS timestamptz), now()) AS now
) AS clock
CROSS JOIN LATERAL (
  SELECT coalesce(s.finished_at, clock.now) AS upto,
    greatest(coalesce(started.at, s.created_at),
      CASE WHEN s.finished_at IS NULL THEN date_trunc('minute', clock.now) - interval '2 minutes' END) AS since
) AS pace_window
CROSS JOIN LATERAL (
  -- while it was paused, and between a finish and a retry
  SELECT coalesce(sum(least(e.until, pace_window.upto) - greatest(e.at, pace_window.since)), '0') AS time
  FROM (
    SELECT kind, at, coalesce(lead(at) OVER (ORDER BY id), 'infinity') AS until FROM domain_scheduler.batch_events
    WHERE batch_id = s.id AND kind IN ('paused', 'resumed', 'finished', 'reopened')
  ) AS e
  WHERE e.kind IN ('paused', 'finished') AND e.until > pace_window.since AND e.at < pace_window.upto
) AS idle
CROSS JOIN LATERAL (
  SELECT CAST(coalesce(sum(n), 0) AS bigint) AS answers
  FROM (
    SELECT m.completed + m.error AS n FROM domain_scheduler.batch_minutes m
    WHERE m.batch_id = s.id AND m.minute >= date_trunc('minute', pace_window.since)
    UNION ALL
    SELECT l.delta FROM domain_scheduler.batch_ledger l
    WHERE l.batch_id = s.id AND l.status IN ('completed', 'error') AND l.delta > 0 AND l.at >= pace_window.since
  ) AS folded_and_unfolded
) AS pace
WHERE s.id = coalesce(CAST(:id AS bigint), s.id) AND s.id < CAST(:before_id AS bigint)
  AND (CAST(:status AS text) IS NULL OR s.status = CAST(:status AS text))
  AND (CAST(:text AS text) IS NULL OR strpos(lower(s.name), lower(CAST(:text AS text))) > 0)
ORDER BY s.id DESC LIMIT CAST(:limit AS integer)

-- name: lock_batch
-- Hold the batch's row against other changes of it, not against work on its domains.
SELECT id FROM domain_scheduler.batch_jobs WHERE id = CAST(:id AS bigint) FOR NO KEY UPDATE

-- name: lock_intake
-- One at a time adds domains to a batch, and nobody seals it meanwhile; held until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('domain_scheduler.intake', CAST(:id AS bigint)))

-- name: update_batch
-- Give a batch another name or priority.
UPDATE domain_scheduler.batch_jobs
SET name = coalesce(CAST(:name AS text), name), priority = coalesce(CAST(:priority AS smallint), priority)
WHERE id = CAST(:id AS bigint)

-- name: seal_batch
-- No more domains will be added.
WITH changed AS (
  UPDATE domain_scheduler.batch_jobs SET sealed_at = clock_timestamp()
  WHERE id = CAST(:id AS bigint) AND sealed_at IS NULL RETURNING id, cycle
)
INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle) SELECT id, 'sealed', cycle FROM changed

-- name: pause_batch
-- Claim nothing of this batch until it is resumed.
WITH changed AS (
  UPDATE domain_scheduler.batch_jobs SET paused_at = clock_timestamp()
  WHERE id = CAST(:id AS bigint) AND paused_at IS NULL RETURNING id, cycle
)
INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle) SELECT id, 'paused', cycle FROM changed

-- name: resume_batch
-- Claim again.
WITH changed AS (
  UPDATE domain_scheduler.batch_jobs SET paused_at = NULL
  WHERE id = CAST(:id AS bigint) AND paused_at IS NOT NULL RETURNING id, cycle
)
INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle) SELECT id, 'resumed', cycle FROM changed

-- name: cancel_batch
-- Claim nothing any more; the unclaimed domains are swept to their end by the queue (cancel_pending_domains).
WITH changed AS (
  UPDATE domain_scheduler.batch_jobs SET cancelled_at = clock_timestamp()
  WHERE id = CAST(:id AS bigint) AND cancelled_at IS NULL RETURNING id, cycle
)
INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle) SELECT id, 'cancelled', cycle FROM changed

-- name: list_minutes
-- Answers per minute of one batch or of all, from the rolls and from what is not rolled up yet.
SELECT minute, CAST(sum(completed) AS bigint) AS completed, CAST(sum(error) AS bigint) AS error
FROM (
  SELECT minute, completed, error FROM domain_scheduler.batch_minutes
  WHERE (CAST(:batch_id AS bigint) IS NULL OR batch_id = CAST(:batch_id AS bigint))
    AND minute >= date_trunc('minute', coalesce(CAST(:now AS timestamptz), now())) - make_interval(mins => :minutes)
  UNION ALL
  SELECT date_trunc('minute', at), CASE status WHEN 'completed' THEN delta ELSE 0 END,
    CASE status WHEN 'error' THEN delta ELSE 0 END
  FROM domain_scheduler.batch_ledger
  WHERE (CAST(:batch_id AS bigint) IS NULL OR batch_id = CAST(:batch_id AS bigint))
    AND status IN ('completed', 'error') AND delta > 0
    AND at >= date_trunc('minute', coalesce(CAST(:now AS timestamptz), now())) - make_interval(mins => :minutes)
) AS folded_and_unfolded
GROUP BY minute ORDER BY minute
