"""The scheduler as it stands: the next pass, the last ones, the engine, and every process at work."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.queue.store import list_workers
from domain_scheduler.scheduler.pass_store import Cause, Pass, list_passes
from domain_scheduler.web.service import ServiceOf

router = APIRouter(route_class=ApiRoute, tags=["scheduler"])

_ALIVE_WITHIN = 60.0


class PassOut(BaseModel):
    """One run of `process_pending_domains`."""

    id: int
    cause: Cause = Field(description="Whether the clock or a request started it.")
    worker_id: UUID | None = Field(description="The process that ran it.")
    started_at: datetime
    finished_at: datetime | None = Field(description="Null while it runs, or when its process was killed.")
    found: dict[str, int] = Field(description="Domains by status when it started.")
    did: dict[str, Any] = Field(description="What it did, counted.")
    error: str | None = Field(description="Why it failed, if it did.")

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "id": 42,
                    "cause": "request",
                    "worker_id": "0b9f9a52-6f0f-4c52-9a2f-7f3b8c7a1d11",
                    "started_at": "2026-01-05T10:00:00Z",
                    "finished_at": "2026-01-05T10:00:01.250Z",
                    "found": {"pending": 12, "processing": 0, "completed": 88, "error": 4, "cancelled": 0},
                    "did": {"reaped_pending": 0, "promoted": 2, "worked_off": {"completed": 9, "error": 1}},
                    "error": None,
                }
            ]
        }
    }


class WorkerOut(BaseModel):
    """A process that works on this database, as it described itself at its last heartbeat."""

    id: UUID
    kind: str = Field(description="`serve`, `work` or `scan`.")
    host: str
    pid: int
    started_at: datetime
    heartbeat_at: datetime
    state: dict[str, Any]


class SchedulerOut(BaseModel):
    """The scheduler, the engine of the process that answers, and all processes."""

    next_pass_at: datetime | None = Field(description="Null when this process runs no scheduler.")
    engine: dict[str, Any] | None = Field(description="The engine of this process; null without one.")
    passes: list[PassOut] = Field(description="The last passes, newest first.")
    workers: list[WorkerOut] = Field(description="Processes heard of within the last minute.")

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "next_pass_at": "2026-01-05T10:05:00Z",
                    "engine": {"running": True, "in_flight": 31, "concurrency": 100},
                    "passes": [],
                    "workers": [],
                }
            ]
        }
    }


@router.get("/scheduler", summary="Show the scheduler", responses=problems())
async def show_scheduler(
    service: ServiceOf,
    limit: Annotated[int, Query(ge=1, le=100, description="Passes to list.")] = 20,
) -> SchedulerOut:
    """The next pass, the last passes, the state of the engine, and every process at work."""
    runtime = service.runtime
    async with runtime.database.get_background_session() as connection:
        passes = await list_passes(connection, limit=limit)
        workers = await list_workers(connection, within=_ALIVE_WITHIN)
    engine = runtime.engine_state()
    return SchedulerOut(
        next_pass_at=_moment_in(await runtime.next_pass_in()),
        engine=None if engine is None else engine.as_json(),
        passes=[pass_out(done) for done in passes],
        workers=[WorkerOut.model_validate(asdict(worker)) for worker in workers],
    )


def pass_out(done: Pass) -> PassOut:
    """A pass as the API shows it."""
    return PassOut.model_validate(asdict(done))


def _moment_in(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
