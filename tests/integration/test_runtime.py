"""The runtime starts and stops everything in order, and tells what it is."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.db.opening import open_database
from domain_scheduler.errors import DatabaseUnavailableError, SettingsError
from domain_scheduler.queue.store import finish_domains, list_workers
from domain_scheduler.runtime import open_runtime
from domain_scheduler.settings import Settings
from tests.support.compiled_rules import with_compiled_rules
from tests.support.cuttable_line import cuttable_line
from tests.support.engines import IMPATIENT
from tests.support.eventually import eventually
from tests.support.gated_sites import gated_sites
from tests.support.queue_rows import batch_row, claim, completed, new_batch, statuses


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return with_settings(database_url, tmp_path)


def with_settings(database_url: str, folder: Path, **more: Any) -> Settings:
    quick = {"engine": IMPATIENT | {"extract_processes": 1}, "fetch": {"robots": False}}
    data_dir = with_compiled_rules(folder)
    return Settings(database_url=SecretStr(database_url), data_dir=data_dir, **(quick | more))


@pytest.mark.slow
async def test_a_service_answers_a_batch_end_to_end_and_leaves_no_trace(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["one-site.com", "other-site.com", "no domain"])

    async def finished() -> bool:
        async with database.get_background_session() as connection:
            query = text("SELECT finished_at IS NOT NULL FROM domain_scheduler.batch_jobs WHERE id = :id")
            return bool((await connection.execute(query, {"id": batch_id})).scalar_one())

    async with gated_sites() as sites:
        settings = with_settings(
            database_url, tmp_path, fetch={"robots": False, "connect_to": sites.connect_to}
        )
        async with open_runtime(settings, kind="serve") as runtime:
            await eventually(finished)
            async with database.get_background_session() as connection:
                (worker,) = await list_workers(connection, within=60)
            assert (worker.id, worker.kind) == (runtime.worker_id, "serve")
            state = runtime.engine_state()
            assert state is not None
            assert (state.completed, state.errors_by_kind) == (2, {"invalid_domain": 1})
            assert (await runtime.next_pass_in() or 0) > 0
            assert (await runtime.run_pass()).did["remained"]["completed"] == 2
    async with database.get_background_session() as connection:
        assert await list_workers(connection, within=60) == []
        assert await statuses(connection, batch_id) == {"completed": 2, "error": 1}


async def test_a_batch_answered_just_before_the_end_is_finished_on_the_way_out(
    database: Database, settings: Settings
) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["one-site.com"])
        (given,) = await claim(connection, limit=1)
    leaving = open_runtime(settings, kind="scan", with_engine=False, with_scheduler=False)
    async with leaving, database.get_background_session() as connection:
        await finish_domains(connection, answers=[completed(given)])
    async with database.get_background_session() as connection:
        assert (await batch_row(connection, batch_id))["finished_at"] is not None


async def test_a_runtime_without_engine_and_scheduler_still_runs_passes(settings: Settings) -> None:
    async with open_runtime(settings, kind="work", with_engine=False, with_scheduler=False) as runtime:
        runtime.wake()
        await runtime.stop_engine(0)
        assert runtime.engine_state() is None
        assert await runtime.next_pass_in() is None
        assert (await runtime.run_pass(limit=5)).error is None


async def test_only_a_service_runs_scheduled_passes(settings: Settings) -> None:
    async with open_runtime(settings, kind="work", with_engine=False) as runtime:
        assert runtime.scheduler is not None
        assert await runtime.next_pass_in() is None


async def test_a_scheduler_that_is_switched_off_does_not_run(database_url: str, tmp_path: Path) -> None:
    settings = with_settings(database_url, tmp_path, scheduler={"enabled": False})
    async with open_runtime(settings, kind="serve", with_engine=False) as runtime:
        assert runtime.scheduler is None


@pytest.mark.parametrize(
    "wrong",
    [{"processor": "no.such:thing"}, {"technologies": {"fingerprints": "/no/such/file"}}],
    ids=["processor", "fingerprints"],
)
async def test_a_setting_that_cannot_work_is_said_at_the_start(
    database: Database, database_url: str, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match="no"):
        async with open_runtime(with_settings(database_url, tmp_path, **wrong), kind="work"):
            pass
    async with database.get_background_session() as connection:
        assert await list_workers(connection, within=60) == []


async def test_an_unreachable_database_is_said_at_the_start(database_url: str, tmp_path: Path) -> None:
    async with cuttable_line(database_url) as (line, url):
        await line.cut()
        with pytest.raises(DatabaseUnavailableError):
            async with open_database(with_settings(url, tmp_path)):
                pass
