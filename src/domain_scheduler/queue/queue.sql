-- name: claim_domains
-- Lease ready domains: a fair share from every running batch, under a new run token.
WITH running AS MATERIALIZED (
  -- a lottery without replacement, weighted by priority; batches without a ready domain draw no prize
  SELECT b.id, b.weight, b.low_water, b.max_attempts, b.options
  FROM (
    SELECT id, max_attempts, options, power(2, priority) AS weight,
      coalesce(CAST(CAST(:low_water AS jsonb) ->> CAST(id AS text) AS bigint), -9223372036854775808) AS low_water
    FROM domain_scheduler.batch_jobs
    WHERE finished_at IS NULL AND paused_at IS NULL AND cancelled_at IS NULL
      AND id = coalesce(CAST(:batch_id AS bigint), id)
    ORDER BY -ln(1 - random()) / power(2, priority)
  ) AS b
  CROSS JOIN LATERAL (
    SELECT FROM domain_scheduler.domains d
    WHERE d.batch_id = b.id AND d.status = 'pending' AND d.next_attempt_at IS NULL
      AND d.claim_position - d.priority * 100000000000000 > b.low_water
    ORDER BY d.claim_position - d.priority * 100000000000000 LIMIT 1
  ) AS has_ready
  LIMIT 64
), shares AS MATERIALIZED (
  SELECT r.*, CAST(ceil(CAST(:limit AS integer) * weight / sum(weight) OVER ()) AS bigint) AS share FROM running r
), chosen AS MATERIALIZED (
  SELECT d.id
  FROM shares s
  CROSS JOIN LATERAL (
    SELECT d.id FROM domain_scheduler.domains d
    WHERE d.batch_id = s.id AND d.status = 'pending' AND d.next_attempt_at IS NULL
      AND d.claim_position - d.priority * 100000000000000 > s.low_water
    ORDER BY d.claim_position - d.priority * 100000000000000 LIMIT s.share FOR UPDATE SKIP LOCKED
  ) AS d
  LIMIT CAST(:limit AS integer)
)
UPDATE domain_scheduler.domains d
SET status = 'processing', attempts = d.attempts + 1, run_token = d.run_token + 1,
  claimed_at = coalesce(CAST(:now AS timestamptz), statement_timestamp()),
  lease_until = coalesce(CAST(:now AS timestamptz), statement_timestamp()) + make_interval(secs => :lease),
  worker_id = CAST(:worker_id AS uuid), error_kind = NULL
FROM shares s
WHERE d.id = ANY (ARRAY(SELECT id FROM chosen)) AND s.id = d.batch_id
RETURNING d.id, d.batch_id, d.domain, d.run_token, d.attempts AS attempt, s.max_attempts,
  d.claim_position - d.priority * 100000000000000 AS claim_position, s.options

