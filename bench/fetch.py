"""What fetching costs: CPU per site and sites per second, against a bare loop over the same client.

    python -m bench.fetch

Both ask every site for its robots.txt and its front page, on uvloop, 200 sites at a time: the bare loop over
two connections, ours over one where it may (line.py). The bare loop is aiohttp with nothing around it: no
guard, bounds, robots rules, politeness or report. Every run is a process of its own; runs alternate, and the
table has their medians. The last rows hold 2,000 sites in flight at once, against a server that takes two
seconds for each page.
Not here: the server (fetch_server.py), a long run (fetch_soak.py).
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp.abc import AbstractResolver, ResolveResult

from bench.fetch_server import Server, server
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.tls import make_contexts
from domain_scheduler.settings import FetchSettings

SITES = {"http": 4_000, "https": 2_000}
AT_ONCE = 200
RUNS = 3
CROWD = 2_000
CROWD_DELAY = 2.0
PATIENCE = 120.0
"""Seconds; a machine that shares its cores is slow, the sites are not."""

Ask = Callable[[int], Awaitable[None]]


class Loopback(AbstractResolver):
    """Every name is this host."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=2, proto=0, flags=4)]

    async def close(self) -> None:
        return None


async def bare(scheme: str, port: int, ca_file: Path, sites: int, at_once: int) -> dict[str, float]:
    """The bare loop."""
    context = make_contexts(ca_file).verified
    connector = aiohttp.TCPConnector(
        resolver=Loopback(), limit=0, force_close=True, ssl=context, use_dns_cache=False
    )
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def ask(number: int) -> None:
            for target, status in (("/robots.txt", 404), ("/", 200)):
                url = f"{scheme}://site{number}.example.com:{port}{target}"
                async with session.get(url, allow_redirects=False) as response:
                    await response.read()
                    assert response.status == status

        return await _measured(ask, sites, at_once)


async def ours(scheme: str, port: int, ca_file: Path, sites: int, at_once: int) -> dict[str, float]:
    """The Fetcher."""
    settings = FetchSettings(
        connect_to=(f"::127.0.0.1:{port}",),
        ca_file=ca_file,
        connect_timeout=PATIENCE,
        tls_timeout=PATIENCE,
        first_byte_timeout=PATIENCE,
        budget=PATIENCE,
    )
    async with Fetcher(settings) as fetcher:

        async def ask(number: int) -> None:
            name = normalize_domain(f"site{number}.example.com")
            if scheme == "https":
                fetched = await fetcher.fetch(name)
            else:  # without the https door that would be tried first
                fetched = await fetcher.fetch_page(f"http://{name.ascii}/")
            assert fetched.error_kind is None, fetched.error_message
            assert fetched.details["body_bytes"] > 40_000

        return await _measured(ask, sites, at_once)


async def _measured(ask: Ask, sites: int, at_once: int) -> dict[str, float]:
    gate = asyncio.Semaphore(at_once)

    async def through_gate(number: int) -> None:
        async with gate:
            await ask(number)

    await asyncio.gather(*(ask(number) for number in range(20)))
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(through_gate(number) for number in range(sites)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_ms": cpu / sites * 1000, "per_second": sites / wall, "peak_mib": peak}


def _in_a_process(mode: str, scheme: str, at: Server, sites: int, at_once: int) -> dict[str, float]:
    port = at.https if scheme == "https" else at.http
    command = [sys.executable, "-m", "bench.fetch", "--child", mode, scheme, str(port), str(at.ca_file)]
    done = subprocess.run([*command, str(sites), str(at_once)], check=True, stdout=subprocess.PIPE)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _medians(results: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def main() -> None:
    """Run everything and print the table."""
    print("| sites | | CPU ms per site | of bare | sites/s | peak MiB |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as quick:
        for scheme, sites in SITES.items():
            runs: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
            for _ in range(RUNS):
                for mode, results in runs.items():
                    results.append(_in_a_process(mode, scheme, quick, sites, AT_ONCE))
            base = _medians(runs["bare"])
            for mode, results in runs.items():
                _print_row(f"{sites:,} {scheme}", mode, _medians(results), base)
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), delay=CROWD_DELAY) as slow:
        for scheme in SITES:
            base = _in_a_process("bare", scheme, slow, CROWD, CROWD)
            _print_row(f"{CROWD:,} {scheme} in flight", "bare", base, base)
            _print_row(
                f"{CROWD:,} {scheme} in flight",
                "ours",
                _in_a_process("ours", scheme, slow, CROWD, CROWD),
                base,
            )


def _print_row(what: str, mode: str, result: dict[str, float], base: dict[str, float]) -> None:
    ratio = result["cpu_ms"] / base["cpu_ms"]
    print(
        f"| {what} | {mode} | {result['cpu_ms']:.2f} | {ratio:.2f} x "
        f"| {result['per_second']:.0f} | {result['peak_mib']:.0f} |",
        flush=True,
    )


def _child(arguments: list[Any]) -> None:
    mode, scheme, port, ca_file, sites, at_once = arguments
    run = {"bare": bare, "ours": ours}[mode]
    print(json.dumps(uvloop.run(run(scheme, int(port), Path(ca_file), int(sites), int(at_once)))))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", nargs=6, help=argparse.SUPPRESS)
    child = parser.parse_args().child
    if child:
        _child(child)
    else:
        main()
