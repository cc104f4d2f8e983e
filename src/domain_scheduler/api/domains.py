"""One domain: everything that is known of it, and another try."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from domain_scheduler.api.domain_schemas import DomainDetailOut
from domain_scheduler.api.fields import Id
from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.batches.domain import DomainDetail
from domain_scheduler.batches.domains_store import get_domain
from domain_scheduler.errors import BatchCancelledError, ConflictError, DomainNotFoundError
from domain_scheduler.web.retries import retry_domain
from domain_scheduler.web.service import ServiceOf

router = APIRouter(route_class=ApiRoute, prefix="/domains", tags=["domains"])


@router.get("/{domain_id}", summary="Show a domain", responses=problems(DomainNotFoundError))
async def show_domain(domain_id: Id, service: ServiceOf) -> DomainDetailOut:
    """The result with its details, and every attempt that was made."""
    async with service.runtime.database.get_background_session() as connection:
        return detail_out(await get_domain(connection, domain_id=domain_id))


@router.post(
    "/{domain_id}/retry",
    summary="Try a domain again",
    responses=problems(DomainNotFoundError, ConflictError, BatchCancelledError),
)
async def try_domain_again(domain_id: Id, service: ServiceOf) -> DomainDetailOut:
    """Send an answered domain back to `pending`; it is worked on at once."""
    found = await retry_domain(service.runtime.database, domain_id=domain_id)
    service.runtime.wake()
    return detail_out(found)


def detail_out(found: DomainDetail) -> DomainDetailOut:
    """A domain as the API shows it."""
    values: dict[str, Any] = found.domain.as_json() | {
        "history": [asdict(attempt) for attempt in found.attempts],
        "last_completed": found.last_completed,
        "details": found.details,
        "processor_result": found.processor_result,
        "claimed_at": found.claimed_at,
        "lease_until": found.lease_until,
        "worker_id": found.worker_id,
    }
    return DomainDetailOut.model_validate(values)
