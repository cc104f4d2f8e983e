"""The queue's verbs, one function per statement of queue.sql.

Each takes the connection first, says nothing about transactions, and never commits: the edge that opened
the session does (docs/decisions/0003). `now` freezes the database's clock in tests.
Not here: batches (batches/store.py), when a verb runs (engine/, scheduler/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.sql_files import load_statements
from domain_scheduler.queue.claims import Answer, Claim
from domain_scheduler.queue.wire import as_json

_SQL: Final = load_statements("domain_scheduler.queue", "queue.sql")
ANSWERED: Final = (DomainStatus.COMPLETED, DomainStatus.ERROR)


@dataclass(frozen=True, slots=True)
class Reaped:
    """Claims taken back: sent to `pending`, or ended as `error` because their attempts were spent."""

    pending: int
    error: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Ledger minus truth for one batch, status and error kind: of the domains, and of those among them that
    were compared with an earlier scan, and that differ from it. At least one is not 0."""

    batch_id: int
    status: str
    error_kind: str
    drift: int
    compared: int = 0
    changed: int = 0

    def __abs__(self) -> int:
        return abs(self.drift) + abs(self.compared) + abs(self.changed)


@dataclass(frozen=True, slots=True)
class Retried:
    """How many domains one chunk sent back to `pending`, and after which id the next chunk starts."""

    count: int
    last_id: int | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that works on this database, as it described itself."""

    id: UUID
    kind: str
    host: str
    pid: int
    started_at: datetime
    heartbeat_at: datetime
    state: Mapping[str, Any]


async def claim_domains(
    connection: AsyncConnection,
    *,
    limit: int,
    worker_id: UUID,
    lease: float,
    low_water: Mapping[int, int] | None = None,
    batch_id: int | None = None,
    now: datetime | None = None,
) -> list[Claim]:
    """Lease up to `limit` ready domains for `lease` seconds, shared fairly between running batches.

    `low_water` maps a batch to the claim position below which nothing is looked at; `batch_id` claims from
    that batch alone. Fewer than `limit` claims do not mean that nothing is left; none does.
    """
    rows = await connection.execute(
        _SQL["claim_domains"],
        {
            "limit": limit,
            "worker_id": worker_id,
            "lease": lease,
            "low_water": as_json({str(key): value for key, value in (low_water or {}).items()}),
            "batch_id": batch_id,
            "now": now,
        },
    )
    return [Claim(**row) for row in rows.mappings()]


async def finish_domains(
    connection: AsyncConnection, *, answers: Sequence[Answer], now: datetime | None = None
) -> set[int]:
    """Store answers; gives the ids that still held their claim, the other answers are void."""
    if not answers:
        return set()
    rows = await connection.execute(
        _SQL["finish_domains"],
        {
            "answers": as_json([answer.as_row() for answer in answers]),
            "ids": sorted(answer.claim.id for answer in answers),
            "now": now,
        },
    )
    return set(rows.scalars())


async def release_domains(connection: AsyncConnection, *, claims: Sequence[Claim]) -> set[int]:
    """Give claims back with their attempt; gives the ids that were still held."""
    if not claims:
        return set()
    rows = await connection.execute(
        _SQL["release_domains"],
        {
            "claims": as_json([{"id": claim.id, "run_token": claim.run_token} for claim in claims]),
            "ids": sorted(claim.id for claim in claims),
        },
    )
    return set(rows.scalars())


async def promote_domains(
    connection: AsyncConnection, *, limit: int = 5_000, now: datetime | None = None
) -> int:
    """Make up to `limit` domains ready whose `next_attempt_at` has come; gives how many."""
    rows = await connection.execute(_SQL["promote_domains"], {"limit": limit, "now": now})
    return len(rows.all())


async def reap_domains(
    connection: AsyncConnection,
    *,
    limit: int = 1_000,
    dead_after: float | None = None,
    now: datetime | None = None,
) -> Reaped:
    """Take back claims whose lease expired or whose worker was silent for `dead_after` seconds."""
    rows = await connection.execute(
        _SQL["reap_domains"], {"limit": limit, "dead_after": dead_after, "now": now}
    )
    row = rows.one()
    return Reaped(pending=row.pending, error=row.error)


async def retry_domains(
    connection: AsyncConnection,
    *,
    batch_id: int,
    statuses: Sequence[DomainStatus] = (DomainStatus.ERROR,),
    error_kinds: Sequence[ErrorKind] | None = None,
    domain_id: int | None = None,
    after_id: int = 0,
    limit: int = 5_000,
) -> Retried:
    """Send one chunk of answered domains back to `pending`, in the order of their ids."""
    rows = await connection.execute(
        _SQL["retry_domains"],
        {
            "batch_id": batch_id,
            "statuses": [status for status in statuses if status in ANSWERED],
            "error_kinds": None if error_kinds is None else list(error_kinds),
            "domain_id": domain_id,
            "after_id": after_id,
            "limit": limit,
        },
    )
    row = rows.one()
    return Retried(count=row.retried, last_id=row.last_id)


async def cancel_pending_domains(connection: AsyncConnection, *, limit: int = 5_000) -> int:
    """Cancel up to `limit` unclaimed domains of cancelled batches; gives how many."""
    rows = await connection.execute(_SQL["cancel_pending_domains"], {"limit": limit})
    return len(rows.all())


async def fold_ledger(connection: AsyncConnection, *, limit: int = 10_000) -> int:
    """Fold up to `limit` ledger rows into the counts; gives how many."""
    rows = await connection.execute(_SQL["fold_ledger"], {"limit": limit})
    return int(rows.scalar_one())


async def finish_batches(
    connection: AsyncConnection, *, limit: int = 100, now: datetime | None = None
) -> list[int]:
    """Finish fully answered batches; gives their ids.

    Two statements in one transaction: the second sees what was committed before the lock was had.
    """
    locked = await connection.execute(_SQL["lock_finishable_batches"], {"limit": limit})
    ids = list(locked.scalars())
    if not ids:
        return []
    done = await connection.execute(_SQL["finish_batches"], {"ids": ids, "now": now})
    return sorted(done.scalars())


async def audit_batches(
    connection: AsyncConnection, *, max_rows: int = 500_000
) -> tuple[list[int], list[Drift]]:
    """Compare ledger and domains of the batches whose turn it is; gives their ids and every drift."""
    chosen = await connection.execute(_SQL["choose_batches_to_audit"], {"max_rows": max_rows})
    ids = list(chosen.scalars())
    return ids, await audit_batches_by_id(connection, batch_ids=ids)


async def audit_batches_by_id(connection: AsyncConnection, *, batch_ids: Sequence[int]) -> list[Drift]:
    """Compare ledger and domains of the named batches, and note that they were audited."""
    drifts = await measure_drift(connection, batch_ids=batch_ids)
    await connection.execute(_SQL["mark_batches_audited"], {"ids": list(batch_ids)})
    return drifts


async def measure_drift(connection: AsyncConnection, *, batch_ids: Sequence[int]) -> list[Drift]:
    """Compare ledger and domains of the named batches in one snapshot, and write nothing."""
    rows = await connection.execute(_SQL["measure_drift"], {"ids": list(batch_ids)})
    return [Drift(**row) for row in rows.mappings()]


async def repair_drift(connection: AsyncConnection, *, drifts: Sequence[Drift]) -> None:
    """Write the corrections for `drifts` into the ledger."""
    rows = as_json([asdict(drift) for drift in drifts])
    await connection.execute(_SQL["repair_drift"], {"drifts": rows})


async def beat(
    connection: AsyncConnection, *, worker_id: UUID, kind: str, host: str, pid: int, state: Mapping[str, Any]
) -> None:
    """Say that this worker lives; `kind` is serve, work or scan, `state` is JSON-ready."""
    await connection.execute(
        _SQL["beat"],
        {"worker_id": worker_id, "kind": kind, "host": host, "pid": pid, "state": as_json(dict(state))},
    )


async def list_workers(connection: AsyncConnection, *, within: float) -> list[Worker]:
    """Workers heard of within the last `within` seconds."""
    rows = await connection.execute(_SQL["list_workers"], {"within": within})
    return [Worker(**row) for row in rows.mappings()]


async def sign_off(connection: AsyncConnection, *, worker_id: UUID) -> None:
    """Forget a worker that leaves in order."""
    await connection.execute(_SQL["sign_off"], {"worker_id": worker_id})


async def forget_workers(connection: AsyncConnection, *, after: float) -> None:
    """Forget workers that were silent for `after` seconds and hold no claim."""
    await connection.execute(_SQL["forget_workers"], {"after": after})
