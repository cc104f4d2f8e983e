"""An embedded Postgres of this process, for tests that need no second one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain_scheduler.db.postgres import EmbeddedPostgres, open_postgres


@pytest.fixture
async def postgres(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    """An open embedded Postgres in a new data directory; closed after the test."""
    opened = await open_postgres(data_dir, grace_seconds=2)
    yield opened
    await opened.close()
