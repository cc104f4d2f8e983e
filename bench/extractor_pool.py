"""What it costs to have a page read in another process: our pool beside others, with nothing to read.

    python -m bench.extractor_pool            # ours and concurrent.futures; pebble too if it is installed

Pages of 50 KB go there, some 30 values come back; two processes. Not here: reading pages (scan.py).
"""

import asyncio
import concurrent.futures
import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from domain_scheduler.core.report import Page
from domain_scheduler.engine.extractor_pool import ExtractorPool
from domain_scheduler.engine.extractor_process import Program
from domain_scheduler.scan.surroundings import NO_SURROUNDINGS, Surroundings
from domain_scheduler.telemetry.metrics import Metrics

PAGES = 5_000
BODY = b"x" * 50_000
HEADERS = (("content-type", "text/html"),) * 10
Read = Callable[[bytes, Sequence[tuple[str, str]], str], Awaitable[Page]]


def nothing_to_read(
    body: bytes, headers: Sequence[tuple[str, str]], url: str, beside: Surroundings = NO_SURROUNDINGS
) -> Page:
    """A page, at once."""
    sources = {f"value {number}": "og:title" for number in range(30)}
    return Page(title="x" * 50, description="d" * 150, emails=("a@b.example",), details={"sources": sources})


async def measure(name: str, read: Read) -> None:
    """Print one line: pages a second and the service's CPU a page."""
    await asyncio.gather(*(read(BODY, HEADERS, "https://a.example/") for _ in range(20)))
    slots = asyncio.Semaphore(100)

    async def one() -> None:
        async with slots:
            await read(BODY, HEADERS, "https://a.example/")

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(PAGES)))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(f"{name:20} {PAGES / seconds:8.0f} pages/s {cpu / PAGES * 1000:8.3f} ms CPU of the service a page")


async def ours() -> None:
    """The pool of the engine."""
    program = Program(extract="bench.extractor_pool:nothing_to_read")
    async with ExtractorPool(program, processes=2, timeout=5, metrics=Metrics()) as pool:
        await measure("ours", pool.extract)


async def of_the_standard_library() -> None:
    """concurrent.futures, which cannot kill a task."""
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        await measure(
            "concurrent.futures",
            lambda body, headers, url: loop.run_in_executor(pool, nothing_to_read, body, headers, url),
        )


async def of_pebble() -> None:
    """pebble's, with its timeout."""
    from pebble import ProcessPool

    with ProcessPool(2, context=multiprocessing.get_context("spawn")) as pool:
        await measure(
            "pebble",
            lambda body, headers, url: asyncio.wrap_future(
                pool.schedule(nothing_to_read, (body, headers, url), timeout=5)
            ),
        )


def main() -> None:
    """Measure each, and the CPU of its children."""
    runs = [ours, of_the_standard_library, *([of_pebble] if importlib.util.find_spec("pebble") else [])]
    for run in runs:
        before = _children_cpu()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())
        print(f"{'':20} {(_children_cpu() - before) / PAGES * 1000:25.3f} ms CPU of the children a page")


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