-- name: finish_domains
-- Store answers of claims that still hold; an answer whose claim was lost matches no row and is dropped.
-- One that puts its domain off gives the attempt back and leaves no result: nobody was asked.
WITH answers AS MATERIALIZED (
  -- a constant in WHERE would lead the planner to the index of leases, and to no row where it expects none
  SELECT a.*, j.answer, 'processing' AS held,
    CASE WHEN a.put_off IS NOT TRUE THEN (SELECT k FROM domain_scheduler.known_before(a.id) AS k) END AS previous
  FROM jsonb_array_elements(CAST(:answers AS jsonb)) AS j (answer)
  CROSS JOIN LATERAL jsonb_to_record(j.answer) AS a (
    id bigint, run_token bigint, status text, error_kind text, error_message text, retry_in double precision,
    duration_ms integer, http_status smallint, final_url text, title text, description text, language text,
    canonical_url text, icon_url text, logo_url text, image_url text, emails text[], phones text[], social jsonb,
    technologies text[], site_kind text, organization text, redirects jsonb, details jsonb, processor_result jsonb,
    put_off boolean
  )
), finished AS (
  UPDATE domain_scheduler.domains d
  SET status = a.status, error_kind = a.error_kind, lease_until = NULL,
    attempts = CASE WHEN a.put_off THEN greatest(d.attempts - 1, 0) ELSE d.attempts END,
    next_attempt_at = CASE WHEN a.status = 'pending' THEN
      coalesce(CAST(:now AS timestamptz), statement_timestamp()) + make_interval(secs => a.retry_in) END,
    changed = CASE WHEN a.previous IS NULL OR a.status = 'pending' THEN NULL
      ELSE a.status = 'error' OR domain_scheduler.differs(a.previous, domain_scheduler.facts_as_json(
        jsonb_populate_record(CAST(NULL AS domain_scheduler.domain_results), a.answer))) END
  FROM answers a
  WHERE d.id = ANY (CAST(:ids AS bigint[])) AND d.id = a.id AND d.run_token = a.run_token AND d.status = a.held
  RETURNING d.domain, d.claimed_at, d.worker_id, d.attempts, a.*
), first AS (
  -- an insert that expects no conflict costs less than ON CONFLICT, and most domains are tried once
  INSERT INTO domain_scheduler.domain_results (
    domain_id, fetched_at, attempt_started_at, worker_id, duration_ms, attempt, http_status, error_kind,
    error_message, final_url, title, description, language, canonical_url, icon_url, logo_url, image_url, emails,
    phones, social, technologies, site_kind, organization, redirects, details, processor_result, previous
  )
  SELECT id, claimed_at + make_interval(secs => duration_ms / 1000.0), claimed_at, worker_id, duration_ms,
    attempts, http_status, error_kind, error_message, final_url, title, description, language, canonical_url,
    icon_url, logo_url, image_url, emails, phones, social, technologies, site_kind, organization, redirects,
    details, processor_result, previous
  FROM finished f
  WHERE put_off IS NOT TRUE AND NOT EXISTS (SELECT FROM domain_scheduler.domain_results r WHERE r.domain_id = f.id)
), again AS (
  UPDATE domain_scheduler.domain_results r SET
    earlier_attempts = coalesce(r.earlier_attempts, '[]') || domain_scheduler.attempt_as_json(r),
    previous = f.previous,
    fetched_at = f.claimed_at + make_interval(secs => f.duration_ms / 1000.0),
    attempt_started_at = f.claimed_at, worker_id = f.worker_id, duration_ms = f.duration_ms,
    attempt = f.attempts, http_status = f.http_status, error_kind = f.error_kind,
    error_message = f.error_message, final_url = f.final_url, title = f.title, description = f.description,
    language = f.language, canonical_url = f.canonical_url, icon_url = f.icon_url, logo_url = f.logo_url,
    image_url = f.image_url, emails = f.emails, phones = f.phones, social = f.social,
    technologies = f.technologies, site_kind = f.site_kind, organization = f.organization,
    redirects = f.redirects, details = f.details, processor_result = f.processor_result
  FROM finished f
  WHERE r.domain_id = f.id AND r.domain_id = ANY (CAST(:ids AS bigint[])) AND f.put_off IS NOT TRUE
)
SELECT id FROM finished

-- name: release_domains
-- Give claims back untouched: the attempt does not count, the run token stays used.
WITH claims AS MATERIALIZED (
  SELECT *, 'processing' AS held FROM jsonb_to_recordset(CAST(:claims AS jsonb)) AS c (id bigint, run_token bigint)
)
UPDATE domain_scheduler.domains d
SET status = 'pending', attempts = greatest(d.attempts - 1, 0), lease_until = NULL, worker_id = NULL,
  claimed_at = NULL, claim_position = nextval('domain_scheduler.claim_position_seq')
FROM claims c
WHERE d.id = ANY (CAST(:ids AS bigint[])) AND d.id = c.id AND d.run_token = c.run_token AND d.status = c.held
RETURNING d.id

-- name: promote_domains
-- Make domains ready whose waiting time is over, behind those that are ready already.
UPDATE domain_scheduler.domains d
SET next_attempt_at = NULL, claim_position = nextval('domain_scheduler.claim_position_seq')
WHERE d.id = ANY (ARRAY(
  SELECT w.id FROM domain_scheduler.domains w
  WHERE w.status = 'pending' AND w.next_attempt_at IS NOT NULL
    AND w.next_attempt_at <= coalesce(CAST(:now AS timestamptz), statement_timestamp())
  ORDER BY w.next_attempt_at LIMIT CAST(:limit AS integer) FOR UPDATE SKIP LOCKED
))
RETURNING d.id

