"""The real engine and extractor processes over pages that hang, die and eat: each is one domain's error."""

from typing import Any

import pytest
from sqlalchemy import text

from domain_scheduler.core.names import DomainName
from domain_scheduler.core.report import Fetched
from domain_scheduler.db.database import Database
from domain_scheduler.engine.extractor_pool import ExtractorPool
from domain_scheduler.engine.extractor_process import Program
from domain_scheduler.scan.scanner import Scanner
from domain_scheduler.telemetry.metrics import Metrics
from tests.support.engines import running_engine
from tests.support.eventually import eventually
from tests.support.queue_rows import new_batch, statuses

POISON = "tests.support.poison_pages"
PROGRAM = Program(extract=f"{POISON}:extract", initialise=f"{POISON}:initialise", arguments=("hello",))
SECONDS = 1.0
GOOD = [f"plain{number}.com" for number in range(30)]
OUTCOMES = {
    "hang.com": ("extract_timeout", "reading the page took more than 1 s"),
    "spin.com": ("extract_timeout", "reading the page took more than 1 s"),
    "kill.com": ("extract_failed", "the process that read the page died"),
    "die.com": ("extract_failed", "the process that read the page died"),
    "exit.com": ("extract_failed", "the process that read the page died"),
    "eat.com": ("extract_failed", "MemoryError"),
    "raise.com": ("extract_failed", "ValueError: the page is odd"),
}


class Orders:
    """A web on which each domain's page is an order to the process that reads it."""

    async def fetch(self, name: DomainName) -> Fetched:
        order = name.ascii.removesuffix(".com")
        return Fetched(final_url=f"https://{name.ascii}/", http_status=200, body=f"{order} page".encode())


async def stored(database: Database) -> dict[str, dict[str, Any]]:
    query = (
        "SELECT d.domain, d.status, d.attempts, d.error_kind, r.error_message, r.title"
        " FROM domain_scheduler.domains d LEFT JOIN domain_scheduler.domain_results r ON r.domain_id = d.id"
    )
    async with database.get_background_session() as connection:
        rows = (await connection.execute(text(query))).mappings().all()
    return {row["domain"]: dict(row) for row in rows}


@pytest.mark.timeout(90)
async def test_a_page_that_ruins_its_process_is_its_own_domains_error_and_no_others(
    database: Database,
) -> None:
    among = [name for pair in zip(GOOD, OUTCOMES, strict=False) for name in pair]
    domains = [*among, *GOOD[len(OUTCOMES) :]]
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=domains)

    async def all_answered() -> bool:
        async with database.get_background_session() as connection:
            return not {"pending", "processing"} & (await statuses(connection, batch_id)).keys()

    async with ExtractorPool(PROGRAM, processes=2, timeout=SECONDS, metrics=Metrics()) as extractors:
        scanner = Scanner(Orders(), extractors.extract, budget=80)
        async with running_engine(database, scanner.scan, reading=extractors):
            await eventually(all_answered, seconds=60)
    rows = await stored(database)
    for domain, (kind, message) in OUTCOMES.items():
        row = rows.pop(domain)
        assert (row["status"], row["error_kind"], row["attempts"]) == ("error", kind, 1), domain
        assert row["error_message"].startswith(message), domain
    assert {(row["status"], row["attempts"]) for row in rows.values()} == {("completed", 1)}
    assert {row["title"] for row in rows.values()} == {f"plain{number} page" for number in range(30)}
