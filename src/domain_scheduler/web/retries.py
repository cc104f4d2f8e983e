"""Another try for answered domains, of a whole batch in short transactions.

Not here: the statement (queue/queue.sql), which batches allow it (batches/store.py).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from domain_scheduler.batches.domain import DomainDetail
from domain_scheduler.batches.domains_store import get_domain
from domain_scheduler.batches.store import require_retryable_batch
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.errors import ConflictError
from domain_scheduler.queue.store import ANSWERED, Retried, retry_domains


@dataclass(frozen=True, slots=True)
class RetriedBatch:
    """Domains sent back to `pending`, the last one's id, and whether all were reached."""

    count: int
    last_id: int | None
    complete: bool


async def retry_batch(
    database: Database,
    *,
    batch_id: int,
    statuses: Sequence[DomainStatus] = (DomainStatus.ERROR,),
    error_kinds: Sequence[ErrorKind] | None = None,
    after_id: int = 0,
    patience: float = 20.0,
) -> RetriedBatch:
    """Send the batch's answered domains back to `pending`, in chunks, for about `patience` seconds at most.

    Raises BatchNotFoundError and BatchCancelledError.
    """
    ends, count, last_id = time.monotonic() + patience, 0, after_id
    while True:
        chunk = await _retry_chunk(database, batch_id, statuses, error_kinds, last_id)
        if chunk.last_id is None:
            return RetriedBatch(count, last_id or None, complete=True)
        count, last_id = count + chunk.count, chunk.last_id
        if time.monotonic() > ends:
            return RetriedBatch(count, last_id, complete=False)


async def _retry_chunk(
    database: Database,
    batch_id: int,
    statuses: Sequence[DomainStatus],
    error_kinds: Sequence[ErrorKind] | None,
    after_id: int,
) -> Retried:
    async with database.get_background_session() as connection:
        await require_retryable_batch(connection, batch_id=batch_id)
        return await retry_domains(
            connection, batch_id=batch_id, statuses=statuses, error_kinds=error_kinds, after_id=after_id
        )


async def retry_domain(database: Database, *, domain_id: int) -> DomainDetail:
    """Send one answered domain back to `pending`.

    Raises DomainNotFoundError, BatchCancelledError, ConflictError when there is no answer yet.
    """
    async with database.get_background_session() as connection:
        found = (await get_domain(connection, domain_id=domain_id)).domain
        await require_retryable_batch(connection, batch_id=found.batch_id)
        done = await retry_domains(
            connection,
            batch_id=found.batch_id,
            statuses=ANSWERED,
            domain_id=domain_id,
            after_id=domain_id - 1,
        )
        if done.count == 0:
            raise ConflictError(f"domain {domain_id} has no answer yet: it is {found.result['status']}")
        return await get_domain(connection, domain_id=domain_id)
