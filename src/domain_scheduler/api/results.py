"""The domains of a batch: in pages with filters, and all results as one file."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.json_schema import SkipJsonSchema

from domain_scheduler.api.domain_schemas import DomainOut, DomainPageOut
from domain_scheduler.api.fields import Changed, Cursor, Id, PageSize, Text
from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.batches.domains_store import list_domains
from domain_scheduler.batches.store import get_batch
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.errors import BadCursorError, BatchNotFoundError
from domain_scheduler.web.service import ServiceOf

router = APIRouter(route_class=ApiRoute, prefix="/batches/{batch_id}", tags=["domains"])


@router.get(
    "/domains", summary="List the domains of a batch", responses=problems(BatchNotFoundError, BadCursorError)
)
async def list_domains_of_batch(
    batch_id: Id,
    service: ServiceOf,
    status: Annotated[DomainStatus | SkipJsonSchema[None], Query(description="Only these.")] = None,
    error_kind: Annotated[
        ErrorKind | SkipJsonSchema[None], Query(description="Only errors of this kind.")
    ] = None,
    text: Text = None,
    changed: Changed = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> DomainPageOut:
    """A page of the batch's domains in the order in which they came, each with its result row."""
    async with service.runtime.database.get_background_session() as connection:
        await get_batch(connection, batch_id=batch_id)
        page = await list_domains(
            connection,
            batch_id=batch_id,
            status=status,
            error_kind=error_kind,
            text=text,
            changed=changed,
            cursor=cursor,
            limit=limit,
        )
    items = [DomainOut.model_validate(one.as_json()) for one in page.domains]
    return DomainPageOut(items=items, next_cursor=page.next_cursor)
