"""What a page costs from the request to the report: ours beside a bare stack, Scrapy and Crawlee.

    python -m bench.whole_page                    # peers that are installed here
    python -m bench.whole_page --peers PYTHON     # peers that are installed for another interpreter

A local https server hands out front pages of the corpus of 40 to 60 KB, each to a site of its own,
compressed; it keeps connections open for who uses them twice (ours, from robots.txt to the page). Peers read
the title and nothing else. Ours is the whole scan but the database: guarded fetch, every field, technologies
(the built-in rules, then the large set too), in extractor processes whose CPU counts, the collector set as in
a service. All obey robots.txt; Scrapy, Crawlee and the bare stack also run without. Each run is a process of
its own, the runs alternate, and the table has their medians.
Not here: fetching alone (fetch.py), reading by step (extract.py), the database (scan.py).
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import psutil
import uvloop
from tests.support.corpus_sites import corpus_homepages
from tests.support.fingerprints import large_set
from turbohtml import parse

from bench.fetch import Loopback
from bench.fetch_server import Server, server
from bench.processes import usage_below, usage_of
from domain_scheduler.core.collector import spare_what_is_loaded
from domain_scheduler.engine.extractor_pool import ExtractorPool
from domain_scheduler.engine.opening import program_from
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.tls import make_contexts
from domain_scheduler.scan.scanner import Scanner
from domain_scheduler.settings import ExtractSettings, FetchSettings, Settings, TechnologiesSettings
from domain_scheduler.telemetry.metrics import Metrics

SITES: Final = 1_000
AT_ONCE: Final = 100
RUNS: Final = 3
WARM_UP: Final = 200
SMALLEST, LARGEST = 40_000, 60_000
PATIENCE: Final = 60.0
"""Seconds; a machine that shares its cores is slow, the sites are not."""
PEERS: Final = {"scrapy": "Scrapy", "crawlee": "Crawlee ParselCrawler"}

Ask = Callable[[int], Awaitable[None]]


async def bare(at: Server, *, robots: bool) -> float:
    """aiohttp on uvloop and turbohtml, with nothing around them: the title."""
    connector = aiohttp.TCPConnector(
        resolver=Loopback(),
        limit=0,
        force_close=True,
        ssl=make_contexts(at.ca_file).verified,
        use_dns_cache=False,
    )
    titles: list[str] = []
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def ask(number: int) -> None:
            site = f"https://site{number}.example.com:{at.https}"
            if robots:
                async with session.get(f"{site}/robots.txt") as response:
                    await response.read()
            async with session.get(f"{site}/") as response:
                title = parse(await response.text(errors="replace")).find("title")
            titles.append(title.text if title is not None else "")

        return await _measured(ask)


async def ours(at: Server, *, large: bool, cache: Path) -> float:
    """Fetcher, extractor processes, scanner: what the engine runs for a domain."""
    settings = Settings(
        data_dir=cache,
        technologies=TechnologiesSettings(fingerprints=large_set() if large else None),
        extract=ExtractSettings(timeout=PATIENCE),
        fetch=FetchSettings(
            connect_to=(f"::127.0.0.1:{at.https}",),
            ca_file=at.ca_file,
            connect_timeout=PATIENCE,
            tls_timeout=PATIENCE,
            first_byte_timeout=PATIENCE,
            budget=PATIENCE,
        ),
    )
    async with (
        Fetcher(settings.fetch) as fetcher,
        ExtractorPool(
            program_from(settings), processes=2, timeout=PATIENCE, metrics=Metrics(), max_pages=10 * SITES
        ) as extractors,
    ):
        scanner = Scanner(fetcher, extractors.extract, budget=2 * PATIENCE)
        spare_what_is_loaded()

        async def ask(number: int) -> None:
            outcome = await scanner.scan(f"site{number}.example.com")
            assert outcome.page is not None, outcome.error_message

        return await _measured(ask)


async def _measured(ask: Ask) -> float:
    """CPU milliseconds a page of this process and its children, after a warm-up."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def through_gate(number: int) -> None:
        async with gate:
            await ask(number)

    await asyncio.gather(*(through_gate(number) for number in range(WARM_UP)))
    before = _cpu()
    await asyncio.gather(*(through_gate(WARM_UP + number) for number in range(SITES)))
    return (_cpu() - before) / SITES * 1000


def _cpu() -> float:
    me = psutil.Process()
    return (usage_of(me) + usage_below(me)).cpu


def save_pages(folder: Path) -> int:
    """The corpus' front pages of the wanted size as files; gives how many."""
    folder.mkdir()
    sites = (site for site in corpus_homepages() if site.status == 200)
    sized = [page for site in sites if SMALLEST <= len(page := site.page()) <= LARGEST]
    for number, page in enumerate(sized):
        (folder / f"{number:03}.html").write_bytes(page)
    return len(sized)


def commands(at: Server, cache: Path, peers: str) -> dict[str, list[str]]:
    """What is run, by its name in the table."""
    ours_here = [sys.executable, "-m", "bench.whole_page", "--cache", str(cache), "--server"]
    ours_here += [json.dumps([at.http, at.https, str(at.ca_file), at.pid]), "--child"]
    runs = {
        "bare stack, title": [*ours_here, "bare"],
        "bare stack, title, no robots.txt": [*ours_here, "bare-without-robots"],
        "ours, everything": [*ours_here, "ours"],
        "ours, everything, 7,586 technologies more": [*ours_here, "ours-large"],
    }
    for module, name in PEERS.items():
        if subprocess.run([peers, "-c", f"import {module}"], capture_output=True, check=False).returncode:
            print(f"{name} is not installed for {peers} (pip install scrapy 'crawlee[parsel]'): left out")
            continue
        for robots, suffix in (("1", ""), ("0", ", no robots.txt")):
            command = [peers, "-m", "bench.peer_crawlers", module, str(at.https), str(SITES), str(AT_ONCE)]
            runs[f"{name}, title{suffix}"] = [*command, robots]
    return runs


def main() -> None:
    """Run everything in turn and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", default=sys.executable, help="interpreter that has Scrapy and Crawlee")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--server", help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        http, https, ca_file, pid = json.loads(options.server)
        _child(options.child, Server(http, https, Path(ca_file), pid), options.cache)
        return
    with tempfile.TemporaryDirectory() as place:
        pages = Path(place) / "pages"
        count = save_pages(pages)
        print(f"{count} front pages of {SMALLEST // 1000} to {LARGEST // 1000} KB, {SITES:,} sites a run")
        with server(Path(place), pages=pages) as at:
            _print(_run_all(commands(at, Path(place) / "data", options.peers), options.runs))


def _child(mode: str, at: Server, cache: Path) -> None:
    runs = {
        "bare": partial(bare, robots=True),
        "bare-without-robots": partial(bare, robots=False),
        "ours": partial(ours, large=False, cache=cache),
        "ours-large": partial(ours, large=True, cache=cache),
    }
    print(json.dumps({"cpu_ms": uvloop.run(runs[mode](at))}))


def _run_all(runs: dict[str, list[str]], times: int) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(times):
        for name, command in runs.items():
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            measured[name].append(json.loads(done.stdout.splitlines()[-1])["cpu_ms"])
    return measured


def _print(measured: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(values) for name, values in measured.items()}
    base = medians["bare stack, title"]
    print("| | CPU ms a page | of the bare stack | runs |\n|---|---|---|---|")
    for name, value in medians.items():
        runs = ", ".join(f"{run:.2f}" for run in measured[name])
        print(f"| {name} | {value:.2f} | {value / base:.2f} x | {runs} |")


if __name__ == "__main__":
    main()
