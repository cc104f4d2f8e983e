"""Engines over a test's database and a scripted scan, impatient enough for tests.

Not here: whole processes (worker_process.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from domain_scheduler.db.database import Database
from domain_scheduler.engine.engine import Engine, Scan
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.metrics import Metrics

IMPATIENT: dict[str, Any] = {"poll_interval": 0.05, "flush_interval": 0.01, "flush_rows": 50}


def impatient_settings(**groups: Any) -> Settings:
    """Settings whose engine polls and flushes at once; `groups` are groups of settings or plain ones."""
    return Settings(**{"engine": IMPATIENT, **groups})


@asynccontextmanager
async def running_engine(
    database: Database, scan: Scan, *, settings: Settings | None = None, **options: Any
) -> AsyncIterator[Engine]:
    """A started engine; stopped at once at the end unless the test has stopped it."""
    engine = Engine(
        database,
        scan,
        settings=settings or impatient_settings(),
        **{"worker_id": uuid4(), "metrics": Metrics(), **options},
    )
    engine.start()
    try:
        yield engine
    finally:
        await engine.stop(0)
