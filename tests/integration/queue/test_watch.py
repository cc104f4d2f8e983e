"""What stands still is listed with its reason, the most urgent first."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.db.database import Database
from domain_scheduler.queue.claims import Answer
from domain_scheduler.queue.store import claim_domains, finish_domains
from domain_scheduler.queue.watch import count_waiting, list_overdue, list_waiting

NAMES = ["a.example.com", "b.example.com", "c.example.com"]


async def test_waiting_domains_come_in_the_order_of_their_next_attempt(database: Database) -> None:
    await submit_batch(database, [Entry(number, name) for number, name in enumerate(NAMES, 1)])
    waits = dict(zip(NAMES, (300.0, 60.0, None), strict=True))
    async with database.get_background_session() as connection:
        claims = await claim_domains(connection, limit=3, worker_id=uuid4(), lease=60)
        kind = ErrorKind.CONNECT_TIMEOUT
        answers = [
            Answer(
                claim=claim,
                outcome=ScanOutcome(domain=claim.domain, error_kind=kind),
                retry_in=waits[claim.domain],
            )
            for claim in claims
        ]
        await finish_domains(connection, answers=answers)
        waiting = await list_waiting(connection)
        counted = await count_waiting(connection)
    assert [(one.domain, one.error_kind) for one in waiting] == [(NAMES[1], kind), (NAMES[0], kind)]
    assert counted == {kind: 2}


async def test_a_claim_is_overdue_once_its_lease_has_ended(database: Database) -> None:
    await submit_batch(database, [Entry(1, NAMES[0])])
    async with database.get_background_session() as connection:
        await claim_domains(connection, limit=1, worker_id=uuid4(), lease=60)
        assert await list_overdue(connection) == []
        later = datetime.now(UTC) + timedelta(seconds=120)
        overdue = await list_overdue(connection, now=later)
    assert [one.domain for one in overdue] == NAMES[:1]
