-- name: walk_bounds
-- Where the ids of a batch's domains may lie, and how many domains the ledger promises, all and wanted.
SELECT b.first_domain_id, s.last_value AS last_id, c.total, c.wanted
FROM domain_scheduler.batch_jobs b
CROSS JOIN domain_scheduler.domains_id_seq s
CROSS JOIN LATERAL (
  SELECT CAST(coalesce(sum(e.n), 0) AS bigint) AS total,
    CAST(coalesce(sum(
      CASE CAST(:changed AS boolean) WHEN true THEN e.changed WHEN false THEN e.compared - e.changed ELSE e.n END
    ) FILTER (
      WHERE (CAST(:status AS text) IS NULL OR e.status = CAST(:status AS text))
        AND (CAST(:error_kind AS text) IS NULL OR e.error_kind = CAST(:error_kind AS text))
    ), 0) AS bigint) AS wanted
  FROM domain_scheduler.batch_exact_counts e WHERE e.batch_id = b.id
) AS c
WHERE b.id = CAST(:batch_id AS bigint)

-- name: list_domains
-- Domains of a batch in a range of ids, with their results; the additions of 0 choose the index to be used.
WITH page AS MATERIALIZED (
  (
    SELECT d.id, d.batch_id, d.priority, d.next_attempt_at, d.domain, d.status, d.error_kind, d.attempts
    FROM domain_scheduler.domains d
    WHERE CAST(:way AS text) = 'names' AND d.batch_id = CAST(:batch_id AS bigint)
      AND d.id + 0 > CAST(:after_id AS bigint) AND d.id + 0 <= CAST(:until_id AS bigint)
      AND (CAST(:status AS text) IS NULL OR d.status = CAST(:status AS text))
      AND (CAST(:error_kind AS text) IS NULL OR (d.status = 'error' AND d.error_kind = CAST(:error_kind AS text)))
      AND (CAST(:text AS text) IS NULL OR strpos(d.domain, lower(CAST(:text AS text))) > 0)
      AND (CAST(:changed AS boolean) IS NULL
        OR (d.changed = CAST(:changed AS boolean) AND d.status IN ('completed', 'error')))
    ORDER BY d.id + 0 LIMIT CAST(:limit AS integer)
  )
  UNION ALL
  (
    SELECT d.id, d.batch_id, d.priority, d.next_attempt_at, d.domain, d.status, d.error_kind, d.attempts
    FROM domain_scheduler.domains d
    WHERE CAST(:way AS text) = 'ids' AND d.batch_id + 0 = CAST(:batch_id AS bigint)
      AND d.id > CAST(:after_id AS bigint) AND d.id <= CAST(:until_id AS bigint)
      AND (CAST(:status AS text) IS NULL OR d.status = CAST(:status AS text))
      AND (CAST(:error_kind AS text) IS NULL OR (d.status = 'error' AND d.error_kind = CAST(:error_kind AS text)))
      AND (CAST(:text AS text) IS NULL OR strpos(d.domain, lower(CAST(:text AS text))) > 0)
      AND (CAST(:changed AS boolean) IS NULL
        OR (d.changed = CAST(:changed AS boolean) AND d.status IN ('completed', 'error')))
    ORDER BY d.id LIMIT CAST(:limit AS integer)
  )
  UNION ALL
  (
    SELECT d.id, d.batch_id, d.priority, d.next_attempt_at, d.domain, d.status, d.error_kind, d.attempts
    FROM domain_scheduler.domains d
    WHERE CAST(:way AS text) = 'errors' AND d.batch_id = CAST(:batch_id AS bigint) AND d.status = 'error'
      AND d.id > CAST(:after_id AS bigint) AND d.id <= CAST(:until_id AS bigint)
      AND (CAST(:error_kind AS text) IS NULL OR d.error_kind = CAST(:error_kind AS text))
      AND (CAST(:text AS text) IS NULL OR strpos(d.domain, lower(CAST(:text AS text))) > 0)
      AND (CAST(:changed AS boolean) IS NULL
        OR (d.changed = CAST(:changed AS boolean) AND d.status IN ('completed', 'error')))
    ORDER BY d.id LIMIT CAST(:limit AS integer)
  )
  UNION ALL
  (
    SELECT d.id, d.batch_id, d.priority, d.next_attempt_at, d.domain, d.status, d.error_kind, d.attempts
    FROM domain_scheduler.domains d
    WHERE CAST(:way AS text) = 'changes' AND d.batch_id = CAST(:batch_id AS bigint)
      AND d.changed AND d.status IN ('completed', 'error')
      AND d.id > CAST(:after_id AS bigint) AND d.id <= CAST(:until_id AS bigint)
      AND (CAST(:status AS text) IS NULL OR d.status = CAST(:status AS text))
      AND (CAST(:error_kind AS text) IS NULL OR (d.status = 'error' AND d.error_kind = CAST(:error_kind AS text)))
      AND (CAST(:text AS text) IS NULL OR strpos(d.domain, lower(CAST(:text AS text))) > 0)
    ORDER BY d.id LIMIT CAST(:limit AS integer)
  )
)
SELECT d.id, d.batch_id, d.priority, d.next_attempt_at,
  CASE WHEN d.next_attempt_at IS NOT NULL THEN d.error_kind END AS waiting_because, d.domain, d.status,
  CASE WHEN d.status = 'error' THEN d.error_kind END AS error_kind, r.error_message, d.attempts, r.http_status,
  r.final_url, r.title, r.description, r.language, r.canonical_url, r.icon_url, r.logo_url, r.image_url,
  r.emails, r.phones, r.social, r.technologies, r.site_kind, r.redirects, r.fetched_at, r.duration_ms,
  r.organization, r.previous, r.facts
