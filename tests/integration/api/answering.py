"""Answers domains in a worker's place, so that a test says exactly what a site came to."""

from collections.abc import Mapping
from uuid import uuid4

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Fetched, Hop, Page, ScanOutcome
from domain_scheduler.db.database import Database
from domain_scheduler.queue.claims import Answer, Claim
from domain_scheduler.queue.store import claim_domains, finish_batches, finish_domains


async def answer_all(
    database: Database, *, errors: Mapping[str, str] | None = None, page: Page | None = None
) -> list[Claim]:
    """Claim every ready domain and answer it: with `page`, or with the error kind that `errors` names."""
    async with database.get_background_session() as connection:
        claims = await claim_domains(connection, limit=1_000, worker_id=uuid4(), lease=60)
        answers = [_answer(claim, (errors or {}).get(claim.domain), page) for claim in claims]
        await finish_domains(connection, answers=answers)
        await finish_batches(connection)
    return claims


def _answer(claim: Claim, kind: str | None, page: Page | None) -> Answer:
    url = f"https://{claim.domain}/"
    if kind is not None:
        outcome = ScanOutcome(
            domain=claim.domain, error_kind=ErrorKind(kind), error_message="as the test says"
        )
        return Answer(claim=claim, outcome=outcome)
    fetched = Fetched(hops=(Hop(url=url, status=200, ip="192.0.2.1"),), final_url=url, http_status=200)
    outcome = ScanOutcome(
        domain=claim.domain,
        fetched=fetched,
        page=page or Page(title=f"Title of {claim.domain}"),
        duration_ms=12,
    )
    return Answer(claim=claim, outcome=outcome)
