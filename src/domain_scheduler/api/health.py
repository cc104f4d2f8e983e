"""Whether the process lives, and whether it can do its work; and the numbers for Prometheus.

`live` touches nothing outside the process: a restart does not cure a database. `ready` asks the database,
its schema and the engine, and says of each what is wrong. Neither needs the key, so that probes can ask;
`/metrics` needs it.
"""

import asyncio
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.db.migrate import require_current_schema
from domain_scheduler.errors import DomainSchedulerError
from domain_scheduler.web.service import Service, ServiceOf

router = APIRouter(tags=["health"])
metrics_router = APIRouter(route_class=ApiRoute, tags=["health"])

_PATIENCE = 5.0


class LiveOut(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"

    model_config = {"json_schema_extra": {"examples": [{"status": "live"}]}}


class ReadyOut(BaseModel):
    """Whether everything that is needed works; each check says `ok` or why not."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, str] = Field(description="`database` (with its schema) and `engine`.")

    model_config = {
        "json_schema_extra": {"examples": [{"status": "ready", "checks": {"database": "ok", "engine": "ok"}}]}
    }


_NOT_READY = {
    "status": "not_ready",
    "checks": {"database": "the database does not answer", "engine": "ok"},
}


@router.get("/health/live", summary="Is the process alive?")
async def live() -> LiveOut:
    """Answers as long as the event loop turns."""
    return LiveOut()


@router.get(
    "/health/ready",
    summary="Can the service do its work?",
    response_model=ReadyOut,
    responses={
        503: {
            "model": ReadyOut,
            "description": "Something is missing; `checks` says what.",
            "content": {"application/json": {"example": _NOT_READY}},
        }
    },
)
async def ready(service: ServiceOf) -> JSONResponse:
    """Asks the database, its schema and the engine; 503 when one of them cannot work."""
    checks = {"database": await _database(service), "engine": _engine(service)}
    good = all(found == "ok" for found in checks.values())
    answer = ReadyOut(status="ready" if good else "not_ready", checks=checks)
    return JSONResponse(answer.model_dump(), status_code=200 if good else 503)


@metrics_router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses=problems()
    | {
        200: {
            "content": {"text/plain": {"example": "domain_scheduler_domains_in_flight 31.0\n"}},
            "description": "Numbers.",
        }
    },
)
async def metrics(service: ServiceOf) -> Response:
    """Every metric of this process in Prometheus' text format."""
    return Response(service.runtime.metrics.exposition(), media_type="text/plain; version=0.0.4")


async def _database(service: Service) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            await require_current_schema(service.runtime.database)
    except DomainSchedulerError as exc:
        return str(exc)
    except TimeoutError:
        return f"the database does not answer within {_PATIENCE:g} s"
    return "ok"


def _engine(service: Service) -> str:
    state = service.runtime.engine_state()
    if state is None or (state.running and state.paused_because is None):
        return "ok"
    return state.paused_because or "the engine has stopped"
