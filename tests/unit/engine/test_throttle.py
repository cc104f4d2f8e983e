"""The throttle turns readings of this process into a limit, and says each step down."""

import asyncio
import logging

import pytest

from domain_scheduler.engine.concurrency import ConcurrencyControl, Vitals
from domain_scheduler.engine.throttle import Throttle
from domain_scheduler.engine.vitals import Pulse, raise_open_files_limit
from domain_scheduler.telemetry.metrics import Metrics


class Strained(Pulse):
    """A process that is as late as a test says."""

    lag = 0.0

    def read(self, *, extract_wait: float) -> Vitals:
        return Vitals(loop_lag=self.lag, extract_wait=extract_wait, memory_limit=100, open_files_limit=100)


def throttle(pulse: Pulse, metrics: Metrics, changed: asyncio.Event) -> Throttle:
    control = ConcurrencyControl(start=100, maximum=200)
    return Throttle(
        control, pulse, extract_wait=lambda: 0.0, changed=changed.set, metrics=metrics, period=0.001
    )


async def test_it_follows_demand_and_strain_and_says_each_step_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="domain_scheduler.engine.throttle")
    pulse, metrics, changed = Strained(memory_limit_mb=1, open_files_limit=1), Metrics(), asyncio.Event()
    throttled = throttle(pulse, metrics, changed)
    throttled.note_in_flight(100)
    task = asyncio.create_task(throttled.run())
    await asyncio.wait_for(changed.wait(), 5)
    assert throttled.limit == 110
    pulse.lag = 0.5
    while throttled.limit > 100:
        changed.clear()
        await asyncio.wait_for(changed.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert throttled.limit == 82
    assert [record.getMessage() for record in caplog.records] == [
        "concurrency goes down from 110 to 82: the event loop is 500 ms late"
    ]
    assert b"domain_scheduler_concurrency 82.0" in metrics.exposition()


async def test_the_pulse_of_this_process_is_read() -> None:
    pulse = Pulse(memory_limit_mb=1_000, open_files_limit=raise_open_files_limit())
    watching = asyncio.create_task(pulse.watch())
    await asyncio.sleep(0)
    vitals = pulse.read(extract_wait=0.5)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert vitals.memory > 2**20
    assert 3 <= vitals.open_files < vitals.open_files_limit
    assert (vitals.extract_wait, vitals.loop_lag) == (0.5, 0.0)


def test_the_limit_of_open_files_is_raised_once() -> None:
    assert raise_open_files_limit() == raise_open_files_limit() >= 256