FROM page d
LEFT JOIN LATERAL (
  SELECT *, CASE WHEN r.previous IS NOT NULL THEN domain_scheduler.facts_as_json(r) END AS facts
  FROM domain_scheduler.domain_results r
  WHERE r.domain_id = d.id AND d.status IN ('completed', 'error') LIMIT 1
) AS r ON true
ORDER BY d.id

-- name: get_domain
-- One domain with its result and every attempt.
SELECT d.id, d.batch_id, d.priority, d.next_attempt_at,
  CASE WHEN d.next_attempt_at IS NOT NULL THEN d.error_kind END AS waiting_because, d.domain, d.status,
  CASE WHEN d.status = 'error' THEN d.error_kind END AS error_kind, r.error_message, d.attempts, r.http_status,
  r.final_url, r.title, r.description, r.language, r.canonical_url, r.icon_url, r.logo_url, r.image_url,
  r.emails, r.phones, r.social, r.technologies, r.site_kind, r.redirects, r.fetched_at, r.duration_ms,
  r.organization, r.previous, CASE WHEN r.previous IS NOT NULL THEN domain_scheduler.facts_as_json(r) END AS facts,
  (SELECT CASE
      WHEN d.status IN ('completed', 'error') OR p.error_kind IS NOT NULL THEN p.previous
      ELSE domain_scheduler.facts_as_json(p)
    END FROM domain_scheduler.domain_results p WHERE p.domain_id = d.id) AS last_completed,
  r.details, r.processor_result, d.claimed_at, d.lease_until, CAST(d.worker_id AS text) AS worker_id,
  (SELECT coalesce(a.earlier_attempts, '[]') || domain_scheduler.attempt_as_json(a)
    FROM domain_scheduler.domain_results a WHERE a.domain_id = d.id) AS all_attempts
FROM domain_scheduler.domains d
LEFT JOIN domain_scheduler.domain_results r ON r.domain_id = d.id AND d.status IN ('completed', 'error')
WHERE d.id = CAST(:id AS bigint) AND d.batch_id = coalesce(CAST(:batch_id AS bigint), d.batch_id)

-- name: add_domains
-- Add one chunk of names in their order; a name that the batch has already is left as it is.
INSERT INTO domain_scheduler.domains (batch_id, domain, priority)
SELECT CAST(:batch_id AS bigint), t.domain, coalesce(CAST(t.priority AS smallint), 0)
FROM ROWS FROM (
  string_to_table(CAST(:domains AS text), ' '), string_to_table(CAST(:priorities AS text), ' ')
) WITH ORDINALITY AS t (domain, priority, n)
ORDER BY t.n
ON CONFLICT (batch_id, domain) DO NOTHING

-- name: analyze_domains
-- Let the planner know of a large list at once.
ANALYZE domain_scheduler.domains
