"""Tools for those who build on the service: run a pass now and see what it found and did."""

from typing import Annotated

from fastapi import APIRouter, Query

from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.api.scheduler import PassOut, pass_out
from domain_scheduler.web.service import ServiceOf

router = APIRouter(route_class=ApiRoute, prefix="/dev-tools", tags=["dev-tools"])


@router.post("/process-pending-domains", summary="Run a pass now", responses=problems())
async def process_pending_domains(
    service: ServiceOf,
    limit: Annotated[
        int | None, Query(ge=1, le=10_000, description="Domains to work off before the answer comes.")
    ] = None,
    wait_seconds: Annotated[
        float, Query(ge=0, le=300, description="How long to wait for them at most.")
    ] = 60.0,
) -> PassOut:
    """Run `process_pending_domains` now instead of at its time, and answer what it found and did, by status.

    With `limit` the answer waits until that many domains were worked off (fewer if there are no more).
    """
    return pass_out(await service.runtime.run_pass(limit=limit, wait=wait_seconds, cause="request"))
