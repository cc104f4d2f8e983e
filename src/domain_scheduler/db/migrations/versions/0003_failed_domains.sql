-- The few errors of a large batch are found without walking it: to retry them, and to show them.
-- Written for errors alone: no claim and no completed scan touches it.
CREATE INDEX domains_failed ON domain_scheduler.domains (batch_id, id) WHERE status = 'error';
