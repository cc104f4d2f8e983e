"""The first page: submit domains, see every batch and whether the service works."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.batches.store import list_batches
from domain_scheduler.dashboard.rendering import render
from domain_scheduler.dashboard.routes import PageRoute
from domain_scheduler.scheduler.pass_store import list_passes
from domain_scheduler.web.service import Service, ServiceOf

router: Final = APIRouter(route_class=PageRoute)

Cursor = Annotated[str | None, Query(max_length=200)]
_PAGE: Final = 20


@router.get("/")
async def show_overview(request: Request, service: ServiceOf, cursor: Cursor = None) -> Response:
    """The whole page."""
    return render(
        request, "overview.html", keyed=service.access.key is not None, **await _seen(service, cursor)
    )


@router.get("/live")
async def show_overview_live(request: Request, service: ServiceOf, cursor: Cursor = None) -> Response:
    """What changes by itself."""
    return render(request, "overview_live.html", **await _seen(service, cursor))


async def _seen(service: Service, cursor: str | None) -> dict[str, Any]:
    runtime = service.runtime
    async with runtime.database.get_background_session() as connection:
        page = await list_batches(connection, cursor=cursor or None, limit=_PAGE)
        passes = await list_passes(connection, limit=1)
    return {
        "page": page,
        "cursor": cursor or None,
        "engine": runtime.engine_state(),
        "next_pass": await runtime.next_pass_in(),
        "last_pass": passes[0] if passes else None,
    }
