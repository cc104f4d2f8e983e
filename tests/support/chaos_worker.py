"""A worker process that misbehaves: it answers late or twice, forgets claims, and never stops by itself.

    python -m tests.support.chaos_worker URL SEED

It also does the housework of every process: promote, reap, fold, finish. Whatever the database does to it, it
tries again.
Not here: what is done to it (tests/acceptance/chaos/).
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from uuid import uuid4

from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.db.database import Database
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue import store
from domain_scheduler.queue.claims import Answer, Claim
from domain_scheduler.settings import DatabaseSettings

LEASE = 1.5
"""Seconds."""
_GROUP = 40


class ChaosWorker:
    """One process's loops."""

    def __init__(self, url: str, seed: int) -> None:
        settings = DatabaseSettings(pool_size=3, connect_timeout=2, statement_timeout=3)
        self._database = Database(url, settings)
        self._random = random.Random(seed)
        self._id = uuid4()

    async def run(self) -> None:
        """Work and keep house for ever."""
        await asyncio.gather(self._for_ever(self._work), self._for_ever(self._keep_house))

    async def _for_ever(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except DatabaseUnavailableError:
                await asyncio.sleep(self._random.uniform(0.02, 0.2))

    async def _work(self) -> None:
        async with self._database.get_background_session() as connection:
            claims = await store.claim_domains(connection, limit=_GROUP, worker_id=self._id, lease=LEASE)
        await asyncio.sleep(self._random.uniform(0.02, 0.1))
        luck = self._random.random()
        if luck < 0.05:
            return  # forgotten: the lease has to end by itself
        if luck < 0.1:
            await asyncio.sleep(LEASE * 1.5)  # a zombie: others have claimed them meanwhile
        elif luck < 0.15:
            async with self._database.get_background_session() as connection:
                await store.release_domains(connection, claims=claims)
            return
        await self._answer(claims)
        if luck > 0.5:
            await self._answer(claims)

    async def _answer(self, claims: list[Claim]) -> None:
        answers = [Answer(claim=c, outcome=ScanOutcome(domain=c.domain, duration_ms=1)) for c in claims]
        async with self._database.get_background_session() as connection:
            await store.finish_domains(connection, answers=answers)

    async def _keep_house(self) -> None:
        for verb in (store.promote_domains, store.reap_domains, store.fold_ledger, store.finish_batches):
            async with self._database.get_background_session() as connection:
                await verb(connection)
        await asyncio.sleep(self._random.uniform(0.1, 0.4))


if __name__ == "__main__":
    asyncio.run(ChaosWorker(sys.argv[1], int(sys.argv[2])).run())
