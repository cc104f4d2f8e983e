"""Two thousand hostile sites among two thousand good ones: the good ones do not suffer."""

import asyncio
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import uvloop

from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from tests.support.hostile_process import hostile_process
from tests.unit.fetch.conftest import quick_settings
from tests.unit.fetch.test_hostile_sites import MISBEHAVIOURS, STILL_PAGES

COUNT = 2_000
HOSTILE = [name for name, *_ in MISBEHAVIOURS] + [name for name, cut in STILL_PAGES if cut is not None]


async def fetch_all(fetcher: Fetcher, names: Sequence[str]) -> tuple[float, int]:
    """Fetches all names at once; seconds until the last is answered, and how many gave a page."""

    async def is_page(name: str) -> bool:
        return (await fetcher.fetch(normalize_domain(name))).error_kind is None

    started = time.monotonic()
    pages = await asyncio.gather(*map(is_page, names))
    return time.monotonic() - started, sum(pages)


PATIENT = {
    "connect_timeout": 60,
    "tls_timeout": 60,
    "first_byte_timeout": 20,
    "idle_timeout": 10,
    "response_timeout": 20,
    "budget": 200,
}
"""So that a slow machine changes no kind; what counts is how the two times compare."""


async def alone_and_among(folder: Path) -> tuple[float, float]:
    """Seconds for the good sites alone, and among as many hostile ones; all of them must give their page."""
    good = [f"good{number}.example.com" for number in range(COUNT)]
    hostile = [f"{HOSTILE[number % len(HOSTILE)]}.n{number}.example.com" for number in range(COUNT)]
    async with hostile_process(folder) as server:
        settings = quick_settings(server, **PATIENT)
        async with Fetcher(settings) as fetcher:
            alone, pages = await fetch_all(fetcher, good)
            assert pages == COUNT
        async with Fetcher(settings) as fetcher:
            (among, pages), _ = await asyncio.gather(fetch_all(fetcher, good), fetch_all(fetcher, hostile))
            assert pages == COUNT
    return alone, among


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_good_sites_are_answered_among_hostile_ones(tmp_path: Path) -> None:
    alone, among = uvloop.run(alone_and_among(tmp_path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report = f"{COUNT} good sites alone {alone:.1f} s, among {COUNT} hostile {among:.1f} s, {peak} MiB"
    print(report)  # noqa: T201 - shown with -s
    assert among < 2 * alone + 2, report
    assert peak < 1_500, report
