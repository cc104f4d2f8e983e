-- name: lock_audit
-- Wait until this transaction alone may correct drift.
SELECT pg_advisory_xact_lock(CAST(:key AS bigint))

-- name: try_lock_audit
-- The same without waiting: whether it may.
SELECT pg_try_advisory_xact_lock(CAST(:key AS bigint))

-- name: audited_within
-- Whether any process has audited within so many seconds.
SELECT coalesce(max(audited_at) > clock_timestamp() - make_interval(secs => :seconds), false)
FROM domain_scheduler.batch_jobs
