"""A heartbeat is written with the process's state, and knows for how long it was unbroken."""

from typing import Any
from uuid import uuid4

import pytest

from domain_scheduler.db.database import Database
from domain_scheduler.engine.heartbeat import Heartbeat
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.store import list_workers
from domain_scheduler.settings import DatabaseSettings
from domain_scheduler.telemetry.metrics import Metrics
from tests.support.cuttable_line import cuttable_line
from tests.support.eventually import eventually


class Clock:
    """Time that passes when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def heartbeat(database: Database, **options: Any) -> Heartbeat:
    state = {"in_flight": 7}
    return Heartbeat(
        database, worker_id=uuid4(), kind="work", state=lambda: state, metrics=Metrics(), **options
    )


async def test_a_process_is_known_before_it_works_and_forgotten_when_it_leaves(database: Database) -> None:
    async with heartbeat(database):
        async with database.get_background_session() as connection:
            (worker,) = await list_workers(connection, within=60)
        assert (worker.kind, worker.state) == ("work", {"in_flight": 7})
    async with database.get_background_session() as connection:
        assert await list_workers(connection, within=60) == []


async def test_it_is_unbroken_for_as_long_as_beats_come_in_time(database: Database) -> None:
    clock = Clock()
    beating = heartbeat(database, clock=clock)
    assert beating.unbroken_for() == 0
    for _ in range(5):
        await beating.beat()
        clock.now += 5
    assert beating.unbroken_for() == 25


async def test_a_late_beat_breaks_it(database: Database) -> None:
    clock = Clock()
    beating = heartbeat(database, clock=clock)
    await beating.beat()
    clock.now += 30
    assert beating.unbroken_for() == 0
    await beating.beat()
    clock.now += 3
    assert beating.unbroken_for() == 3


async def test_an_outage_breaks_it_and_it_beats_again_afterwards(database_url: str) -> None:
    async with cuttable_line(database_url) as (line, url):
        opened = Database(url, DatabaseSettings(connect_timeout=2))
        async with heartbeat(opened, period=0.05) as beating:

            async def unbroken() -> bool:
                return beating.unbroken_for() > 0

            async def broken() -> bool:
                return beating.unbroken_for() == 0

            await eventually(unbroken)
            await line.cut()
            await eventually(broken)
            await line.mend()
            await eventually(unbroken)
        await opened.close()


async def test_a_process_does_not_start_unheard(database_url: str) -> None:
    async with cuttable_line(database_url) as (line, url):
        await line.cut()
        opened = Database(url, DatabaseSettings(connect_timeout=2))
        with pytest.raises(DatabaseUnavailableError):
            async with heartbeat(opened):
                pass
        await opened.close()
