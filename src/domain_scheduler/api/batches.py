"""Batches: submitted, listed, shown, and steered.

Not here: files (uploads.py), their domains and results (results.py).
"""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.json_schema import SkipJsonSchema

from domain_scheduler.api.batch_schemas import (
    BatchOut,
    BatchPageOut,
    BatchPatch,
    MinuteOut,
    RetryIn,
    RetryOut,
    ThroughputOut,
)
from domain_scheduler.api.fields import Cursor, Id, PageSize, Text
from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.batches import store
from domain_scheduler.batches.batch import Batch
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.errors import (
    BadCursorError,
    BatchCancelledError,
    BatchNotFoundError,
    BatchStandingError,
    ConflictError,
)
from domain_scheduler.web.retries import retry_batch
from domain_scheduler.web.service import ServiceOf

router = APIRouter(route_class=ApiRoute, prefix="/batches", tags=["batches"])

_DAY = 24 * 60


@router.get("", summary="List batches", responses=problems(BadCursorError))
async def list_batches(
    service: ServiceOf,
    status: Annotated[BatchStatus | SkipJsonSchema[None], Query(description="Only these.")] = None,
    text: Text = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> BatchPageOut:
    """A page of batches, newest first, with their exact counts."""
    async with service.runtime.database.get_background_session() as connection:
        page = await store.list_batches(connection, status=status, text=text, cursor=cursor, limit=limit)
    return BatchPageOut(items=[batch_out(batch) for batch in page.batches], next_cursor=page.next_cursor)


@router.get("/{batch_id}", summary="Show a batch", responses=problems(BatchNotFoundError))
async def show_batch(batch_id: Id, service: ServiceOf) -> BatchOut:
    """Status, exact counts by status and by error kind, rate and remaining time, all of one moment."""
    async with service.runtime.database.get_background_session() as connection:
        return batch_out(await store.get_batch(connection, batch_id=batch_id))


@router.patch("/{batch_id}", summary="Change name or priority", responses=problems(BatchNotFoundError))
async def change_batch(batch_id: Id, change: BatchPatch, service: ServiceOf) -> BatchOut:
    """Give the batch another name or priority; a priority counts from the next claim on."""
    async with service.runtime.database.get_background_session() as connection:
        return batch_out(
            await store.update_batch(
                connection, batch_id=batch_id, name=change.name, priority=change.priority
            )
        )


@router.post(
    "/{batch_id}/seal",
    summary="Seal a batch",
    responses=problems(BatchNotFoundError, BatchCancelledError, BatchStandingError),
)
async def seal_batch(batch_id: Id, service: ServiceOf) -> BatchOut:
    """Declare that no more domains will be added; the batch completes when all are answered."""
    async with service.runtime.database.get_background_session() as connection:
        return batch_out(await store.seal_batch(connection, batch_id=batch_id))


@router.post(
    "/{batch_id}/pause",
    summary="Pause a batch",
    responses=problems(BatchNotFoundError, BatchCancelledError, ConflictError),
)
async def pause_batch(batch_id: Id, service: ServiceOf) -> BatchOut:
    """Start no more of its domains until it is resumed; what is in flight is finished."""
    async with service.runtime.database.get_background_session() as connection:
        return batch_out(await store.pause_batch(connection, batch_id=batch_id))


@router.post(
    "/{batch_id}/resume",
    summary="Resume a batch",
    responses=problems(BatchNotFoundError, BatchCancelledError),
)
async def resume_batch(batch_id: Id, service: ServiceOf) -> BatchOut:
    """Go on with a paused batch, at once."""
    async with service.runtime.database.get_background_session() as connection:
        batch = await store.resume_batch(connection, batch_id=batch_id)
    service.runtime.wake()
    return batch_out(batch)


@router.post(
    "/{batch_id}/cancel",
    summary="Cancel a batch",
    responses=problems(BatchNotFoundError, BatchStandingError, ConflictError),
)
async def cancel_batch(batch_id: Id, service: ServiceOf) -> BatchOut:
    """Start no more of its domains, for good. What is in flight is finished, the rest becomes `cancelled`."""
    async with service.runtime.database.get_background_session() as connection:
        return batch_out(await store.cancel_batch(connection, batch_id=batch_id))


@router.post(
    "/{batch_id}/retry",
    summary="Try domains of a batch again",
    responses=problems(BatchNotFoundError, BatchCancelledError),
)
async def retry_domains_of_batch(batch_id: Id, service: ServiceOf, which: RetryIn | None = None) -> RetryOut:
    """Send answered domains back to `pending`: without a body all errors, else those of a kind or status.

    Works in chunks for about 20 seconds; if `complete` is false, ask again from `last_id` on.
    """
    wanted = which or RetryIn()
    done = await retry_batch(
        service.runtime.database,
        batch_id=batch_id,
        statuses=wanted.statuses,
        error_kinds=wanted.error_kinds,
        after_id=wanted.after_id,
    )
    service.runtime.wake()
    return RetryOut(retried=done.count, complete=done.complete, last_id=done.last_id)


@router.get(
    "/{batch_id}/throughput", summary="Show the answers per minute", responses=problems(BatchNotFoundError)
)
async def show_throughput(
    batch_id: Id,
    service: ServiceOf,
    minutes: Annotated[int, Query(ge=1, le=7 * _DAY, description="How far to look back.")] = 60,
) -> ThroughputOut:
    """Answers per minute of the batch, read from the ledger's rolls: cheap however large the batch."""
    async with service.runtime.database.get_background_session() as connection:
        await store.get_batch(connection, batch_id=batch_id)
        found = await store.list_minutes(connection, batch_id=batch_id, minutes=minutes)
    items = [MinuteOut(minute=one.minute, completed=one.completed, error=one.error) for one in found]
    return ThroughputOut(items=items)


def batch_out(batch: Batch) -> BatchOut:
    """A batch as the API shows it."""
    return BatchOut.model_validate(batch.as_json())
