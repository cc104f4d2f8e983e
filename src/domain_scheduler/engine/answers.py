"""Makes answers of outcomes, stores groups of them, and tells who counts what became of each.

A stored answer whose claim was lost is void: it is counted as stale, said, and dropped, never tried again.
Not here: when a group is stored and what is done about a failure (results_buffer.py).
"""

import logging
import random
import time
from collections.abc import Callable, Sequence

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.db.database import Database
from domain_scheduler.engine.orders import Orders
from domain_scheduler.engine.tally import Tally
from domain_scheduler.queue import store
from domain_scheduler.queue.claims import Answer, Claim, answer_claim
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)


class Answers:
    """The answers of one engine."""

    def __init__(
        self,
        database: Database,
        *,
        retry_scale: float,
        tally: Tally,
        orders: Orders,
        metrics: Metrics,
        stored: Callable[[], None],
    ) -> None:
        """`retry_scale` multiplies the waits of the retry table; `stored` hears of every stored group."""
        self._database = database
        self._retry_scale = retry_scale
        self._tally = tally
        self._orders = orders
        self._metrics = metrics
        self._stored = stored

    def make(self, claim: Claim, outcome: ScanOutcome) -> Answer:
        """The answer for `claim`, by the retry table."""
        return answer_claim(claim, outcome, random=random.random, retry_scale=self._retry_scale)

    def make_up_for(self, refused: Answer, reason: str) -> Answer | None:
        """The answer in place of one that cannot be stored; None if that was one itself."""
        self._metrics.refused_answers.inc()
        outcome = refused.outcome
        if outcome.error_kind is ErrorKind.INTERNAL_ERROR:
            return None  # even its error is refused: the lease will end the claim
        made_up = ScanOutcome(
            domain=outcome.domain,
            error_kind=ErrorKind.INTERNAL_ERROR,
            error_message=f"the answer cannot be stored: {reason}".replace("\0", ""),
            duration_ms=outcome.duration_ms,
        )
        return self.make(refused.claim, made_up)

    async def write(self, answers: Sequence[Answer]) -> set[int]:
        """Store a group in one transaction; gives the domain ids whose claims still held."""
        started = time.monotonic()
        async with self._database.get_background_session() as connection:
            held = await store.finish_domains(connection, answers=answers)
        self._metrics.flush_seconds.observe(time.monotonic() - started)
        return held

    def written(self, answers: Sequence[Answer], held: set[int]) -> None:
        """Count a group that was stored."""
        self._tally.note_stored([answer for answer in answers if answer.claim.id in held])
        self._orders.note_written(answers, held)
        if stale := [answer.claim.id for answer in answers if answer.claim.id not in held]:
            self._tally.note_stale(len(stale))
            _log.warning(
                "%d answers came too late: their claims were lost",
                len(stale),
                extra={"action": "answers_stale", "domain_ids": stale[:20]},
            )
        self._stored()
