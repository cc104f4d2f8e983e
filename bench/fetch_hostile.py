"""What a hostile site costs: CPU milliseconds of the fetcher for each way to misbehave, dearest first.

    python -m bench.fetch_hostile
    python -m bench.fetch_hostile --scheme http --behaviour gzipbomb --behaviour calm

Every number is the smallest of three rounds of 40 sites at once, for robots.txt and page; `calm` is a good
page of 50 KB, for comparison. The server is a process of its own.
Not here: good sites among hostile ones (tests/unit/fetch/test_many_at_once.py), good sites alone (fetch.py).
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import uvloop
from tests.support.behaviours import BEHAVIOURS
from tests.support.hostile_process import hostile_process
from tests.support.hostile_server import WRONG_CERTIFICATES, HostileServer

from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings

ROUNDS = 3
SITES = 40
NAMED_BY_A_LABEL = {"coded", "status"}
"""Behaviours that need a host of a special form."""


def _settings(server: HostileServer) -> FetchSettings:
    return FetchSettings(
        connect_to=server.connect_to,
        ca_file=server.ca_file,
        connect_timeout=60,
        tls_timeout=60,
        first_byte_timeout=3,
        idle_timeout=2,
        response_timeout=6,
    )


async def _cost(server: HostileServer, scheme: str, behaviour: str, number: int) -> float:
    """CPU milliseconds a site, of one round."""
    async with Fetcher(_settings(server)) as fetcher:
        await fetcher.fetch_page(f"{scheme}://warm{number}.example.com/")
        started = time.process_time()
        urls = (f"{scheme}://{behaviour}{number}x{site}.example.com/" for site in range(SITES))
        await asyncio.gather(*map(fetcher.fetch_page, urls))
        return (time.process_time() - started) / SITES * 1000


async def run(scheme: str, behaviours: list[str]) -> None:
    """Measures all, and prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with hostile_process(Path(folder)) as server:
            costs = {
                behaviour: min([await _cost(server, scheme, behaviour, number) for number in range(ROUNDS)])
                for behaviour in behaviours
            }
    print(f"| {scheme} | CPU ms |\n|---|---|")
    for behaviour in sorted(costs, key=lambda each: -costs[each]):
        print(f"| {behaviour} | {costs[behaviour]:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scheme", choices=["http", "https"], default="https")
    parser.add_argument("--behaviour", action="append")
    arguments = parser.parse_args()
    wrong = WRONG_CERTIFICATES if arguments.scheme == "https" else ()
    uvloop.run(
        run(arguments.scheme, arguments.behaviour or [*sorted(BEHAVIOURS.keys() - NAMED_BY_A_LABEL), *wrong])
    )
