-- name: open_pass
-- Note that a pass starts.
INSERT INTO domain_scheduler.scheduler_passes (worker_id, cause, found)
VALUES (CAST(:worker_id AS uuid), :cause, CAST(:found AS jsonb))
RETURNING id, worker_id, cause, started_at, finished_at, found, did, error

-- name: close_pass
-- Note what a pass did, or why it failed.
UPDATE domain_scheduler.scheduler_passes
SET finished_at = clock_timestamp(), did = CAST(:did AS jsonb), error = :error
WHERE id = CAST(:id AS bigint)
RETURNING id, worker_id, cause, started_at, finished_at, found, did, error

-- name: list_passes
-- The latest passes, newest first.
SELECT id, worker_id, cause, started_at, finished_at, found, did, error
FROM domain_scheduler.scheduler_passes
ORDER BY started_at DESC, id DESC LIMIT CAST(:limit AS integer)

-- name: forget_passes
-- Drop passes that are too old to be of interest.
DELETE FROM domain_scheduler.scheduler_passes
WHERE started_at < clock_timestamp() - make_interval(secs => :after)

-- name: count_by_status
-- How many domains have which status, by the ledger.
SELECT status, CAST(sum(n) AS bigint) AS n FROM domain_scheduler.batch_exact_counts GROUP BY status
