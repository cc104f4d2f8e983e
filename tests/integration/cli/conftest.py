"""A way into the database for tests without an event loop of their own: the verbs bring theirs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.settings import DatabaseSettings

Work = Callable[[AsyncConnection], Awaitable[Any]]


@pytest.fixture
def on_database(database_url: str) -> Callable[[Work], Any]:
    """Does work in one transaction on this test's database."""

    async def do(work: Work) -> Any:
        database = Database(database_url, DatabaseSettings())
        try:
            async with database.get_background_session() as connection:
                return await work(connection)
        finally:
            await database.close()

    return lambda work: asyncio.run(do(work))
