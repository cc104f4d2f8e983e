"""One batch: how far it is, what went wrong, its domains, and the buttons that steer it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.batches import store
from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.domains_store import list_domains
from domain_scheduler.batches.idempotency import list_submissions
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.dashboard.rendering import asks_for_fragment, render
from domain_scheduler.dashboard.routes import Id, PageRoute, go_to
from domain_scheduler.web.retries import retry_batch
from domain_scheduler.web.service import ServiceOf

router: Final = APIRouter(route_class=PageRoute, prefix="/batches/{batch_id}")

_PAGE: Final = 50
Short = Annotated[str, StringConstraints(max_length=200)]


def _choice(value: str | None) -> str | None:
    if value is not None and "\0" in value:
        raise ValueError("must not contain a NUL character")
    return value or None


_chosen = BeforeValidator(_choice)


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a batch's domains is shown; the empty choice of a form means all."""

    status: Annotated[DomainStatus | None, _chosen, Query()] = None
    error_kind: Annotated[ErrorKind | None, _chosen, Query()] = None
    text: Annotated[Short | None, _chosen, Query()] = None
    changed: Annotated[bool | None, _chosen, Query()] = None
    cursor: Annotated[Short | None, _chosen, Query()] = None

    def query(self) -> str:
        """The filters, without the cursor, as they stand in an address."""
        changed = None if self.changed is None else str(self.changed).lower()
        values = {"status": self.status, "error_kind": self.error_kind, "text": self.text, "changed": changed}
        return urlencode({name: value for name, value in values.items() if value})


Chosen = Annotated[Filters, Depends()]


@router.get("")
async def show_batch(request: Request, batch_id: Id, service: ServiceOf, filters: Chosen) -> Response:
    """The whole page."""
    async with service.runtime.database.get_background_session() as connection:
        batch = await store.get_batch(connection, batch_id=batch_id)
        sent = await list_submissions(connection, batch_id=batch_id)
        domains = await _domains(connection, batch_id, filters)
    keyed = service.access.key is not None
    return render(
        request, "batch.html", batch=batch, submissions=sent, keyed=keyed, filters=filters, **domains
    )


@router.get("/live")
async def show_batch_live(request: Request, batch_id: Id, service: ServiceOf) -> Response:
    """What changes by itself."""
    async with service.runtime.database.get_background_session() as connection:
        batch = await store.get_batch(connection, batch_id=batch_id)
    return render(request, "batch_live.html", batch=batch)


@router.get("/domains")
async def show_domains(request: Request, batch_id: Id, service: ServiceOf, filters: Chosen) -> Response:
    """The table of domains."""
    async with service.runtime.database.get_background_session() as connection:
        domains = await _domains(connection, batch_id, filters)
    return render(request, "domains.html", **domains)


Verb = Callable[..., Awaitable[Batch]]
_VERBS: Final[dict[str, Verb]] = {
    "pause": store.pause_batch,
    "resume": store.resume_batch,
    "seal": store.seal_batch,
    "cancel": store.cancel_batch,
}


@router.post("/retry")
async def retry(
    request: Request, batch_id: Id, service: ServiceOf, error_kind: ErrorKind | None = None
) -> Response:
    """Try the errors of the batch again, all of them or those of one kind."""
    kinds = None if error_kind is None else (error_kind,)
    await retry_batch(service.runtime.database, batch_id=batch_id, error_kinds=kinds)
    return await _changed(request, batch_id, service)


@router.post("/{verb}")
async def steer(
    request: Request,
    batch_id: Id,
    verb: Literal["pause", "resume", "seal", "cancel"],
    service: ServiceOf,
) -> Response:
    """Pause, resume, seal or cancel the batch."""
    async with service.runtime.database.get_background_session() as connection:
        await _VERBS[verb](connection, batch_id=batch_id)
    return await _changed(request, batch_id, service)


async def _changed(request: Request, batch_id: int, service: ServiceOf) -> Response:
    service.runtime.wake()
    if asks_for_fragment(request):
        return await show_batch_live(request, batch_id, service)
    return go_to(request, f"/batches/{batch_id}")


async def _domains(connection: AsyncConnection, batch_id: int, filters: Filters) -> dict[str, Any]:
    page = await list_domains(
        connection,
        batch_id=batch_id,
        status=filters.status,
        error_kind=filters.error_kind,
        text=filters.text,
        changed=filters.changed,
        cursor=filters.cursor,
        limit=_PAGE,
    )
    query = filters.query()
    return {
        "page": page,
        "batch_id": batch_id,
        "query": query,
        "filtered": bool(query),
        "first": filters.cursor is None,
    }
