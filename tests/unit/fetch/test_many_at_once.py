"""Two thousand hostile sites among two thousand good ones: the good ones do not suffer.

Good sites are as sites are: a page of 50 KB, two seconds after it was asked for. They and the hostile ones
are served by a process each, for in the world they are other machines: what a hostile server does to itself
must not slow the good one. Good and hostile ones are asked for in turn, and the collector is told what the
service tells it. Time is the wall's, until the last good site is answered; the shortest of several rounds
counts, since other work on the machine only ever makes one longer.
`pytest -s -m slow tests/unit/fetch` tells the figures.
"""

import asyncio
import gc
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvloop
from bench.fetch_server import Server, server

from domain_scheduler.core.collector import spare_what_is_loaded
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings
from tests.support.hostile_process import hostile_process
from tests.support.hostile_server import WRONG_CERTIFICATES, HostileServer
from tests.unit.fetch.test_hostile_sites import MISBEHAVIOURS, STILL_PAGES

COUNT = 2_000
THINKING = 2.0
"""Seconds in which a good site makes its page."""
AT_MOST = 2.0
"""Times as long as alone."""
ROUNDS = 3
PORTS = {"http": 8080, "https": 8443}
"""Of the good sites; the usual ones are the hostile sites'."""
PATIENT = {
    "connect_timeout": 60,
    "tls_timeout": 60,
    "first_byte_timeout": 20,
    "idle_timeout": 10,
    "response_timeout": 20,
    "budget": 200,
}
"""So that a slow machine changes no kind; what counts is how the two times compare."""

Kinds = dict[str, ErrorKind | None]
HOSTILE: Kinds = {name: kind for name, kind, _ in MISBEHAVIOURS} | {
    name: None for name, cut in STILL_PAGES if cut is not None
}
"""Behaviour -> how its fetch ends."""
HOSTILE_OVER: dict[str, Kinds] = {
    "http": HOSTILE,
    "https": HOSTILE | dict.fromkeys(WRONG_CERTIFICATES),
}


@dataclass(frozen=True)
class Took:
    """Until the last site was answered: seconds by the wall, and of this process's CPU."""

    wall: float
    cpu: float

    def __repr__(self) -> str:
        return f"{self.wall:.2f} (CPU {self.cpu:.2f})"

    def over(self, other: "Took") -> "Took":
        """How many times as long as the other."""
        return Took(self.wall / other.wall, self.cpu / other.cpu)


@dataclass(frozen=True)
class Measured:
    """What the rounds took."""

    alone: list[Took] = field(default_factory=list)
    among: list[Took] = field(default_factory=list)
    otherwise: Counter[tuple[str, ErrorKind | None]] = field(default_factory=Counter)
    """Hostile sites that did not end as they should."""

    @property
    def ratio(self) -> Took:
        """How many times as long the shortest round among hostile sites took as the shortest alone."""
        return _shortest(self.among).over(_shortest(self.alone))

    def __str__(self) -> str:
        return f"ratio {self.ratio}, alone {self.alone}, among {self.among}, otherwise {self.otherwise}"


def _shortest(rounds: list[Took]) -> Took:
    return Took(min(took.wall for took in rounds), min(took.cpu for took in rounds))


async def fetch_good(fetcher: Fetcher, scheme: str, number: int) -> None:
    """Fetches a good site, which must give its page."""
    found = await fetcher.fetch_page(f"{scheme}://site{number}.example.com:{PORTS[scheme]}/")
    assert found.error_kind is None, found.error_message


async def fetch_hostile(fetcher: Fetcher, scheme: str, number: int) -> tuple[str, ErrorKind | None] | None:
    """Fetches a hostile site; tells if it ended otherwise than it should."""
    kinds = list(HOSTILE_OVER[scheme].items())
    name, kind = kinds[number % len(kinds)]
    found = (await fetcher.fetch_page(f"{scheme}://{name}.n{number}.example.com/")).error_kind
    return None if found is kind else (name, found)


async def fetch_all(settings: FetchSettings, scheme: str, *, hostile: bool, found: Measured) -> None:
    """All good sites at once, alone or in turn with as many hostile ones."""
    good, bad = list[asyncio.Task[None]](), list[asyncio.Task[tuple[str, ErrorKind | None] | None]]()
    async with Fetcher(settings) as fetcher, asyncio.TaskGroup() as group:
        wall, cpu = time.monotonic(), time.process_time()
        for number in range(COUNT):
            if hostile:
                bad.append(group.create_task(fetch_hostile(fetcher, scheme, number)))
            good.append(group.create_task(fetch_good(fetcher, scheme, number)))
        await asyncio.gather(*good)
        took = Took(time.monotonic() - wall, time.process_time() - cpu)
        (found.among if hostile else found.alone).append(took)
    found.otherwise.update(filter(None, (each.result() for each in bad)))


def settings(good: Server, hostile: HostileServer) -> FetchSettings:
    """Leads each site to its server, whose authority is trusted."""
    both = good.ca_file.with_name("both.pem")
    both.write_bytes(good.ca_file.read_bytes() + hostile.ca_file.read_bytes())
    to_good = (f":{PORTS['http']}:127.0.0.1:{good.http}", f":{PORTS['https']}:127.0.0.1:{good.https}")
    return FetchSettings(connect_to=(*to_good, *hostile.connect_to), ca_file=both, **PATIENT)


async def rounds(settings: FetchSettings, scheme: str) -> Measured:
    """The good sites alone, and among as many hostile ones, until one round is good enough."""
    found = Measured()
    while len(found.alone) < ROUNDS and not (found.alone and found.ratio.wall <= AT_MOST):
        await fetch_all(settings, scheme, hostile=False, found=found)
        await fetch_all(settings, scheme, hostile=True, found=found)
    return found


@contextmanager
def collecting_as_the_service_does() -> Iterator[None]:
    """What is loaded is spared (cli/running.py), here until the end of the block."""
    before = gc.get_threshold()
    spare_what_is_loaded()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_good_sites_take_at_most_twice_their_time_among_hostile_ones(tmp_path: Path, scheme: str) -> None:
    async def run(good: Server) -> Measured:
        async with hostile_process(tmp_path) as hostile:
            return await rounds(settings(good, hostile), scheme)

    (tmp_path / "good").mkdir()
    with server(tmp_path / "good", delay=THINKING) as good, collecting_as_the_service_does():
        found = uvloop.run(run(good))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report = f"{COUNT} good sites over {scheme} among {COUNT} hostile, {peak} MiB: {found}"
    print(report)  # noqa: T201 - shown with -s
    assert found.ratio.wall <= AT_MOST, report
    assert not found.otherwise, report
    assert peak < 2_000, report
