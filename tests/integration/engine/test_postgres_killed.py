"""The embedded Postgres is killed under a working engine: every domain is answered all the same."""

import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate
from domain_scheduler.db.postgres import open_postgres
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.store import reap_domains
from domain_scheduler.settings import DatabaseSettings
from tests.support.engines import running_engine
from tests.support.eventually import eventually
from tests.support.queue_rows import drifts, new_batch, statuses
from tests.support.scripted_scan import ScriptedScan

pytestmark = pytest.mark.slow


async def test_a_killed_postgres_loses_no_domain(data_dir: Path) -> None:
    postgres = await open_postgres(data_dir)
    database = Database(postgres.url, DatabaseSettings())
    try:
        await migrate(database)
        async with database.get_background_session() as connection:
            batch_id = await new_batch(connection, domains=2_000)
        async with running_engine(database, ScriptedScan()) as engine:

            async def is_busy() -> bool:
                return engine.state().answered >= 300

            await eventually(is_busy)
            os.kill(postgres.pid, signal.SIGKILL)

            async def all_answered() -> bool:
                try:
                    async with database.get_background_session() as connection:
                        # a claim that was committed in the last moment, unheard, would wait for its lease
                        await connection.execute(
                            text(
                                "UPDATE domain_scheduler.domains SET lease_until = now()"
                                " WHERE status = 'processing' AND claimed_at < now() - interval '2 seconds'"
                            )
                        )
                        await reap_domains(connection)
                        return await statuses(connection, batch_id) == {"completed": 2_000}
                except DatabaseUnavailableError:
                    return False

            await eventually(all_answered, seconds=60)
        async with database.get_background_session() as connection:
            assert await drifts(connection) == []
    finally:
        await database.close()
        await postgres.close()
