"""What stands still and why: retries that wait, claims that are overdue, batches that wait for somebody."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.batches.batch import INBOX_ID, Batch
from domain_scheduler.batches.store import list_batches
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.dashboard.rendering import render
from domain_scheduler.dashboard.routes import PageRoute
from domain_scheduler.queue.watch import count_waiting, list_overdue, list_waiting
from domain_scheduler.scheduler.pass_store import list_passes
from domain_scheduler.web.service import Service, ServiceOf

router: Final = APIRouter(route_class=PageRoute)


@router.get("/problems")
async def show_problems(request: Request, service: ServiceOf) -> Response:
    """The whole page."""
    seen = await _seen(service)
    engine = service.runtime.engine_state()
    calm = not any(seen.values()) and not (engine and engine.paused_because)
    return render(
        request, "problems.html", engine=engine, calm=calm, keyed=service.access.key is not None, **seen
    )


async def _seen(service: Service) -> dict[str, Any]:
    async with service.runtime.database.get_background_session() as connection:
        paused = await list_batches(connection, status=BatchStatus.PAUSED)
        running = await list_batches(connection, status=BatchStatus.PROCESSING)
        passes = await list_passes(connection, limit=1)
        return {
            "paused": paused.batches,
            "open": [batch for batch in running.batches if _waits_for_a_seal(batch)],
            "waiting": await list_waiting(connection),
            "waiting_by_kind": await count_waiting(connection),
            "overdue": await list_overdue(connection),
            "failed_pass": passes[0] if passes and passes[0].error else None,
            "drift": passes[0].did.get("drift", 0) if passes else 0,
        }


def _waits_for_a_seal(batch: Batch) -> bool:
    return batch.id != INBOX_ID and not batch.sealed and batch.counts.unanswered == 0
