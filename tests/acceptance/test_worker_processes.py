"""Real worker processes that are stopped, hurried and killed: nothing is lost, nothing is done twice."""

import asyncio
import signal
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from tests.support.eventually import eventually
from tests.support.gated_sites import GatedSites, gated_sites
from tests.support.queue_rows import batch_row, drifts, new_batch, statuses
from tests.support.worker_process import worker_process

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def names(count: int) -> list[str]:
    return [f"worker-test-{number}.com" for number in range(count)]


def environment(database_url: str, sites: GatedSites, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "DOMAIN_SCHEDULER_FETCH__CONNECT_TO": sites.connect_to,
        "DOMAIN_SCHEDULER_FETCH__ROBOTS": "false",
        # a page that is held back must not time out, however busy this machine is
        "DOMAIN_SCHEDULER_FETCH__FIRST_BYTE_TIMEOUT": "100",
        "DOMAIN_SCHEDULER_FETCH__RESPONSE_TIMEOUT": "110",
        "DOMAIN_SCHEDULER_FETCH__BUDGET": "120",
        "DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES": "1",
        **more,
    }


async def batch_of(database: Database, count: int) -> int:
    async with database.get_background_session() as connection:
        return await new_batch(connection, domains=names(count))


async def counts(database: Database, batch_id: int) -> dict[str, int]:
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
        return await statuses(connection, batch_id)


async def is_finished(database: Database, batch_id: int) -> bool:
    async with database.get_background_session() as connection:
        return (await batch_row(connection, batch_id))["finished_at"] is not None


async def test_two_workers_answer_a_batch_together(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    batch_id = await batch_of(database, 60)
    async with gated_sites() as sites:
        few = {f"DOMAIN_SCHEDULER_ENGINE__{name}": "10" for name in ("CONCURRENCY", "MAX_CONCURRENCY")}
        settings = environment(database_url, sites, **few)
        for name in names(60):
            sites.hold(name)
        async with (
            worker_process(tmp_path / "one", settings) as first,
            worker_process(tmp_path / "two", settings) as second,
        ):

            async def both_hold_claims() -> bool:
                query = text(
                    "SELECT count(DISTINCT worker_id) FROM domain_scheduler.domains"
                    " WHERE status = 'processing'"
                )
                async with database.get_background_session() as connection:
                    return bool((await connection.execute(query)).scalar_one() == 2)

            await eventually(both_hold_claims)
            sites.let_go()
            await eventually(lambda: is_finished(database, batch_id), seconds=60)
            assert await counts(database, batch_id) == {"completed": 60}
            assert set(sites.asked.values()) == {1}
            first.terminate()
            second.terminate()
            assert [await first.ended(), await second.ended()] == [0, 0]
    async with database.get_background_session() as connection:
        titles = await connection.execute(
            text("SELECT title FROM domain_scheduler.domain_results ORDER BY domain_id LIMIT 1")
        )
        assert titles.scalar_one() == "Welcome to worker-test-0.com"
        workers = await connection.execute(text("SELECT count(*) FROM domain_scheduler.workers"))
        assert workers.scalar_one() == 0


async def test_sigterm_lets_what_is_in_flight_end(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    batch_id = await batch_of(database, 5)
    async with gated_sites() as sites:
        held = names(5)[2]
        sites.hold(held)
        settings = environment(database_url, sites, DOMAIN_SCHEDULER_ENGINE__GRACE="600")
        async with worker_process(tmp_path, settings) as worker:
            await asyncio.wait_for(sites.arrived[held].wait(), 30)
            worker.terminate()
            await worker.stopping()
            assert worker.is_running
            sites.let_go()
            assert await worker.ended() == 0
    assert await counts(database, batch_id) == {"completed": 5}


async def test_a_second_sigterm_ends_it_at_once_and_gives_claims_back(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    batch_id = await batch_of(database, 5)
    async with gated_sites() as sites:
        held = names(5)[2]
        sites.hold(held)
        settings = environment(database_url, sites, DOMAIN_SCHEDULER_ENGINE__GRACE="600")
        async with worker_process(tmp_path, settings) as worker:

            async def all_others_are_answered() -> bool:
                return (await counts(database, batch_id)).get("completed") == 4

            await eventually(all_others_are_answered)
            worker.terminate()
            await worker.stopping()
            started = time.monotonic()
            worker.terminate()
            assert await worker.ended() == 0
            assert time.monotonic() - started < 10
    assert await counts(database, batch_id) == {"completed": 4, "pending": 1}
    async with database.get_background_session() as connection:
        attempts = await connection.execute(
            text("SELECT attempts FROM domain_scheduler.domains WHERE status = 'pending'")
        )
        assert attempts.scalar_one() == 0


async def test_a_killed_workers_domains_are_answered_by_another_within_half_a_minute(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    batch_id = await batch_of(database, 20)
    async with gated_sites() as sites:
        for name in names(20):
            sites.hold(name)
        settings = environment(database_url, sites)
        async with worker_process(tmp_path / "one", settings) as victim:
            await asyncio.wait_for(sites.arrived[names(20)[19]].wait(), 30)
            children = psutil.Process(victim.pid).children()
            async with worker_process(tmp_path / "two", settings):
                victim.kill()
                assert await victim.ended() == -signal.SIGKILL
                killed = time.monotonic()
                sites.let_go()
                await eventually(lambda: is_finished(database, batch_id), seconds=60)
                assert time.monotonic() - killed < 35
            # its extractor processes have noticed, too
            assert psutil.wait_procs(children, timeout=5)[1] == []
    assert await counts(database, batch_id) == {"completed": 20}
    async with database.get_background_session() as connection:
        earlier = await connection.execute(
            text("SELECT earlier_attempts -> 0 ->> 'error_kind' FROM domain_scheduler.domain_results")
        )
        assert set(earlier.scalars()) == {"worker_lost"}


async def test_an_extractor_that_is_killed_costs_one_page_at_most(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    batch_id = await batch_of(database, 3)
    async with gated_sites() as sites:
        sites.hold(names(3)[1])
        async with worker_process(tmp_path, environment(database_url, sites)) as worker:
            await asyncio.wait_for(sites.arrived[names(3)[1]].wait(), 30)
            for child in psutil.Process(worker.pid).children():
                child.kill()
            sites.let_go()
            await eventually(lambda: is_finished(database, batch_id), seconds=60)
            found = await counts(database, batch_id)
    assert found in ({"completed": 3}, {"completed": 2, "error": 1})
