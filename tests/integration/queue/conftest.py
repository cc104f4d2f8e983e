"""One transaction for tests in which a single process does everything; races open their own sessions."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    """An open transaction, committed if the test succeeds."""
    async with database.get_background_session() as opened:
        yield opened
