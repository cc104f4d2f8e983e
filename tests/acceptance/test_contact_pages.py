"""Contact pages from a list to its results, through real processes, also if they are killed in the middle."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from tests.support.behaviours import Exchange
from tests.support.command import running_command
from tests.support.compiled_rules import with_compiled_rules
from tests.support.eventually import eventually
from tests.support.hostile_server import HostileServer, hostile_server
from tests.support.queue_rows import drifts, new_batch, statuses
from tests.support.worker_process import worker_process

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

HOST = "mill.example.com"
FRONT = b'<!doctype html><html lang=en><title>Mill</title><a href="/contact">Contact</a>'
CONTACT = b"<title>Contact</title><p>info@mill.example.com, Tel. +49 30 123456"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[HostileServer]:
    async with hostile_server(tmp_path) as running:
        running.answer(HOST, "/", 200, FRONT)
        running.answer(HOST, "/contact", 200, CONTACT)
        yield running


def environment(database_url: str, server: HostileServer, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "DOMAIN_SCHEDULER_DATA_DIR": str(with_compiled_rules(folder / "data")),
        "DOMAIN_SCHEDULER_FETCH__CONNECT_TO": ",".join(server.connect_to),
        "DOMAIN_SCHEDULER_FETCH__CA_FILE": str(server.ca_file),
        "DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES": "1",
    }


async def details_of(database: Database) -> dict[str, Any]:
    query = text("SELECT details FROM domain_scheduler.domain_results")
    async with database.get_background_session() as connection:
        found: dict[str, Any] = (await connection.execute(query)).scalar_one()
    return found


async def test_a_scan_with_contact_pages_finds_more_and_is_another_scan_than_one_without(
    server: HostileServer, database_url: str, tmp_path: Path
) -> None:
    found = []
    for words in ((), ("--contact-pages",)):
        settings = environment(database_url, server, tmp_path)
        async with running_command("scan", "-", *words, environment=settings, input=HOST) as scan:
            code, out = await scan.ended()
        assert code == 0, scan.said
        found += [(row["emails"], row["phones"]) for row in csv.DictReader(io.StringIO(out))]
    assert found == [("", ""), ("info@mill.example.com", "+4930123456")]
    assert [target for target in server.targets(HOST) if target != "/robots.txt"] == ["/", "/", "/contact"]


async def test_a_worker_killed_at_a_contact_page_loses_nothing(
    server: HostileServer, database: Database, database_url: str, tmp_path: Path
) -> None:
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        arrived.set()
        await gate.wait()
        exchange.send(200, CONTACT)

    server.special[HOST, "/contact"] = hold
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=[HOST], options='{"contact_pages": true}')
    settings = environment(database_url, server, tmp_path)
    async with worker_process(tmp_path / "one", settings) as victim:
        await asyncio.wait_for(arrived.wait(), 60)
        victim.kill()
        await victim.ended()
    gate.set()
    async with worker_process(tmp_path / "two", settings):

        async def answered() -> bool:
            async with database.get_background_session() as connection:
                return (await statuses(connection, batch_id)) == {"completed": 1}

        await eventually(answered, seconds=60)
    details = await details_of(database)
    assert [email["page"] for email in details["contacts"]["emails"]] == [f"https://{HOST}/contact"]
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
