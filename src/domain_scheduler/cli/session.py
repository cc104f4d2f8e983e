"""One short session for a verb that needs no more.

Not here: the database itself (runtime.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.opening import open_database
from domain_scheduler.settings import Settings


@asynccontextmanager
async def session_on(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """One transaction on the database of the settings, which is opened for it alone."""
    async with open_database(settings) as database, database.get_background_session() as connection:
        yield connection