-- name: reap_domains
-- Take back claims whose lease has expired or whose worker fell silent; spent attempts end as an error.
WITH silent AS MATERIALIZED (
  -- after a restart of the server everyone has been silent, and first gets the time to speak again
  SELECT id FROM domain_scheduler.workers
  WHERE CAST(:dead_after AS double precision) IS NOT NULL
    AND greatest(heartbeat_at, pg_postmaster_start_time())
      < coalesce(CAST(:now AS timestamptz), statement_timestamp()) - make_interval(secs => :dead_after)
), expired AS MATERIALIZED (
  SELECT d.id FROM domain_scheduler.domains d
  WHERE d.status = 'processing' AND d.lease_until < coalesce(CAST(:now AS timestamptz), statement_timestamp())
  ORDER BY d.lease_until LIMIT CAST(:limit AS integer) FOR UPDATE SKIP LOCKED
), orphaned AS MATERIALIZED (
  SELECT d.id FROM domain_scheduler.domains d
  WHERE EXISTS (SELECT FROM silent) AND d.status = 'processing' AND d.worker_id = ANY (ARRAY(SELECT id FROM silent))
    AND d.lease_until >= coalesce(CAST(:now AS timestamptz), statement_timestamp())
  ORDER BY d.lease_until LIMIT CAST(:limit AS integer) FOR UPDATE SKIP LOCKED
), lost AS MATERIALIZED (
  SELECT e.id, (SELECT k FROM domain_scheduler.known_before(e.id) AS k) AS previous
  FROM (SELECT id FROM expired UNION ALL SELECT id FROM orphaned) AS e
), reaped AS (
  UPDATE domain_scheduler.domains d
  SET status = CASE WHEN d.attempts >= b.max_attempts THEN 'error' ELSE 'pending' END, error_kind = 'worker_lost',
    lease_until = NULL, claim_position = nextval('domain_scheduler.claim_position_seq'),
    changed = CASE WHEN d.attempts >= b.max_attempts AND l.previous IS NOT NULL THEN true END
  FROM lost l, domain_scheduler.batch_jobs b
  WHERE d.id = ANY (ARRAY(SELECT id FROM lost)) AND d.id = l.id AND b.id = d.batch_id
  RETURNING d.id, d.status, d.claimed_at, d.worker_id, d.attempts, l.previous
), saved AS (
  INSERT INTO domain_scheduler.domain_results AS r
    (domain_id, attempt_started_at, worker_id, attempt, error_kind, error_message, previous)
  SELECT id, claimed_at, worker_id, attempts, 'worker_lost',
    CASE WHEN id IN (SELECT id FROM expired) THEN 'the lease expired' ELSE 'the worker fell silent' END, previous
  FROM reaped
  ON CONFLICT (domain_id) DO UPDATE SET
    earlier_attempts = coalesce(r.earlier_attempts, '[]') || domain_scheduler.attempt_as_json(r),
    previous = excluded.previous, fetched_at = NULL, attempt_started_at = excluded.attempt_started_at,
    worker_id = excluded.worker_id,
    duration_ms = NULL, attempt = excluded.attempt, http_status = NULL, error_kind = excluded.error_kind,
    error_message = excluded.error_message, final_url = NULL, title = NULL, description = NULL, language = NULL,
    canonical_url = NULL, icon_url = NULL, logo_url = NULL, image_url = NULL, emails = NULL, phones = NULL,
    social = NULL, technologies = NULL, site_kind = NULL, organization = NULL, redirects = NULL, details = NULL,
    processor_result = NULL
)
SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'error') AS error
FROM reaped

-- name: retry_domains
-- Send answered domains of a batch back to pending, a chunk at a time in the order of their ids.
WITH chunk AS MATERIALIZED (
  SELECT d.id FROM domain_scheduler.domains d
  WHERE d.batch_id = CAST(:batch_id AS bigint) AND d.id > CAST(:after_id AS bigint)
    AND d.status = ANY (CAST(:statuses AS text[]))
    AND (CAST(:error_kinds AS text[]) IS NULL OR d.error_kind = ANY (CAST(:error_kinds AS text[])))
    AND (CAST(:domain_id AS bigint) IS NULL OR d.id = CAST(:domain_id AS bigint))
    AND EXISTS (
      SELECT FROM domain_scheduler.batch_jobs WHERE id = CAST(:batch_id AS bigint) AND cancelled_at IS NULL
    )
  ORDER BY d.id LIMIT CAST(:limit AS integer) FOR UPDATE
), retried AS (
  UPDATE domain_scheduler.domains d
  SET status = 'pending', attempts = 0, error_kind = NULL, worker_id = NULL, claimed_at = NULL,
    claim_position = nextval('domain_scheduler.claim_position_seq')
  WHERE d.id = ANY (ARRAY(SELECT id FROM chunk))
  RETURNING d.id
)
SELECT count(*) AS retried, max(id) AS last_id FROM retried

