"""A worker process for the chaos test: works no-op domains off a queue, and misbehaves in every known way.

`python -m tests.support.chaos_worker URL SEED`: claims in groups; abandons some claims, answers some only
after their lease, sends all other answers twice. Between groups it does the house work of every process:
reap, fold, finish. An outage is waited out, like in the engine. It runs until it is killed.
"""

import asyncio
import random
import sys
from uuid import uuid4

from domain_scheduler.db.database import Database
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue import store
from domain_scheduler.queue.claims import Claim
from domain_scheduler.settings import DatabaseSettings
from tests.support.queue_rows import completed

GROUP = 50
LEASE = 1.0


async def work(url: str, seed: int) -> None:
    """Work until killed."""
    dice, worker_id = random.Random(seed), uuid4()
    database = Database(url, DatabaseSettings(pool_size=2, statement_timeout=10))
    late: list[Claim] = []
    while True:
        try:
            late = await _one_round(database, dice, worker_id, late)
        except DatabaseUnavailableError:
            await asyncio.sleep(dice.uniform(0.05, 0.3))


async def _one_round(
    database: Database, dice: random.Random, worker_id: object, late: list[Claim]
) -> list[Claim]:
    async with database.get_background_session() as connection:
        claims = await store.claim_domains(connection, limit=GROUP, worker_id=worker_id, lease=LEASE)  # type: ignore[arg-type]
    fates = [dice.random() for _ in claims]
    prompt = [claim for claim, fate in zip(claims, fates, strict=True) if fate >= 0.10]
    for answers in ([completed(claim) for claim in prompt], [completed(claim) for claim in prompt + late]):
        async with database.get_background_session() as connection:
            await store.finish_domains(connection, answers=answers)
    await _keep_house(database)
    if not claims:
        await asyncio.sleep(dice.uniform(0.05, 0.2))
    return [claim for claim, fate in zip(claims, fates, strict=True) if 0.05 <= fate < 0.10]


async def _keep_house(database: Database) -> None:
    async with database.get_background_session() as connection:
        await store.reap_domains(connection)
    async with database.get_background_session() as connection:
        await store.fold_ledger(connection)
    async with database.get_background_session() as connection:
        await store.finish_batches(connection)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))
