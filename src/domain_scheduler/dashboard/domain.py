"""One domain: what it is, how that was learned, and every attempt."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.batches.domains_store import get_domain
from domain_scheduler.core.contact_rows import contact_rows
from domain_scheduler.core.owner_rows import owner_rows
from domain_scheduler.dashboard.rendering import render
from domain_scheduler.dashboard.routes import Id, PageRoute, go_to
from domain_scheduler.web.retries import retry_domain
from domain_scheduler.web.service import ServiceOf

router: Final = APIRouter(route_class=PageRoute, prefix="/domains/{domain_id}")


@router.get("")
async def show_domain(request: Request, domain_id: Id, service: ServiceOf) -> Response:
    """The whole page."""
    async with service.runtime.database.get_background_session() as connection:
        found = await get_domain(connection, domain_id=domain_id)
    details = found.details or {}
    return render(
        request,
        "domain.html",
        found=found,
        sources=details.get("sources", {}),
        owner=owner_rows(details),
        contacts=contact_rows(details),
        contact_pages=details.get("contact_pages", ()),
        keyed=service.access.key is not None,
    )


@router.post("/retry")
async def retry(request: Request, domain_id: Id, service: ServiceOf) -> Response:
    """Try the domain again, and show it."""
    await retry_domain(service.runtime.database, domain_id=domain_id)
    service.runtime.wake()
    return go_to(request, f"/domains/{domain_id}")
