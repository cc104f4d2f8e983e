"""Batches and domains made and read by plain SQL, and answers without a scan, for tests of the queue.

Written past the stores on purpose: a test of a verb should not lean on another verb.
Not here: plans of statements (explain.py).
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Fetched, Hop, Page, ScanOutcome
from domain_scheduler.queue.claims import Answer, Claim
from domain_scheduler.queue.store import Drift, claim_domains, measure_drift

INBOX = 1
LEASE = 60.0


async def new_batch(
    connection: AsyncConnection, *, domains: int | Iterable[str] = 0, sealed: bool = True, **columns: Any
) -> int:
    """A batch with that many domains, or those; returns its id. `columns` are columns of batch_jobs."""
    names = ["sealed_at", *columns]
    values = ["now()" if sealed else "NULL", *(f":{name}" for name in columns)]
    statement = f"INSERT INTO domain_scheduler.batch_jobs ({', '.join(names)}) VALUES ({', '.join(values)})"
    batch_id = int((await connection.execute(text(f"{statement} RETURNING id"), columns)).scalar_one())
    if domains:
        await add_domains(connection, batch_id, domains)
    return batch_id


async def add_domains(
    connection: AsyncConnection, batch_id: int, domains: int | Iterable[str], *, priority: int = 0
) -> list[int]:
    """Insert domains into a batch; returns their ids in order."""
    names = [f"site-{n}.example" for n in range(domains)] if isinstance(domains, int) else list(domains)
    rows = await connection.execute(
        text(
            "INSERT INTO domain_scheduler.domains (batch_id, domain, priority)"
            " SELECT :batch_id, d.domain, :priority"
            " FROM unnest(CAST(:names AS text[])) WITH ORDINALITY d (domain, n) ORDER BY n RETURNING id"
        ),
        {"batch_id": batch_id, "names": names, "priority": priority},
    )
    return sorted(rows.scalars())


async def claim(
    connection: AsyncConnection, limit: int = 1, *, worker_id: UUID | None = None, **options: Any
) -> list[Claim]:
    """Claims of a worker that no row knows, in the order of their ids."""
    claims = await claim_domains(
        connection, limit=limit, worker_id=worker_id or uuid4(), **{"lease": LEASE, **options}
    )
    return sorted(claims, key=lambda claim: claim.id)


def completed(claim: Claim, **page: Any) -> Answer:
    """A report for a claim; `page` are fields of Page."""
    hop = Hop(url=f"https://{claim.domain}/", status=200, ip="192.0.2.1")
    fetched = Fetched(hops=(hop,), final_url=hop.url, http_status=200)
    outcome = ScanOutcome(domain=claim.domain, fetched=fetched, page=Page(**page), duration_ms=120)
    return Answer(claim=claim, outcome=outcome)


def failed(
    claim: Claim, kind: ErrorKind = ErrorKind.CONNECT_TIMEOUT, *, retry_in: float | None = None
) -> Answer:
    """An error for a claim; with `retry_in` (seconds) it is to be claimed again."""
    outcome = ScanOutcome(domain=claim.domain, error_kind=kind, error_message=f"it was {kind}", duration_ms=7)
    return Answer(claim=claim, outcome=outcome, retry_in=retry_in)


async def domain_id_of(connection: AsyncConnection, batch_id: int, domain: str) -> int:
    """The id of a name within a batch."""
    query = text("SELECT id FROM domain_scheduler.domains WHERE batch_id = :batch_id AND domain = :domain")
    return int((await connection.execute(query, {"batch_id": batch_id, "domain": domain})).scalar_one())


async def domain_row(connection: AsyncConnection, domain_id: int) -> RowMapping:
    """One row of domains."""
    query = text("SELECT * FROM domain_scheduler.domains WHERE id = :id")
    return (await connection.execute(query, {"id": domain_id})).mappings().one()


async def result_row(connection: AsyncConnection, domain_id: int) -> RowMapping:
    """One row of domain_results."""
    query = text("SELECT * FROM domain_scheduler.domain_results WHERE domain_id = :id")
    return (await connection.execute(query, {"id": domain_id})).mappings().one()


async def batch_row(connection: AsyncConnection, batch_id: int) -> RowMapping:
    """One row of the view batch_status."""
    query = text("SELECT * FROM domain_scheduler.batch_status WHERE id = :id")
    return (await connection.execute(query, {"id": batch_id})).mappings().one()


async def statuses(connection: AsyncConnection, batch_id: int) -> dict[str, int]:
    """How many domains of a batch have which status, counted one by one."""
    query = text(
        "SELECT status, count(*) AS n FROM domain_scheduler.domains WHERE batch_id = :id GROUP BY status"
    )
    return {row.status: row.n for row in await connection.execute(query, {"id": batch_id})}


async def events(connection: AsyncConnection, batch_id: int) -> list[tuple[str, int]]:
    """Kind and cycle of what happened to a batch, in order."""
    query = text("SELECT kind, cycle FROM domain_scheduler.batch_events WHERE batch_id = :id ORDER BY id")
    return [(kind, cycle) for kind, cycle in await connection.execute(query, {"id": batch_id})]


async def drifts(connection: AsyncConnection) -> list[Drift]:
    """Every drift of every batch."""
    ids = await connection.execute(
        text(
            "SELECT id FROM domain_scheduler.batch_jobs UNION SELECT batch_id FROM domain_scheduler.domains"
            " UNION SELECT batch_id FROM domain_scheduler.batch_exact_counts"
        )
    )
    return await measure_drift(connection, batch_ids=list(ids.scalars()))