-- name: cancel_pending_domains
-- Move the unclaimed domains of cancelled batches to their end, a chunk at a time.
WITH cancelled AS MATERIALIZED (
  SELECT id FROM domain_scheduler.batch_jobs WHERE cancelled_at IS NOT NULL AND finished_at IS NULL
), ready AS MATERIALIZED (
  SELECT d.id
  FROM cancelled c
  CROSS JOIN LATERAL (
    SELECT d.id FROM domain_scheduler.domains d
    WHERE d.batch_id = c.id AND d.status = 'pending' AND d.next_attempt_at IS NULL
    ORDER BY d.claim_position - d.priority * 100000000000000
    LIMIT CAST(:limit AS integer) FOR UPDATE SKIP LOCKED
  ) AS d
  LIMIT CAST(:limit AS integer)
), waiting AS MATERIALIZED (
  -- the sum hides the column from other indexes: what waits is few, a whole batch is not
  SELECT d.id FROM domain_scheduler.domains d
  WHERE EXISTS (SELECT FROM cancelled) AND d.status = 'pending' AND d.next_attempt_at IS NOT NULL
    AND d.batch_id + 0 = ANY (ARRAY(SELECT id FROM cancelled))
  ORDER BY d.next_attempt_at LIMIT CAST(:limit AS integer) FOR UPDATE SKIP LOCKED
)
UPDATE domain_scheduler.domains d
SET status = 'cancelled', next_attempt_at = NULL
WHERE d.id = ANY (ARRAY(SELECT id FROM ready UNION ALL SELECT id FROM waiting))
RETURNING d.id

-- name: fold_ledger
-- Move ledger rows into the counts and the per-minute rolls.
WITH taken AS (
  DELETE FROM domain_scheduler.batch_ledger
  WHERE id = ANY (ARRAY(
    SELECT id FROM domain_scheduler.batch_ledger ORDER BY id LIMIT CAST(:limit AS integer) FOR UPDATE SKIP LOCKED
  ))
  RETURNING batch_id, status, error_kind, delta, compared, changed, at
), counted AS (
  INSERT INTO domain_scheduler.batch_counts AS c (batch_id, status, error_kind, n, compared, changed)
  SELECT batch_id, status, error_kind, sum(delta), sum(compared), sum(changed)
  FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (batch_id, status, error_kind) DO UPDATE
    SET n = c.n + excluded.n, compared = c.compared + excluded.compared, changed = c.changed + excluded.changed
), rolled AS (
  INSERT INTO domain_scheduler.batch_minutes AS m (batch_id, minute, completed, error)
  SELECT batch_id, date_trunc('minute', at), coalesce(sum(delta) FILTER (WHERE status = 'completed'), 0),
    coalesce(sum(delta) FILTER (WHERE status = 'error'), 0)
  FROM taken WHERE status IN ('completed', 'error') AND delta > 0 GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (batch_id, minute) DO UPDATE
    SET completed = m.completed + excluded.completed, error = m.error + excluded.error
), started AS (
  UPDATE domain_scheduler.batch_jobs b SET started_at = t.at
  FROM (
    SELECT j.id, n.at
    FROM (SELECT batch_id, min(at) AS at FROM taken WHERE status <> 'pending' AND delta > 0 GROUP BY 1) AS n
    JOIN domain_scheduler.batch_jobs j ON j.id = n.batch_id
    WHERE j.started_at IS NULL ORDER BY j.id FOR NO KEY UPDATE OF j
  ) AS t
  WHERE b.id = t.id
)
SELECT count(*) FROM taken

-- name: lock_finishable_batches
-- Lock batches that look fully answered; one with a writer at work on its domains is skipped.
SELECT b.id FROM domain_scheduler.batch_jobs b
WHERE b.finished_at IS NULL AND (b.sealed_at IS NOT NULL OR b.cancelled_at IS NOT NULL)
  -- a count, which stays a subplan of few batches; NOT EXISTS would become a join with the counts of all
  AND 0 = (
    SELECT count(*) FROM domain_scheduler.batch_exact_counts c
    WHERE c.batch_id = b.id AND c.status IN ('pending', 'processing')
  )
ORDER BY b.id LIMIT CAST(:limit AS integer) FOR UPDATE OF b SKIP LOCKED

