"""All results of a batch, a chunk at a time, each chunk read in a short session of its own.

Nothing is held between two chunks, so a slow reader of ten million rows costs the database nothing. Domains
come in the order in which they were submitted; each shows the status that it has when its chunk is read.
Not here: the formats (csv_file.py, jsonl_file.py, parquet_file.py), how chunks are read (domain_walk.py).
"""

from collections.abc import AsyncIterator

from domain_scheduler.batches.domain import ResultRow
from domain_scheduler.batches.domain_walk import Wanted, read_domains
from domain_scheduler.batches.store import get_batch
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database


async def results_as_rows(
    database: Database,
    *,
    batch_id: int,
    status: DomainStatus | None = None,
    error_kind: ErrorKind | None = None,
    text: str | None = None,
    changed: bool | None = None,
    chunk: int = 2_000,
) -> AsyncIterator[list[ResultRow]]:
    """Lists of up to `chunk` result rows; raises BatchNotFoundError before the first."""
    async with database.get_background_session() as connection:
        await get_batch(connection, batch_id=batch_id)
    wanted = Wanted(status=status, error_kind=error_kind, text=text or None, changed=changed)
    after = seen = 0
    while True:
        async with database.get_background_session() as connection:
            found = await read_domains(
                connection, batch_id=batch_id, wanted=wanted, after_id=after, seen=seen, limit=chunk
            )
        if found:
            yield [domain.result for domain in found]
            after, seen = found[-1].id, seen + len(found)
        if len(found) < chunk:
            return
