"""Claims and answers made up in memory, for tests without a database."""

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Page, ScanOutcome
from domain_scheduler.queue.claims import Answer, Claim


def made_up_claim(number: int, *, batch_id: int = 7, run_token: int = 1) -> Claim:
    """A first attempt at `site-NUMBER.example`."""
    return Claim(
        id=number,
        batch_id=batch_id,
        domain=f"site-{number}.example",
        run_token=run_token,
        attempt=1,
        max_attempts=3,
        claim_position=number,
        options={},
    )


def made_up_answer(number: int, *, kind: ErrorKind | None = None, retry_in: float | None = None) -> Answer:
    """An answer for `made_up_claim(number)`: a page, or an error."""
    claim = made_up_claim(number)
    page = Page(title="a page") if kind is None else None
    outcome = ScanOutcome(domain=claim.domain, page=page, error_kind=kind)
    return Answer(claim=claim, outcome=outcome, retry_in=retry_in)
