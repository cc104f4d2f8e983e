-- Who scans the same names again wants the few that changed: they are counted by the ledger and found by an index.
ALTER TABLE domain_scheduler.domains ADD COLUMN changed boolean;
COMMENT ON COLUMN domain_scheduler.domains.changed IS
  'Whether the answer differs from the last completed scan of the name before it; null where there was none.
   It speaks of an answer: of a domain that is to be scanned again it is a leftover.';

ALTER TABLE domain_scheduler.batch_ledger
  ADD COLUMN compared bigint NOT NULL DEFAULT 0, ADD COLUMN changed bigint NOT NULL DEFAULT 0;
ALTER TABLE domain_scheduler.batch_counts
  ADD COLUMN compared bigint NOT NULL DEFAULT 0, ADD COLUMN changed bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN domain_scheduler.batch_counts.compared IS
  'Of these n, the answers to names that had been completed before.';
COMMENT ON COLUMN domain_scheduler.batch_counts.changed IS 'Of these n, the answers that differ from that scan.';

-- Written for answers that differ, and for nothing else.
CREATE INDEX domains_changed ON domain_scheduler.domains (batch_id, id)
  WHERE changed AND status IN ('completed', 'error');

-- Whether two lists hold other entries, in whatever order; what is absent is an empty one.
CREATE FUNCTION domain_scheduler.other_entries(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT (coalesce(a, '[]') @> coalesce(b, '[]') AND coalesce(b, '[]') @> coalesce(a, '[]'))
$$;

-- Whether changed_words (core/changes.py) names anything; a test holds the two against each other.
CREATE FUNCTION domain_scheduler.differs(a jsonb, b jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  apart CONSTANT text[] := '{domain_id, fetched_at, simhash, extractor_version, certificate_issuer, name_servers,
    certificate_not_after, technologies, emails, phones, social, contact_pages}';
  read CONSTANT jsonpath := '$[*] ? (!exists(@.error_kind) || @.error_kind == null || @.error_kind == "").kind';
BEGIN
  RETURN a - apart <> b - apart
    OR coalesce(nullif(a ->> 'certificate_issuer', '') <> nullif(b ->> 'certificate_issuer', ''), false)
    OR coalesce(nullif(a ->> 'certificate_not_after', '') <> nullif(b ->> 'certificate_not_after', ''), false)
    OR domain_scheduler.other_entries(a -> 'technologies', b -> 'technologies')
    OR (a -> 'name_servers' <> '[]' AND b -> 'name_servers' <> '[]'
      AND domain_scheduler.other_entries(a -> 'name_servers', b -> 'name_servers')) IS TRUE
    OR (
      NOT domain_scheduler.other_entries(
        jsonb_path_query_array(a -> 'contact_pages', read), jsonb_path_query_array(b -> 'contact_pages', read))
      AND (
        domain_scheduler.other_entries(a -> 'emails', b -> 'emails')
        OR domain_scheduler.other_entries(a -> 'phones', b -> 'phones')
        OR domain_scheduler.other_entries(
          jsonb_path_query_array(a -> 'social', '$.*'), jsonb_path_query_array(b -> 'social', '$.*'))
      )
    );
END $$;

-- What the last completed scan of a domain's name found, by the time at which it began: of the domain itself
-- where it was tried before, else of the same name in any batch. One look-up is inside the other, so that each
-- is found by an index; the addition of '' keeps it to the right one.
CREATE FUNCTION domain_scheduler.known_before(id bigint) RETURNS SETOF jsonb LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT CASE
      WHEN own.domain_id IS NULL THEN (
        SELECT domain_scheduler.facts_as_json(r) FROM domain_scheduler.domain_results r WHERE r.domain_id = (
          SELECT e.id FROM domain_scheduler.domains e
          WHERE e.status = 'completed' AND hashtext(e.domain) = hashtext(d.domain)
            AND e.domain || '' = d.domain AND e.claimed_at < d.claimed_at
          ORDER BY e.claimed_at DESC LIMIT 1
        )
      )
      WHEN own.error_kind IS NULL THEN domain_scheduler.facts_as_json(own)
      ELSE own.previous
    END
  FROM domain_scheduler.domains d LEFT JOIN domain_scheduler.domain_results own ON own.domain_id = d.id
  WHERE d.id = known_before.id
$$;

CREATE OR REPLACE FUNCTION domain_scheduler.write_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO domain_scheduler.batch_ledger (batch_id, status, error_kind, delta, compared, changed)
    SELECT batch_id, status, CASE WHEN status = 'error' THEN error_kind ELSE '' END, count(*),
      count(changed) FILTER (WHERE status IN ('completed', 'error')),
      count(*) FILTER (WHERE changed AND status IN ('completed', 'error'))
    FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO domain_scheduler.batch_ledger (batch_id, status, error_kind, delta, compared, changed)
    SELECT batch_id, status, CASE WHEN status = 'error' THEN error_kind ELSE '' END, -count(*),
      -count(changed) FILTER (WHERE status IN ('completed', 'error')),
      -count(*) FILTER (WHERE changed AND status IN ('completed', 'error'))
    FROM old_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
    DELETE FROM domain_scheduler.domain_results r USING old_rows o WHERE r.domain_id = o.id;
    RETURN NULL;
  ELSE
    INSERT INTO domain_scheduler.batch_ledger (batch_id, status, error_kind, delta, compared, changed)
    SELECT batch_id, status, kind, sum(n), sum(compared), sum(changed)
    FROM (
      SELECT batch_id, status, CASE WHEN status = 'error' THEN error_kind ELSE '' END AS kind, count(*) AS n,
        count(changed) FILTER (WHERE status IN ('completed', 'error')) AS compared,
        count(*) FILTER (WHERE changed AND status IN ('completed', 'error')) AS changed
      FROM new_rows GROUP BY 1, 2, 3
      UNION ALL
      SELECT batch_id, status, CASE WHEN status = 'error' THEN error_kind ELSE '' END, -count(*),
        -count(changed) FILTER (WHERE status IN ('completed', 'error')),
        -count(*) FILTER (WHERE changed AND status IN ('completed', 'error'))
      FROM old_rows GROUP BY 1, 2, 3
    ) AS changes
    GROUP BY 1, 2, 3 HAVING sum(n) <> 0 OR sum(compared) <> 0 OR sum(changed) <> 0 ORDER BY 1, 2, 3;
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    -- an older snapshot would miss a finish that came since: this lock then fails, and the writer tries again
    PERFORM FROM domain_scheduler.batch_jobs
    WHERE id = ANY (ARRAY(SELECT DISTINCT batch_id FROM new_rows)) FOR SHARE;
  END IF;
  -- a finished batch that has something to do again is no longer finished
  WITH reopened AS (
    UPDATE domain_scheduler.batch_jobs b SET finished_at = NULL, cycle = cycle + 1
    WHERE b.finished_at IS NOT NULL
      AND b.id = ANY (ARRAY(SELECT DISTINCT batch_id FROM new_rows WHERE status IN ('pending', 'processing')))
    RETURNING b.id, b.cycle
  )
  INSERT INTO domain_scheduler.batch_events (batch_id, kind, cycle) SELECT id, 'reopened', cycle FROM reopened;
  RETURN NULL;
END $$;

CREATE OR REPLACE VIEW domain_scheduler.batch_exact_counts AS
SELECT batch_id, status, error_kind, CAST(sum(n) AS bigint) AS n,
  CAST(sum(compared) AS bigint) AS compared, CAST(sum(changed) AS bigint) AS changed
FROM (
  SELECT batch_id, status, error_kind, n, compared, changed FROM domain_scheduler.batch_counts
  UNION ALL
  SELECT batch_id, status, error_kind, delta, compared, changed FROM domain_scheduler.batch_ledger
) AS folded_and_unfolded
GROUP BY batch_id, status, error_kind HAVING sum(n) <> 0 OR sum(compared) <> 0 OR sum(changed) <> 0;

CREATE OR REPLACE VIEW domain_scheduler.batch_status AS
SELECT b.id, b.name, b.priority, b.max_attempts, b.options, b.cycle, b.first_domain_id,
  b.sealed_at IS NOT NULL AS sealed,
  c.total, c.pending, c.processing, c.completed, c.error, c.cancelled, c.errors_by_kind,
  CASE
    WHEN b.cancelled_at IS NOT NULL THEN 'cancelled'
    WHEN b.sealed_at IS NOT NULL AND c.pending + c.processing = 0 THEN 'completed'
    WHEN b.paused_at IS NOT NULL THEN 'paused'
    WHEN b.started_at IS NOT NULL OR c.processing + c.completed + c.error > 0 THEN 'processing'
    ELSE 'pending'
  END AS status,
  b.created_at, b.started_at, b.sealed_at, b.paused_at, b.cancelled_at, b.finished_at, c.compared, c.changed
FROM domain_scheduler.batch_jobs b
CROSS JOIN LATERAL (
  SELECT
    CAST(coalesce(sum(n), 0) AS bigint) AS total,
    CAST(coalesce(sum(n) FILTER (WHERE e.status = 'pending'), 0) AS bigint) AS pending,
    CAST(coalesce(sum(n) FILTER (WHERE e.status = 'processing'), 0) AS bigint) AS processing,
    CAST(coalesce(sum(n) FILTER (WHERE e.status = 'completed'), 0) AS bigint) AS completed,
    CAST(coalesce(sum(n) FILTER (WHERE e.status = 'error'), 0) AS bigint) AS error,
    CAST(coalesce(sum(n) FILTER (WHERE e.status = 'cancelled'), 0) AS bigint) AS cancelled,
    coalesce(jsonb_object_agg(e.error_kind, e.n) FILTER (WHERE e.status = 'error'), '{}') AS errors_by_kind,
    CAST(coalesce(sum(e.compared), 0) AS bigint) AS compared,
    CAST(coalesce(sum(e.changed), 0) AS bigint) AS changed
  FROM domain_scheduler.batch_exact_counts e WHERE e.batch_id = b.id
) AS c;

-- What was scanned again before there was a count.
UPDATE domain_scheduler.domains d
SET changed = d.status = 'error' OR domain_scheduler.differs(r.previous, domain_scheduler.facts_as_json(r))
FROM domain_scheduler.domain_results r
WHERE r.domain_id = d.id AND r.previous IS NOT NULL AND d.status IN ('completed', 'error');
