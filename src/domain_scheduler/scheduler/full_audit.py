"""One audit of every batch there is, asked for by a person.

The recurring audit looks at what may have changed, a budget at a time; this one looks at everything.
Not here: that one (maintenance.py).
"""

from dataclasses import dataclass
from typing import Final

from domain_scheduler.batches.store import list_batches
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import Drift, audit_batches_by_id, repair_drift
from domain_scheduler.scheduler.audit_turn import lock_audit

_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class FullAudit:
    """How many batches were compared, and every difference that was found."""

    batches: int
    drifts: tuple[Drift, ...]


async def audit_every_batch(database: Database, *, repair: bool) -> FullAudit:
    """Compare ledger and domains of all batches, a page at a time; `repair` also corrects the ledger."""
    drifts: list[Drift] = []
    compared, cursor = 0, None
    while True:
        async with database.get_background_session(statement_timeout=0) as connection:
            page = await list_batches(connection, cursor=cursor, limit=_PAGE)
            if repair:
                await lock_audit(connection)
            found = await audit_batches_by_id(connection, batch_ids=[batch.id for batch in page.batches])
            if repair and found:
                await repair_drift(connection, drifts=found)
        compared += len(page.batches)
        drifts += found
        cursor = page.next_cursor
        if cursor is None:
            return FullAudit(compared, tuple(drifts))