-- name: finish_batches
-- Finish the locked batches that, seen anew under the lock, still are fully answered.
WITH done AS (
  UPDATE domain_scheduler.batch_jobs b SET finished_at = coalesce(CAST(:now AS timestamptz), statement_timestamp())
  WHERE b.id = ANY (CAST(:ids AS bigint[])) AND b.finished_at IS NULL
    AND (b.sealed_at IS NOT NULL OR b.cancelled_at IS NOT NULL)
    AND 0 = (
      SELECT count(*) FROM domain_scheduler.batch_exact_counts c
      WHERE c.batch_id = b.id AND c.status IN ('pending', 'processing')
    )
  RETURNING b.id, b.cycle, b.finished_at
), told AS (
  INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle, at)
  SELECT id, 'finished', cycle, finished_at FROM done
)
SELECT id FROM done

-- name: choose_batches_to_audit
-- The batches that were not audited for longest, as many as fit into a budget of rows (at least one).
SELECT id FROM (
  SELECT b.id, sum(c.total) OVER (ORDER BY b.audited_at NULLS FIRST, b.id) - c.total AS before
  FROM domain_scheduler.batch_jobs b
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(n), 0) AS total FROM domain_scheduler.batch_exact_counts e WHERE e.batch_id = b.id
  ) AS c
  WHERE b.audited_at IS NULL
    OR (b.finished_at IS NULL OR b.audited_at < b.finished_at)
      -- one of a hundred budgets is no work for every minute
      AND b.audited_at <= statement_timestamp() - interval '1 minute' * floor(c.total / CAST(:max_rows AS bigint))
) AS queue
WHERE before < CAST(:max_rows AS bigint) ORDER BY before, id LIMIT 1000

-- name: measure_drift
-- Drift: ledger minus truth, in one snapshot; no row means that both agree.
WITH truth AS (
  SELECT batch_id, status, CASE WHEN status = 'error' THEN error_kind ELSE '' END AS error_kind, count(*) AS n,
    count(changed) FILTER (WHERE status IN ('completed', 'error')) AS compared,
    count(*) FILTER (WHERE changed AND status IN ('completed', 'error')) AS changed
  FROM domain_scheduler.domains WHERE batch_id = ANY (CAST(:ids AS bigint[])) GROUP BY 1, 2, 3
), ledger AS (
  SELECT * FROM domain_scheduler.batch_exact_counts WHERE batch_id = ANY (CAST(:ids AS bigint[]))
), drifts AS (
  SELECT batch_id, status, error_kind, coalesce(l.n, 0) - coalesce(t.n, 0) AS drift,
    coalesce(l.compared, 0) - coalesce(t.compared, 0) AS compared,
    coalesce(l.changed, 0) - coalesce(t.changed, 0) AS changed
  FROM ledger l FULL JOIN truth t USING (batch_id, status, error_kind)
)
SELECT * FROM drifts WHERE drift <> 0 OR compared <> 0 OR changed <> 0 ORDER BY batch_id, status, error_kind

-- name: mark_batches_audited
-- Note when the batches were last compared.
UPDATE domain_scheduler.batch_jobs SET audited_at = statement_timestamp() WHERE id = ANY (CAST(:ids AS bigint[]))

-- name: repair_drift
-- Add the correction that an audit found to the ledger.
INSERT INTO domain_scheduler.batch_ledger (batch_id, status, error_kind, delta, compared, changed)
SELECT batch_id, status, error_kind, -drift, -compared, -changed FROM jsonb_to_recordset(CAST(:drifts AS jsonb)) AS x (
  batch_id bigint, status text, error_kind text, drift bigint, compared bigint, changed bigint
)

-- name: beat
-- Say that this worker lives; the first time it also introduces itself.
INSERT INTO domain_scheduler.workers AS w (id, kind, host, pid, state)
VALUES (CAST(:worker_id AS uuid), :kind, :host, :pid, CAST(:state AS jsonb))
ON CONFLICT (id) DO UPDATE SET heartbeat_at = statement_timestamp(), state = excluded.state

-- name: list_workers
-- Workers that were heard of within the given time.
SELECT id, kind, host, pid, started_at, heartbeat_at, state FROM domain_scheduler.workers
WHERE heartbeat_at > statement_timestamp() - make_interval(secs => :within) ORDER BY started_at, id

-- name: sign_off
-- Forget a worker that left in order.
DELETE FROM domain_scheduler.workers WHERE id = CAST(:worker_id AS uuid)

-- name: forget_workers
-- Forget workers that fell silent long ago and hold no claim.
DELETE FROM domain_scheduler.workers w
WHERE w.heartbeat_at < statement_timestamp() - make_interval(secs => :after)
  AND NOT EXISTS (SELECT FROM domain_scheduler.domains d WHERE d.status = 'processing' AND d.worker_id = w.id)
