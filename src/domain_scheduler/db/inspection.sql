-- name: server_facts
-- What the server says of itself at this moment.
SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
  clock_timestamp() AS now, CAST(current_setting('max_connections') AS integer) AS max_connections,
  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
  (SELECT CAST(coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) AS double precision)
    FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()) AS oldest_transaction_seconds,
  pg_is_in_recovery() AS is_standby

-- name: backend_id
-- The server process that works for this transaction.
SELECT pg_backend_pid()
