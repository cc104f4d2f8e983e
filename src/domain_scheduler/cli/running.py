"""Runs the work of a verb: event loop, signals, errors in words, exit code.

This is the seam where an error of ours becomes one line and a number; anything else is a fault of the
program and keeps its traceback.
Not here: the numbers (exit_codes.py), what the verbs do.
"""

import asyncio
from collections.abc import Awaitable, Callable

import typer
import uvloop

from domain_scheduler.batches.submitted import NothingAcceptedError
from domain_scheduler.cli.exit_codes import ExitCode, exit_code_of
from domain_scheduler.cli.stopping import Stop, signals_to
from domain_scheduler.cli.submitted import tell_rejected
from domain_scheduler.cli.terminal import tell, tell_error
from domain_scheduler.core.collector import spare_what_is_loaded
from domain_scheduler.errors import DomainSchedulerError

Work = Callable[[], Awaitable[ExitCode | None]]
StoppableWork = Callable[[Stop], Awaitable[ExitCode | None]]


def run(work: Work) -> None:
    """Run `work`; the first signal breaks it off."""
    _end(lambda: _broken_off_by_signals(work))


def run_until_stopped(work: StoppableWork) -> None:
    """Run `work`, which is told of signals and ends in order by itself."""
    spare_what_is_loaded()
    _end(lambda: _told_of_signals(work))


def _end(main: Work) -> None:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(_as_coroutine(main))
    except NothingAcceptedError as exc:
        tell_rejected(exc.rejected_count, exc.rejected)
        tell_error(str(exc))
        raise typer.Exit(exit_code_of(exc)) from exc
    except DomainSchedulerError as exc:
        tell_error(str(exc))
        raise typer.Exit(exit_code_of(exc)) from exc
    if code:
        raise typer.Exit(code)


async def _as_coroutine(main: Work) -> ExitCode | None:
    return await main()


async def _broken_off_by_signals(work: Work) -> ExitCode | None:
    task = asyncio.ensure_future(work())
    with signals_to(task.cancel):
        return await _unless_broken_off(task)


async def _told_of_signals(work: StoppableWork) -> ExitCode | None:
    stop = Stop()
    task = asyncio.ensure_future(work(stop))
    with signals_to(lambda: stop.ask() if stop.in_order else task.cancel()):
        return await _unless_broken_off(task)


async def _unless_broken_off(task: asyncio.Future[ExitCode | None]) -> ExitCode | None:
    try:
        return await task
    except asyncio.CancelledError:
        tell("stopped")
        return ExitCode.STOPPED
