-- name: list_waiting
-- The domains that wait for another attempt, the next one first.
SELECT id, batch_id, domain, attempts, error_kind, next_attempt_at FROM domain_scheduler.domains
WHERE status = 'pending' AND next_attempt_at IS NOT NULL
ORDER BY next_attempt_at LIMIT CAST(:limit AS integer)

-- name: count_waiting
-- How many domains wait for another attempt, by the reason of the last one; counted up to a bound.
SELECT error_kind, count(*) AS n
FROM (
  SELECT error_kind FROM domain_scheduler.domains
  WHERE status = 'pending' AND next_attempt_at IS NOT NULL
  ORDER BY next_attempt_at LIMIT CAST(:bound AS integer)
) AS waiting
GROUP BY error_kind ORDER BY n DESC, error_kind

-- name: list_overdue
-- Claims whose lease has expired and that nobody has taken back yet, the oldest first.
SELECT id, batch_id, domain, attempts, lease_until, CAST(worker_id AS text) AS worker_id
FROM domain_scheduler.domains
WHERE status = 'processing' AND lease_until < coalesce(CAST(:now AS timestamptz), clock_timestamp())
ORDER BY lease_until LIMIT CAST(:limit AS integer)
