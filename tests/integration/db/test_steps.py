"""Each step of the schema's history, on a database that was in use before it."""

import shutil
from pathlib import Path

import psycopg

from domain_scheduler.batches.domains_store import get_domain
from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import MIGRATIONS, migrate
from domain_scheduler.queue.store import finish_domains
from domain_scheduler.settings import DatabaseSettings
from tests.support.postgres import TestServer
from tests.support.queue_rows import claim, completed, domain_id_of, drifts, new_batch

IN_USE = """
    INSERT INTO domain_scheduler.batch_jobs (sealed_at) VALUES (now());
    INSERT INTO domain_scheduler.domains
      (batch_id, domain, status, error_kind, attempts, run_token, claimed_at)
    SELECT 2, 'site-' || n || '.example', CASE WHEN n % 3 = 0 THEN 'error' ELSE 'completed' END,
      CASE WHEN n % 3 = 0 THEN 'http_5xx' END, 1, 1, '2026-01-05 10:00Z' FROM generate_series(1, 3000) n;
    INSERT INTO domain_scheduler.domain_results (domain_id, fetched_at, attempt, error_kind, title, details)
    SELECT id, '2026-01-05 10:00:01Z', 1, error_kind, CASE status WHEN 'completed' THEN 'before' END,
      '{"content_hash": "aa", "simhash": "00000000000000ff"}' FROM domain_scheduler.domains;
    INSERT INTO domain_scheduler.domains (domain)
    SELECT 'plain-' || n || '.example' FROM generate_series(1, 9) n
"""


def history_until(step: str, folder: Path) -> Path:
    """The steps up to `step`, as an older version had them."""
    (folder / "versions").mkdir(parents=True)
    for file in sorted((MIGRATIONS / "versions").iterdir()):
        if file.is_file() and file.stem <= step:
            shutil.copy(file, folder / "versions")
    return folder


async def test_0002_compares_with_what_was_found_before_it(
    postgres_server: TestServer, tmp_path: Path
) -> None:
    with postgres_server.database("used") as name:
        url = postgres_server.url_of(name)
        database = Database(url, DatabaseSettings())
        assert await migrate(database, folder=history_until("0001_ground_floor", tmp_path)) == [
            "0001_ground_floor"
        ]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(IN_USE)
        assert "0002_what_changed" in await migrate(database)
        async with database.get_background_session() as session:
            assert await drifts(session) == []
            old = await get_domain(session, domain_id=await domain_id_of(session, 2, "site-1.example"))
            batch_id = await new_batch(session, domains=["site-1.example", "site-3.example"])
            claims = await claim(session, 2, batch_id=batch_id)
            await finish_domains(session, answers=[completed(each, title="after") for each in claims])
            found = [(await get_domain(session, domain_id=each.id)).domain.result for each in claims]
        await database.close()
    assert (old.domain.result["title"], old.domain.result["changes"]) == ("before", None)
    assert found[0]["changes"]["fields"]["title"] == {"from": "before", "to": "after"}
    assert found[1]["changes"] is None, "it was never completed"
