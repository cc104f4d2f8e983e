"""Extractor processes: every page is answered, whatever it does to the process that reads it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from domain_scheduler.core.report import Page
from domain_scheduler.engine import extractor
from domain_scheduler.engine.extractor_pool import ExtractorPool
from domain_scheduler.engine.extractor_process import Program
from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.scanner import ExtractionError, ExtractionTimeoutError
from domain_scheduler.telemetry.metrics import Metrics

POISON = "tests.support.poison_pages"


@asynccontextmanager
async def pool(
    *, processes: int = 1, seconds: float = 20, greeting: str = "hello", max_pages: int = 1_000
) -> AsyncIterator[ExtractorPool]:
    program = Program(extract=f"{POISON}:extract", initialise=f"{POISON}:initialise", arguments=(greeting,))
    async with ExtractorPool(
        program, processes=processes, timeout=seconds, metrics=Metrics(), max_pages=max_pages
    ) as opened:
        yield opened


async def read(extractors: ExtractorPool, order: str, url: str = "https://a.example/") -> Page:
    return await extractors.extract(order.encode(), [("content-type", "text/html")], url)


async def test_a_page_is_read_in_another_process_which_was_initialised() -> None:
    async with pool() as extractors:
        page = await read(extractors, "plain title")
    assert (page.title, page.emails, page.details["greeting"]) == ("plain title", ("a@b.example",), "hello")
    assert page.details["pid"] != os.getpid()


async def test_many_pages_wait_for_their_turn() -> None:
    async with pool() as extractors:
        reading = [asyncio.create_task(read(extractors, f"page {n}")) for n in range(50)]
        await asyncio.sleep(0)
        assert extractors.pages_waiting == 49
        pages = await asyncio.gather(*reading)
        assert (extractors.pages_waiting, extractors.expected_wait) == (0, 0)
    assert [page.title for page in pages] == [f"page {n}" for n in range(50)]


async def test_the_wait_to_be_expected_grows_with_the_pages_that_wait() -> None:
    async with pool() as extractors:
        await read(extractors, "one page to know how long it takes")
        reading = [asyncio.create_task(read(extractors, "page")) for _ in range(20)]
        await asyncio.sleep(0)
        nineteen = extractors.expected_wait
        reading += [asyncio.create_task(read(extractors, "page")) for _ in range(19)]
        await asyncio.sleep(0)
        assert extractors.expected_wait == pytest.approx(2 * nineteen)
        assert nineteen > 0
        await asyncio.gather(*reading)


@pytest.mark.parametrize("order", ["die", "kill", "exit"])
async def test_a_page_that_ends_its_process_is_that_pages_error(order: str) -> None:
    async with pool() as extractors:
        with pytest.raises(ExtractionError, match="process that read the page died"):
            await read(extractors, order)
        assert (await read(extractors, "next")).title == "next"


@pytest.mark.parametrize(
    ("order", "reason"), [("raise", "ValueError: the page is odd"), ("exhaust", "Memory")]
)
async def test_a_page_that_breaks_the_extraction_leaves_the_process_alive(order: str, reason: str) -> None:
    async with pool() as extractors:
        before = (await read(extractors, "before")).details["pid"]
        with pytest.raises(ExtractionError, match=reason):
            await read(extractors, order)
        assert (await read(extractors, "after")).details["pid"] == before


async def test_a_page_that_hangs_is_killed_in_its_time_and_the_others_go_on() -> None:
    async with pool(processes=2, seconds=0.3) as extractors:
        hanging = asyncio.create_task(read(extractors, "hang"))
        pages = await asyncio.gather(*(read(extractors, f"page {n}") for n in range(5)))
        with pytest.raises(ExtractionTimeoutError, match=r"took more than 0\.3 s"):
            await hanging
        assert len(pages) == 5


async def test_a_whole_swarm_of_poison_is_survived() -> None:
    async with pool(processes=2, seconds=0.5) as extractors:
        orders = ["die", "plain", "raise", "kill", "plain", "hang", "exit", "plain"]
        results = await asyncio.gather(*(read(extractors, each) for each in orders), return_exceptions=True)
        good = [result.title for result in results if isinstance(result, Page)]
        assert good == ["plain"] * 3
        assert sum(isinstance(result, ExtractionError) for result in results) == 5


async def test_a_caller_that_gives_up_does_not_hold_a_process(tmp_path: Path) -> None:
    async with pool() as extractors:
        taken = tmp_path / "taken"
        reading = asyncio.create_task(read(extractors, "touch", str(taken)))
        while not taken.exists():  # noqa: ASYNC110 another process makes it
            await asyncio.sleep(0.005)
        reading.cancel()
        assert (await read(extractors, "next")).title == "next"


async def test_a_process_is_replaced_after_its_share_of_pages_without_a_gap() -> None:
    async with pool(max_pages=3) as extractors:
        pids = [(await read(extractors, "page")).details["pid"] for _ in range(3)]
        assert len(set(pids)) == 1
        deadline = time.monotonic() + 30
        while (await read(extractors, "page")).details["pid"] in pids:
            assert time.monotonic() < deadline
        await read(extractors, "page")
        assert await asyncio.to_thread(_gone, pids[0])


async def test_nothing_is_left_running_afterwards() -> None:
    async with pool(processes=2) as extractors:
        pid = (await read(extractors, "page")).details["pid"]
    assert not psutil.pid_exists(pid)
    assert [child for child in psutil.Process().children() if "extractor_process" in _line(child)] == []


async def test_an_initialisation_that_fails_is_a_settings_error_with_its_reason() -> None:
    with pytest.raises(SettingsError, match="no rules today"):
        async with pool(greeting="broken"):
            pass


async def test_a_process_that_is_never_ready_is_a_settings_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "_START_SECONDS", 0.001)
    with pytest.raises(SettingsError, match=r"a process was not ready within 0\.001 s"):
        async with pool():
            pass


def _gone(pid: int) -> bool:
    try:
        psutil.Process(pid).wait(10)
    except psutil.NoSuchProcess:
        return True
    return not psutil.pid_exists(pid)


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
