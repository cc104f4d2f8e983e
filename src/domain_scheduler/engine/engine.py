"""The engine: claims domains, has them scanned, and stores their answers, until it is told to stop.

Nothing is held while a domain is fetched: a claim and a finish are two short transactions. Every claim ends
stored, given back, or void because somebody else took it over; a killed engine's claims are reaped.
Not here: each part (flight.py, results_buffer.py, claim_loop.py, throttle.py), the end (shutdown.py).
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.db.database import Database
from domain_scheduler.engine.answers import Answers
from domain_scheduler.engine.background import Background
from domain_scheduler.engine.claim_loop import ClaimLoop
from domain_scheduler.engine.claimer import Claimer
from domain_scheduler.engine.flight import Flight
from domain_scheduler.engine.orders import Order, Orders
from domain_scheduler.engine.processor import ProcessorHook
from domain_scheduler.engine.reading import MOST_WAIT, NothingToRead, Reading
from domain_scheduler.engine.results_buffer import ResultsBuffer
from domain_scheduler.engine.shutdown import Shutdown
from domain_scheduler.engine.state import EngineState, WorkedOff
from domain_scheduler.engine.tally import Tally
from domain_scheduler.engine.throttle import Throttle
from domain_scheduler.engine.waiting import wait_at_most
from domain_scheduler.queue.claims import Claim
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)

Scan = Callable[[str, ScanOptions], Awaitable[ScanOutcome]]
"""Scans one domain in whatever spelling it comes, as its batch asks; never raises for what a site does."""


class Engine:
    """One engine; `start` it within a running event loop, and `stop` it in the end."""

    def __init__(
        self,
        database: Database,
        scan: Scan,
        *,
        settings: Settings,
        worker_id: UUID,
        metrics: Metrics,
        processor: ProcessorHook | None = None,
        reading: Reading | None = None,
        continuous: bool = True,
        batch_id: int | None = None,
    ) -> None:
        """`continuous=False`: claims only what `work_off` asks for; `batch_id`: only from that batch."""
        self._scan = scan
        self._metrics = metrics
        self._processor = processor
        self._reading = reading or NothingToRead()
        self._continuous = continuous
        self._tally = Tally(metrics)
        self._orders = Orders()
        self._claimer = Claimer(
            database,
            worker_id=worker_id,
            lease=settings.queue.lease,
            promote_every=settings.engine.poll_interval,
            batch_id=batch_id,
        )
        self._flight = Flight(self._work, landed=self._landed)
        self._answers = Answers(
            database,
            retry_scale=settings.queue.retry_scale,
            tally=self._tally,
            orders=self._orders,
            metrics=metrics,
            stored=self._stored,
        )
        self._buffer = ResultsBuffer(
            self._answers.write,
            rows=settings.engine.flush_rows,
            interval=settings.engine.flush_interval,
            replace=self._answers.make_up_for,
            written=self._answers.written,
        )
        self._claims = ClaimLoop(
            self._claimer,
            room=self._room,
            worthwhile=self._worthwhile,
            claimed=self._claimed,
            poll_interval=settings.engine.poll_interval,
        )
        self._throttle = Throttle.from_settings(
            settings.engine,
            extract_wait=lambda: self._reading.expected_wait,
            changed=self._claims.note_change,
            metrics=metrics,
        )
        self._claiming = Background("claim loop", self._claims.run)
        self._others = [
            Background("answer writer", self._buffer.run),
            Background("throttle", self._throttle.run),
            Background("pulse", self._throttle.watch),
        ]
        self._shutdown = Shutdown(
            self._claims, self._claiming, self._flight, self._buffer, release=self._release
        )

    def start(self) -> None:
        """Start claiming."""
        for loop in (*self._others, self._claiming):
            loop.start()
        _log.info(
            "the engine starts",
            extra={"action": "engine_started", "concurrency": self._throttle.limit},
        )

    async def stop(self, grace: float) -> None:
        """Claim nothing more, give what is in flight `grace` seconds, store answers, give the rest back.

        A second call, or a grace of 0, ends it at once: what cannot be stored or given back within a
        second is healed by the leases.
        """
        await self._shutdown.run(grace)
        for loop in self._others:
            await loop.stop()

    def wake(self) -> None:
        """There is work: claim at once."""
        self._claims.wake()

    async def work_off(self, limit: int, *, wait: float) -> WorkedOff:
        """Have up to `limit` domains answered now; gives what became of them after at most `wait` seconds.

        Those already in flight count first. Needs no more claims once nothing is ready.
        """
        order = Order(limit, in_flight=self._flight.claims())
        self._orders.take(order)
        self.wake()
        try:
            await wait_at_most(order.done, wait)
        finally:
            self._orders.drop(order)
        return order.worked_off()

    def state(self) -> EngineState:
        """The engine at this moment."""
        tally, vitals = self._tally, self._throttle.vitals
        return EngineState(
            running=not self._shutdown.begun,
            paused_because=self._paused_because(),
            in_flight=len(self._flight),
            concurrency=self._throttle.limit,
            buffered=len(self._buffer),
            claimed=tally.claimed,
            answered=tally.answered,
            completed=tally.completed,
            errors_by_kind=dict(tally.errors_by_kind),
            retried=tally.retried,
            stale=tally.stale,
            released=tally.released,
            rate_per_second=round(tally.rate(), 2),
            pages_waiting=self._reading.pages_waiting,
            loop_lag_ms=round(vitals.loop_lag * 1000, 1),
            memory_mb=round(vitals.memory / 2**20, 1),
            open_files=vitals.open_files,
        )

    def _paused_because(self) -> str | None:
        if self._shutdown.begun:
            return "the engine is stopping"
        if trouble := self._claims.trouble or self._buffer.trouble:
            return trouble
        if self._buffer.full:
            return "answers wait to be stored"
        if self._reading.expected_wait > MOST_WAIT:
            return "pages wait to be read"
        return None if self._continuous or self._orders.wanted else "nobody asks for work"

    def _room(self) -> int:
        if self._buffer.full or self._reading.expected_wait > MOST_WAIT:
            return 0
        free = self._throttle.limit - len(self._flight)
        return free if self._continuous else min(free, self._orders.wanted)

    def _worthwhile(self) -> int:
        return max(1, self._throttle.limit // 10) if self._continuous else 1

    def _claimed(self, claims: list[Claim]) -> None:
        self._tally.note_claimed(len(claims))
        self._orders.note_claimed(claims)
        self._flight.start(claims)
        self._throttle.note_in_flight(len(self._flight))
        self._metrics.in_flight.set(len(self._flight))
        self._metrics.pages_waiting.set(self._reading.pages_waiting)

    async def _work(self, claim: Claim) -> ScanOutcome:
        outcome = await self._scan(claim.domain, ScanOptions.from_json(claim.options))
        if self._processor is None or outcome.error_kind is not None:
            return outcome
        return await self._processor.apply(outcome)

    def _landed(self, claim: Claim, outcome: ScanOutcome) -> None:
        self._buffer.add(self._answers.make(claim, outcome))
        self._metrics.buffered.set(len(self._buffer))
        self._metrics.in_flight.set(len(self._flight))
        self._claims.note_change()

    def _stored(self) -> None:
        self._metrics.buffered.set(len(self._buffer))
        self._claims.note_change()

    async def _release(self, claims: Sequence[Claim]) -> None:
        self._tally.note_released(await self._claimer.release(claims))
