"""A long run of the fetcher: memory and descriptors must stay flat however many domains it has seen.

    python -m bench.fetch_soak              # 200,000 domains
    python -m bench.fetch_soak --sites 20000

Every domain is a name of its own, looked up in a DNS stub (A, AAAA, NS, MX) that spreads them over 60
addresses of loopback; every tenth does not exist. The others have a page of 50 KB behind TLS, with a
certificate that is not valid for them, so that each is asked twice. Every cache and every counter of the
fetcher turns over. Every twentieth of the way prints a row; the last line says how much memory grew.
TIME_WAIT counts sockets of the fetcher's side (Linux).
Not here: what one fetch costs (fetch.py).
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zlib import crc32

import psutil
import uvloop
from tests.support.dns_stub import dns_stub
from tests.support.time_wait import left_by_clients_of

from bench.fetch_server import Server, address, server
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings

ADDRESSES = 60
AT_ONCE = 200
ROWS = 20
PATIENCE = 120.0


class _EveryName(dict[str, Any]):
    """The table of the stub: every name has an address, except every tenth, which does not exist."""

    def get(self, key: str, default: Any = None) -> Any:
        number = crc32(key.encode())
        if number % 10 == 0 or key.startswith("*"):
            return default
        return [f"A {address(number % ADDRESSES)}", "NS ns1.example.net", "MX 10 mail.example.net"]


async def _answer_questions() -> None:
    async with dns_stub({}) as stub:
        stub.table = _EveryName()
        print(stub.address, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def _dns_process() -> Iterator[str]:
    command = [sys.executable, "-m", "bench.fetch_soak", "--dns"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def _settings(web: Server, resolver: str) -> FetchSettings:
    return FetchSettings(
        connect_to=(f":443::{web.https}", f":80::{web.http}"),
        resolvers=(resolver,),
        allow_networks=(ip_network("127.0.0.0/8"),),
        address_connections=AT_ONCE,
        address_rate=1e6,
        group_rate=1e6,
        connect_timeout=PATIENCE,
        tls_timeout=PATIENCE,
        first_byte_timeout=PATIENCE,
        budget=PATIENCE,
    )


async def soak(sites: int, web: Server, resolver: str) -> None:
    """Fetch `sites` names and print how the process fares."""
    rows = _Rows(web, every=sites // ROWS)
    numbers = iter(range(sites))
    async with Fetcher(_settings(web, resolver)) as fetcher:

        async def work() -> None:
            for number in numbers:
                fetched = await fetcher.fetch(normalize_domain(f"site{number}.com"))
                rows.answered(str(fetched.error_kind))

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    print(dict(rows.answers))
    print(f"memory after a tenth {rows.memory[1]:.0f} MiB, at the end {rows.memory[-1]:.0f} MiB")


class _Rows:
    """Prints a row of the table after every so many answers."""

    def __init__(self, web: Server, *, every: int) -> None:
        self.answers = Counter[str]()
        self.memory: list[float] = []
        self._ports = (web.http, web.https)
        self._every = every
        self._process = psutil.Process()
        self._started = time.monotonic()
        print("| fetched | sites/s | MiB | descriptors | threads | TIME_WAIT |\n|---|---|---|---|---|---|")

    def answered(self, kind: str) -> None:
        self.answers[kind] += 1
        if self.answers.total() % self._every == 0:
            self._print_row()

    def _print_row(self) -> None:
        rate = self._every / (time.monotonic() - self._started)
        self._started = time.monotonic()
        self.memory.append(self._process.memory_info().rss / 1024**2)
        facts = (
            f"{self.answers.total():,}",
            f"{rate:.0f}",
            f"{self.memory[-1]:.0f}",
            self._process.num_fds(),
            self._process.num_threads(),
            left_by_clients_of(self._ports),
        )
        print("|", " | ".join(map(str, facts)), "|", flush=True)


def main() -> None:
    """Start the server and the stub, and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=200_000)
    parser.add_argument("--dns", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.dns:
        uvloop.run(_answer_questions())
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder), addresses=ADDRESSES) as web,
        _dns_process() as resolver,
    ):
        uvloop.run(soak(arguments.sites, web, resolver))


if __name__ == "__main__":
    main()
