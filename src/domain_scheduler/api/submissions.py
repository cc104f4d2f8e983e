"""Domains that come as JSON: into a new batch, or into an open one.

The whole request is one transaction: it is answered when all of it is stored, or nothing is.
Not here: files (uploads.py), the work itself (batches/submission.py).
"""

import hashlib
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from domain_scheduler.api.batch_schemas import BatchIn, DomainsIn, EntryIn, RejectedOut, SubmissionOut
from domain_scheduler.api.fields import Id, Plain
from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.submission import add_domains, submit_batch
from domain_scheduler.batches.submitted import Submission
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.errors import (
    BatchCancelledError,
    BatchNotFoundError,
    BatchSealedError,
    IdempotencyConflictError,
    NoDomainsError,
    TooLargeError,
)
from domain_scheduler.web.service import Service, ServiceOf

router = APIRouter(route_class=ApiRoute, prefix="/batches", tags=["batches"])

IdempotencyKey = Annotated[
    str | SkipJsonSchema[None],
    Field(min_length=1, max_length=255),
    Plain,
    Header(alias="Idempotency-Key", description="The same request with the same key is done once."),
]


@router.post(
    "",
    status_code=201,
    summary="Submit a batch",
    responses=problems(NoDomainsError, TooLargeError, IdempotencyConflictError),
)
async def create_batch(
    batch: BatchIn,
    request: Request,
    response: Response,
    service: ServiceOf,
    idempotency_key: IdempotencyKey = None,
) -> SubmissionOut:
    """Make a batch of a list of names or URLs and start on it at once.

    What cannot be a public domain name is listed in `rejected` and fails nothing else. With `sealed: false`
    more domains may be added later, and the batch completes only after it was sealed.
    """
    _require_length(batch.domains, service)
    done = await submit_batch(
        service.runtime.database,
        _entries(batch.domains),
        name=batch.name,
        priority=batch.priority,
        max_attempts=batch.max_attempts or service.settings.queue.max_attempts,
        options=ScanOptions(contact_pages=batch.contact_pages),
        sealed=batch.sealed,
        idempotency_key=idempotency_key,
        request_digest=await _digest(request),
    )
    service.runtime.wake()
    response.headers["Location"] = f"{request.url.path}/{done.batch_id}"
    return submission_out(done)


@router.post(
    "/{batch_id}/domains",
    summary="Add domains to an open batch",
    responses=problems(
        BatchNotFoundError,
        BatchSealedError,
        BatchCancelledError,
        NoDomainsError,
        TooLargeError,
        IdempotencyConflictError,
    ),
)
async def add_domains_to_batch(
    batch_id: Id,
    more: DomainsIn,
    request: Request,
    service: ServiceOf,
    idempotency_key: IdempotencyKey = None,
) -> SubmissionOut:
    """Add names or URLs to a batch that is not sealed; those that it already has count as duplicates."""
    _require_length(more.domains, service)
    done = await add_domains(
        service.runtime.database,
        batch_id,
        _entries(more.domains),
        idempotency_key=idempotency_key,
        request_digest=await _digest(request),
    )
    service.runtime.wake()
    return submission_out(done)


def submission_out(done: Submission) -> SubmissionOut:
    """What became of a list, as the API shows it."""
    return SubmissionOut(
        id=done.batch_id,
        accepted=done.accepted,
        duplicates=done.duplicates,
        rejected=[RejectedOut(value=one.value, line=one.line, reason=one.reason) for one in done.rejected],
        rejected_count=done.rejected_count,
    )


def _entries(items: list[str | EntryIn]) -> Iterator[Entry]:
    for place, item in enumerate(items, 1):
        text, priority = (item, 0) if isinstance(item, str) else (item.domain, item.priority)
        yield Entry(place, text.replace("\0", "\N{REPLACEMENT CHARACTER}"), priority)


def _require_length(items: list[str | EntryIn], service: Service) -> None:
    limit = service.settings.api.max_list
    if len(items) > limit:
        raise TooLargeError(
            f"{len(items):,} domains in one request; {limit:,} are allowed: upload them as a file"
        )


async def _digest(request: Request) -> str:
    """What stands for the whole request, to tell whether a key comes with the same one again."""
    return hashlib.sha256(request.url.path.encode() + b"\0" + await request.body()).hexdigest()
