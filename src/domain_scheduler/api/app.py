"""The API as an application of its own: every route, health and metrics, and problems for unknown paths.

Not here: the dashboard beside it (service.py), the router inside another application (lifespan.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler import __version__
from domain_scheduler.api import health
from domain_scheduler.api.openapi import describe
from domain_scheduler.api.problems import error_of, problem_response
from domain_scheduler.api.router import domain_scheduler_router
from domain_scheduler.errors import DomainSchedulerError
from domain_scheduler.settings import Settings
from domain_scheduler.web.service import running_service

PREFIX = "/api/v3"


def create_app(settings: Settings, *, migrate: bool = True, with_engine: bool = True) -> FastAPI:
    """The application; its lifespan runs the whole service. Host names must be in the settings.

    `migrate=False` refuses a schema that is not current instead of bringing it up to date;
    `with_engine=False` leaves the domains to other processes.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running_service(
            app, settings, checks_hosts=True, migrate=migrate, with_engine=with_engine
        ):
            yield

    app = FastAPI(
        title="Domain Scheduler",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_name,
    )
    app.include_router(domain_scheduler_router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(health.metrics_router)
    app.add_exception_handler(HTTPException, _unknown_path)
    app.add_exception_handler(DomainSchedulerError, _refused)
    app.add_exception_handler(Exception, _unexpected)
    describe(app)
    return app


def _name(route: APIRoute) -> str:
    """The name of the operation for those who make clients of OpenAPI."""
    return route.name


async def _unknown_path(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    return problem_response(error_of(exc), request.url.path, exc.headers)


async def _refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, DomainSchedulerError)
    return problem_response(exc, request.url.path)


async def _unexpected(request: Request, _exc: Exception) -> Response:
    fault = DomainSchedulerError("an unexpected fault of this program; its log has the details")
    return problem_response(fault, request.url.path)
