"""Keeps the concurrency fitting: reads the process's pulse every second and adjusts the limit.

Not here: the decision (concurrency.py), the readings (vitals.py).
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Self

from domain_scheduler.engine.concurrency import ConcurrencyControl, Vitals, strain_of
from domain_scheduler.engine.vitals import Pulse, raise_open_files_limit
from domain_scheduler.settings import EngineSettings
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)
_PERIOD: Final = 1.0


class Throttle:
    """The limit of domains in flight of one engine."""

    def __init__(
        self,
        control: ConcurrencyControl,
        pulse: Pulse,
        *,
        extract_wait: Callable[[], float],
        changed: Callable[[], None],
        metrics: Metrics,
        period: float = _PERIOD,
    ) -> None:
        """`extract_wait` gives seconds, `changed` hears of every reading, one each `period` seconds."""
        self._control = control
        self._pulse = pulse
        self._extract_wait = extract_wait
        self._changed = changed
        self._metrics = metrics
        self._period = period
        self._demand = False
        self.vitals = Vitals()
        """The last reading."""

    @classmethod
    def from_settings(
        cls,
        settings: EngineSettings,
        *,
        extract_wait: Callable[[], float],
        changed: Callable[[], None],
        metrics: Metrics,
    ) -> Self:
        """A throttle that starts at the settings' concurrency; raises this process's limit of open files."""
        control = ConcurrencyControl(start=settings.concurrency, maximum=settings.max_concurrency)
        pulse = Pulse(memory_limit_mb=settings.memory_limit_mb, open_files_limit=raise_open_files_limit())
        return cls(control, pulse, extract_wait=extract_wait, changed=changed, metrics=metrics)

    @property
    def limit(self) -> int:
        """Domains that may be in flight."""
        return self._control.limit

    def note_in_flight(self, count: int) -> None:
        """Note demand when every slot is used."""
        self._demand = self._demand or count >= self.limit

    async def watch(self) -> None:
        """Take the pulse until cancelled."""
        await self._pulse.watch()

    async def run(self) -> None:
        """Adjust the limit until cancelled."""
        while True:
            await asyncio.sleep(self._period)
            self._adjust()

    def _adjust(self) -> None:
        before = self.limit
        self.vitals = self._pulse.read(extract_wait=self._extract_wait())
        self._control.adjust(self.vitals, demand=self._demand)
        self._demand = False
        if self.limit < before:
            self._tell_step_down(before)
        self._export()
        self._changed()

    def _tell_step_down(self, before: int) -> None:
        _log.warning(
            "concurrency goes down from %d to %d: %s",
            before,
            self.limit,
            strain_of(self.vitals),
            extra={"action": "concurrency_down", "concurrency": self.limit},
        )

    def _export(self) -> None:
        self._metrics.concurrency.set(self.limit)
        self._metrics.loop_lag.set(self.vitals.loop_lag)
        self._metrics.memory.set(self.vitals.memory)
        self._metrics.open_files.set(self.vitals.open_files)
