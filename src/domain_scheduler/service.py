"""The whole service as one application: the API, and the dashboard at its root.

An error is told as a page to a browser that looks at the dashboard, as a problem to everyone else; a browser
without a session is sent to log in.
Not here: the rooms (api/, dashboard/), listening (cli/).
"""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.api.app import PREFIX, create_app
from domain_scheduler.api.problems import error_of, problem_of, problem_response
from domain_scheduler.dashboard import dashboard_router, error_page, static_files, to_login
from domain_scheduler.errors import DomainSchedulerError, KeyInvalidError
from domain_scheduler.settings import Settings

_FOR_PROGRAMS: Final = (PREFIX, "/health/", "/metrics", "/openapi.json")


def create_service(settings: Settings, *, migrate: bool = True, with_engine: bool = True) -> FastAPI:
    """API and dashboard; parameters as of `create_app`."""
    app = create_app(settings, migrate=migrate, with_engine=with_engine)
    app.include_router(dashboard_router)
    app.mount("/static", static_files())
    for kind in (DomainSchedulerError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(Exception, _unexpected)
    return app


async def _told(request: Request, exc: Exception) -> Response:
    if isinstance(exc, RequestValidationError | HTTPException):
        error = error_of(exc)
    else:
        assert isinstance(exc, DomainSchedulerError)
        error = exc
    headers = exc.headers if isinstance(exc, HTTPException) else None
    return _tell(request, error, headers)


async def _unexpected(request: Request, _exc: Exception) -> Response:
    return _tell(
        request, DomainSchedulerError("an unexpected fault of this program; its log has the details")
    )


def _tell(
    request: Request, error: DomainSchedulerError, headers: Mapping[str, str] | None = None
) -> Response:
    path = request.url.path
    if path.startswith(_FOR_PROGRAMS) or "text/html" not in _accepted(request):
        return problem_response(error, path, headers)
    if isinstance(error, KeyInvalidError):
        return to_login(request)
    problem = problem_of(error, path)
    return error_page(request, status=problem.status, title=problem.title, detail=problem.detail)


def _accepted(request: Request) -> str:
    """What the caller can show; htmx asks for HTML whatever it says."""
    return "text/html" if request.headers.get("hx-request") else request.headers.get("accept", "")
