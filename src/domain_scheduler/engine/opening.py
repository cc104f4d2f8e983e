"""Puts an engine together from settings: fetcher, extractor processes, scanner, processor; and takes it down.

Not here: the database and the rest of the service (runtime.py).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from domain_scheduler.db.addresses import addresses_of
from domain_scheduler.db.database import Database
from domain_scheduler.engine.engine import Engine
from domain_scheduler.engine.extractor_pool import ExtractorPool
from domain_scheduler.engine.extractor_process import Program
from domain_scheduler.engine.processor import ProcessorHook, load_processor
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.scanner import Scanner
from domain_scheduler.scan.technologies.left_aside import tell_what_is_left_aside
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.metrics import Metrics

_WORKER: Final = "domain_scheduler.scan.extract.worker"
_MARGIN: Final = 5.0
"""Seconds of a scan beside its fetch and extraction."""


@asynccontextmanager
async def open_engine(
    database: Database,
    *,
    settings: Settings,
    worker_id: UUID,
    metrics: Metrics,
    continuous: bool = True,
    batch_id: int | None = None,
) -> AsyncIterator[Engine]:
    """A started engine, stopped with the settings' grace at the end of the block.

    Raises SettingsError for a processor, technology data or fetch setting that cannot be used.
    """
    processor = hook_from(settings)
    if settings.technologies.fingerprints is not None:
        await asyncio.to_thread(tell_what_is_left_aside, settings.technologies.fingerprints)
    async with (
        Fetcher(settings.fetch, denied_addresses=await addresses_of(database.engine.url)) as fetcher,
        ExtractorPool(
            program_from(settings),
            processes=settings.engine.extract_processes,
            timeout=settings.extract.timeout,
            metrics=metrics,
        ) as extractors,
    ):
        budget = settings.fetch.budget + settings.extract.timeout + _MARGIN
        engine = Engine(
            database,
            Scanner(fetcher, extractors.extract, budget=budget).scan,
            settings=settings,
            worker_id=worker_id,
            metrics=metrics,
            processor=processor,
            reading=extractors,
            continuous=continuous,
            batch_id=batch_id,
        )
        engine.start()
        try:
            yield engine
        finally:
            await engine.stop(settings.engine.grace)


def hook_from(settings: Settings) -> ProcessorHook | None:
    """The processor of the settings; raises SettingsError if it cannot be loaded."""
    if settings.processor is None:
        return None
    return ProcessorHook(load_processor(settings.processor), timeout=settings.processor_timeout)


def program_from(settings: Settings) -> Program:
    """What an extractor process runs."""
    return Program(
        initialise=f"{_WORKER}:initialise_extractor",
        arguments=(
            settings.technologies.fingerprints,
            settings.data_dir / "cache",
            settings.extract.max_bytes,
        ),
        extract=f"{_WORKER}:extract_in_worker",
    )
