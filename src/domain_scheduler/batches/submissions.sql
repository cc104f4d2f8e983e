-- name: find_submission
-- What was answered to a request with this key.
SELECT request_digest, answer FROM domain_scheduler.batch_submissions WHERE idempotency_key = :key

-- name: begin_submission
-- Take the key; a second request with it waits here, and gets no row once the first is committed.
INSERT INTO domain_scheduler.batch_submissions (batch_id, idempotency_key, request_digest, answer)
VALUES (CAST(:batch_id AS bigint), CAST(:key AS text), :digest, '{}')
ON CONFLICT (idempotency_key) DO NOTHING
RETURNING id

-- name: end_submission
-- Keep the answer, so that the same request gets it again.
UPDATE domain_scheduler.batch_submissions SET answer = CAST(:answer AS jsonb) WHERE id = CAST(:id AS bigint)

-- name: find_undelivered
-- The latest submission of this content whose results nobody has taken yet.
SELECT s.id, s.answer FROM domain_scheduler.batch_submissions s
JOIN domain_scheduler.batch_jobs b ON b.id = s.batch_id
WHERE s.request_digest = :digest AND NOT s.answer ? 'delivered_at' AND b.cancelled_at IS NULL
ORDER BY s.id DESC LIMIT 1

-- name: mark_delivered
-- The results of this submission were taken.
UPDATE domain_scheduler.batch_submissions
SET answer = answer || jsonb_build_object('delivered_at', clock_timestamp())
WHERE request_digest = :digest AND batch_id = CAST(:batch_id AS bigint)

-- name: list_submissions
-- What became of what was sent to a batch, the latest first.
SELECT answer FROM domain_scheduler.batch_submissions
WHERE batch_id = CAST(:batch_id AS bigint) AND answer ? 'accepted'
ORDER BY id DESC LIMIT CAST(:limit AS integer)
