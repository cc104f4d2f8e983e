"""All operations of the API, relative to a prefix: `/api/v3` in the service, yours in your application."""

from typing import Final

from fastapi import APIRouter

from domain_scheduler.api import (
    batches,
    dev_tools,
    domains,
    exports,
    meta,
    results,
    scheduler,
    submissions,
    uploads,
)
from domain_scheduler.api.routes import ApiRoute

domain_scheduler_router: Final = APIRouter(route_class=ApiRoute)
"""Include it where `domain_scheduler_lifespan` is entered (see lifespan.py)."""

for _room in (submissions, uploads, batches, results, exports, domains, scheduler, dev_tools, meta):
    domain_scheduler_router.include_router(_room.router)
