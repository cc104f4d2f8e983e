-- The name of who is behind a site is filtered on, like its title.
ALTER TABLE domain_scheduler.domain_results ADD COLUMN organization text;

-- What the last completed scan of the same name found is kept beside a new answer, so that it can say what changed.

ALTER TABLE domain_scheduler.domain_results ADD COLUMN previous jsonb;
COMMENT ON COLUMN domain_scheduler.domain_results.previous IS
  'Facts of the last completed scan of this name before the one that the columns describe; null when there was none.';

-- written once per completed scan and not by claims; of the names only a hash, since it makes less WAL
CREATE INDEX domains_completed ON domain_scheduler.domains (hashtext(domain), claimed_at)
  WHERE status = 'completed';

-- What two scans are compared by (core/changes.py); absent values are left out.
CREATE FUNCTION domain_scheduler.facts_as_json(r domain_scheduler.domain_results) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('domain_id', r.domain_id, 'fetched_at', r.fetched_at,
    'http_status', r.http_status, 'final_url', r.final_url, 'title', r.title, 'description', r.description,
    'language', r.language, 'emails', r.emails, 'phones', r.phones, 'social', r.social,
    'technologies', r.technologies, 'site_kind', r.site_kind,
    'organization', r.organization, 'final_domain', d.final_domain,
    'content_hash', d.content_hash, 'simhash', d.simhash, 'extractor_version', d.extractor_version,
    'certificate_issuer', d.tls -> 'issuer', 'certificate_not_after', d.tls -> 'not_after',
    'name_servers', d.dns -> 'ns', 'contact_pages', d.contact_pages))
  FROM jsonb_to_record(CASE WHEN jsonb_typeof(r.details) = 'object' THEN r.details ELSE '{}' END) AS d (
    final_domain jsonb, content_hash jsonb, simhash jsonb, extractor_version jsonb, tls jsonb, dns jsonb,
    contact_pages jsonb
  )
$$;
