"""Signals: the first asks, the second hurries, and before there is anything to end they just end it."""

import asyncio
import os
import signal

import pytest
import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.running import run, run_until_stopped
from domain_scheduler.cli.stopping import Stop, stop_in_order


async def test_a_second_signal_ends_at_once_what_the_first_asked_to_end() -> None:
    stop, graces = Stop(), list[float]()
    hurried = asyncio.Event()

    async def end(grace: float) -> None:
        graces.append(grace)
        if grace:
            await hurried.wait()
        hurried.set()

    stop.ask()
    ending = asyncio.create_task(stop_in_order(stop, end, grace=30))
    await asyncio.sleep(0)
    assert not ending.done()
    stop.ask()
    await ending
    assert graces == [30, 0]


async def test_what_ends_in_time_is_not_hurried() -> None:
    graces = list[float]()

    async def end(grace: float) -> None:
        graces.append(grace)

    await stop_in_order(Stop(), end, grace=30)
    assert graces == [30]


def hit_ourselves() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_breaks_off_a_verb_that_has_nothing_to_end() -> None:
    async def work() -> None:
        hit_ourselves()
        await asyncio.Event().wait()

    with pytest.raises(typer.Exit) as ended:
        run(work)
    assert ended.value.exit_code == ExitCode.STOPPED


def test_a_signal_only_asks_a_verb_that_ends_in_order() -> None:
    async def work(stop: Stop) -> ExitCode:
        stop.in_order = True
        hit_ourselves()
        await stop.asked()
        return ExitCode.FAILED

    with pytest.raises(typer.Exit) as ended:
        run_until_stopped(work)
    assert ended.value.exit_code == ExitCode.FAILED


def test_before_that_it_is_broken_off_too() -> None:
    async def work(_stop: Stop) -> ExitCode:
        hit_ourselves()
        await asyncio.Event().wait()
        return ExitCode.DONE

    with pytest.raises(typer.Exit) as ended:
        run_until_stopped(work)
    assert ended.value.exit_code == ExitCode.STOPPED
