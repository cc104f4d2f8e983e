"""Claims from the queue: promotes what has waited long enough, then leases what is ready.

Two short transactions at most; nothing is held afterwards.
Not here: when and how many (claim_loop.py).
"""

import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.engine.low_water import LowWaterMarks
from domain_scheduler.queue import store
from domain_scheduler.queue.claims import Claim

MAX_CLAIM: Final = 200
"""Domains of one claim at most: a crash between claim and start costs at most these an attempt."""


class Claimer:
    """Claims for one worker; `batch_id` restricts it to one batch."""

    def __init__(
        self,
        database: Database,
        *,
        worker_id: UUID,
        lease: float,
        promote_every: float,
        batch_id: int | None = None,
    ) -> None:
        """`lease` and `promote_every` are seconds."""
        self._database = database
        self._worker_id = worker_id
        self._lease = lease
        self._promote_every = promote_every
        self._batch_id = batch_id
        self._marks = LowWaterMarks()
        self._promoted_at = float("-inf")

    def look_everywhere(self) -> None:
        """Forget where nothing was: somebody says that there is work."""
        self._marks.drop()
        self._promoted_at = float("-inf")

    async def claim(self, limit: int) -> list[Claim]:
        """Up to `limit` claims; none means that nothing is ready. Raises DatabaseUnavailableError."""
        claims = await self._claim(min(limit, MAX_CLAIM))
        if not claims and self._marks:
            self._marks.drop()
            claims = await self._claim(min(limit, MAX_CLAIM))
        self._marks.note(claims)
        return claims

    async def release(self, claims: Sequence[Claim]) -> int:
        """Give claims back with their attempt; gives how many were still held."""
        async with self._database.get_background_session() as connection:
            return len(await store.release_domains(connection, claims=claims))

    async def _claim(self, limit: int) -> list[Claim]:
        async with self._database.get_background_session() as connection:
            await self._promote_when_due(connection)
            return await store.claim_domains(
                connection,
                limit=limit,
                worker_id=self._worker_id,
                lease=self._lease,
                low_water=self._marks.current(),
                batch_id=self._batch_id,
            )

    async def _promote_when_due(self, connection: AsyncConnection) -> None:
        if time.monotonic() - self._promoted_at < self._promote_every:
            return
        if await store.promote_domains(connection):
            self._marks.drop()
        self._promoted_at = time.monotonic()
