"""What every test can ask for: a database of its own on a real Postgres, and an environment without settings.

`database_url` is a fresh clone of a migrated template, `database` is opened on it; both end with the test.
Not here: how the server is run (support/postgres.py).
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate
from domain_scheduler.settings import DatabaseSettings
from tests.support.pgbouncer import Pooler, running_pooler
from tests.support.postgres import TestServer, running_server
from tests.support.processes import quick_folder

# how long one example takes says nothing on a busy machine
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches a test."""
    for name in list(os.environ):
        if name.startswith("DOMAIN_SCHEDULER_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[TestServer]:
    """The Postgres of this test session."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def template_database(postgres_server: TestServer) -> Iterator[str]:
    """The name of a migrated database that nobody is connected to, to be cloned."""
    with postgres_server.database("template") as name:
        asyncio.run(_migrate(postgres_server.url_of(name)))
        yield name


async def _migrate(url: str) -> None:
    opened = Database(url, DatabaseSettings())
    try:
        await migrate(opened)
    finally:
        await opened.close()


@pytest.fixture
def database_url(postgres_server: TestServer, template_database: str) -> Iterator[str]:
    """The URL of a migrated, otherwise empty database for this test alone."""
    with postgres_server.database("test", template=template_database) as name:
        yield postgres_server.url_of(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """This test's database, opened; closed after the test."""
    opened = Database(database_url, DatabaseSettings())
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def pooler(postgres_server: TestServer) -> Iterator[Pooler]:
    """A PgBouncer in transaction mode in front of the test server, three server connections a database."""
    with running_pooler(postgres_server.url) as running:
        yield running


@pytest.fixture
def pooled_url(pooler: Pooler, database_url: str) -> str:
    """This test's database, reached through the pooler."""
    return pooler.url_of(database_url)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory that every user can enter: as root, an embedded Postgres needs one."""
    folder = quick_folder("data")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
