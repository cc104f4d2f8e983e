"""The scheduler: when the next pass comes, what the last ones did, and every process at work."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.dashboard.rendering import asks_for_fragment, render
from domain_scheduler.dashboard.routes import PageRoute, go_to
from domain_scheduler.queue.store import list_workers
from domain_scheduler.scheduler.pass_store import list_passes
from domain_scheduler.web.service import Service, ServiceOf

router: Final = APIRouter(route_class=PageRoute, prefix="/scheduler")

_ALIVE_WITHIN: Final = 60.0


@router.get("")
async def show_scheduler(request: Request, service: ServiceOf) -> Response:
    """The whole page."""
    keyed = service.access.key is not None
    return render(request, "scheduler.html", keyed=keyed, **await _seen(service))


@router.get("/live")
async def show_scheduler_live(request: Request, service: ServiceOf) -> Response:
    """What changes by itself."""
    return render(request, "scheduler_live.html", **await _seen(service))


@router.post("/pass")
async def run_pass(request: Request, service: ServiceOf) -> Response:
    """Run a pass now, and show it."""
    await service.runtime.run_pass(cause="request")
    if asks_for_fragment(request):
        return await show_scheduler_live(request, service)
    return go_to(request, "/scheduler")


async def _seen(service: Service) -> dict[str, Any]:
    runtime = service.runtime
    async with runtime.database.get_background_session() as connection:
        passes = await list_passes(connection, limit=20)
        workers = await list_workers(connection, within=_ALIVE_WITHIN)
    return {
        "passes": passes,
        "workers": workers,
        "engine": runtime.engine_state(),
        "next_pass": await runtime.next_pass_in(),
    }
