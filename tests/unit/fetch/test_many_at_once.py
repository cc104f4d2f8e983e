"""Two thousand hostile sites among two thousand good ones: the good ones do not suffer."""

import asyncio
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvloop

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from tests.support.hostile_process import hostile_process
from tests.unit.fetch.conftest import quick_settings
from tests.unit.fetch.test_hostile_sites import MISBEHAVIOURS, STILL_PAGES

COUNT = 2_000
HOSTILE = [name for name, *_ in MISBEHAVIOURS] + [name for name, cut in STILL_PAGES if cut is not None]


@dataclass(frozen=True)
class Took:
    """Until the last site was answered: seconds by the wall, and of this process's CPU."""

    wall: float
    cpu: float


async def fetch_good(fetcher: Fetcher) -> Took:
    """Fetches all good sites at once; every one must give its page."""

    async def fetch(number: int) -> ErrorKind | None:
        return (await fetcher.fetch(normalize_domain(f"good{number}.example.com"))).error_kind

    wall, cpu = time.monotonic(), time.process_time()
    assert set(await asyncio.gather(*map(fetch, range(COUNT)))) == {None}
    return Took(time.monotonic() - wall, time.process_time() - cpu)


async def fetch_hostile(fetcher: Fetcher) -> None:
    """Fetches as many hostile sites at once, over plain http, where their tricks are the whole cost."""

    async def fetch(number: int) -> None:
        await fetcher.fetch_page(f"http://{HOSTILE[number % len(HOSTILE)]}.n{number}.example.com/")

    await asyncio.gather(*map(fetch, range(COUNT)))


PATIENT = {
    "connect_timeout": 60,
    "tls_timeout": 60,
    "first_byte_timeout": 20,
    "idle_timeout": 10,
    "response_timeout": 20,
    "budget": 200,
}
"""So that a slow machine changes no kind; what counts is how the two times compare."""


async def alone_and_among(folder: Path) -> tuple[Took, Took]:
    """The good sites alone, and among as many hostile ones."""
    async with hostile_process(folder) as server:
        settings = quick_settings(server, **PATIENT)
        async with Fetcher(settings) as fetcher:
            alone = await fetch_good(fetcher)
        async with Fetcher(settings) as fetcher:
            among, _ = await asyncio.gather(fetch_good(fetcher), fetch_hostile(fetcher))
    return alone, among


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_good_sites_are_answered_among_hostile_ones(tmp_path: Path) -> None:
    """Not later than twice their time alone, by the clock that a busy machine does not move: CPU."""
    alone, among = uvloop.run(alone_and_among(tmp_path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report = f"{COUNT} good sites alone {alone}, among {COUNT} hostile {among}, {peak} MiB"
    print(report)  # noqa: T201 - shown with -s
    assert among.cpu < 2 * alone.cpu, report
    assert among.wall < 4 * alone.wall + 10, report
    assert peak < 1_500, report
