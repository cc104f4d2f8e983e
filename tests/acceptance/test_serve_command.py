"""`serve` as a user runs it: it says where to look, answers there, and stops in order or at once."""

import asyncio
import re
import signal
from pathlib import Path

import httpx
import pytest

from domain_scheduler.batches.store import get_batch
from domain_scheduler.db.database import Database
from tests.support.command import running_command
from tests.support.compiled_rules import with_compiled_rules
from tests.support.gated_sites import gated_sites

pytestmark = pytest.mark.slow


async def test_a_second_signal_stops_a_service_at_once_and_nothing_is_lost(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with gated_sites() as sites:
        sites.hold("served.com")
        environment = {
            "DATABASE_URL": database_url,
            "DOMAIN_SCHEDULER_DATA_DIR": str(with_compiled_rules(tmp_path)),
            "DOMAIN_SCHEDULER_FETCH__CONNECT_TO": sites.connect_to,
            "DOMAIN_SCHEDULER_FETCH__ROBOTS": "false",
            "DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES": "1",
            "DOMAIN_SCHEDULER_ENGINE__GRACE": "600",
        }
        async with running_command("serve", "--port", 0, environment=environment) as serve:
            await serve.answers("Ctrl-C stops it")
            found = re.search(r"dashboard +(http://127\.0\.0\.1:\d+)/", serve.answered)
            assert found is not None
            async with httpx.AsyncClient(base_url=found[1]) as client:
                assert (await client.get("/", headers={"Accept": "text/html"})).status_code == 200
                made = await client.post("/api/v3/batches", json={"domains": ["served.com"]})
            assert made.status_code == 201
            await sites.arrived["served.com"].wait()
            serve.signal(signal.SIGTERM)
            await serve.answers("again to stop at once")
            serve.signal(signal.SIGTERM)
            code, _ = await serve.ended(seconds=30)
    assert code == 0
    assert "Traceback" not in serve.said
    async with database.get_background_session() as connection:
        batch = await get_batch(connection, batch_id=made.json()["id"])
    assert (batch.counts.pending, batch.counts.processing) == (1, 0)


async def test_a_request_that_outlasts_the_stop_is_told_so_and_the_log_is_not_filled(
    database_url: str, tmp_path: Path
) -> None:
    environment = {
        "DATABASE_URL": database_url,
        "DOMAIN_SCHEDULER_DATA_DIR": str(with_compiled_rules(tmp_path)),
        "DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES": "1",
        "DOMAIN_SCHEDULER_DATBASE_URL": "a slip",
    }
    async with running_command("serve", "--port", 0, environment=environment) as serve:
        await serve.says("DOMAIN_SCHEDULER_DATBASE_URL is no setting and has no effect")
        await serve.answers("Ctrl-C stops it")
        found = re.search(r"dashboard +http://(127\.0\.0\.1):(\d+)/", serve.answered)
        assert found is not None
        reader, writer = await asyncio.open_connection(found[1], int(found[2]))
        head = "POST /api/v3/batches/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
        writer.write(head.encode() + b"half.com\n")
        await writer.drain()
        serve.signal(signal.SIGTERM)
        answer = (await reader.read()).decode()
        writer.close()
        code, _ = await serve.ended(seconds=60)
    assert answer.startswith("HTTP/1.1 503") and "the service is stopping" in answer
    assert code == 0 and "a request was cut off by the stop" in serve.said
    assert "Traceback" not in serve.said
