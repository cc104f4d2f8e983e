"""The kind of route that every operation of the API is: guarded, bounded, and its errors are problems.

It is the route and not the application that does so: the same router then works inside somebody's own
FastAPI application without touching their other routes.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain_scheduler.api.problems import error_of, problem_response
from domain_scheduler.errors import DomainSchedulerError, RequestInvalidError
from domain_scheduler.settings import ApiSettings
from domain_scheduler.web.bounds import bounded
from domain_scheduler.web.service import service_of

_MULTIPART_MARGIN: Final = 64 * 1024
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What strangers wrote is passed on: no browser may take it for a page, no proxy keep it."""
_UNREADABLE: Final = 400
"""What FastAPI answers to a body that cannot be parsed."""


class ApiRoute(APIRoute):
    """A route of the API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that FastAPI made of the endpoint, within guards and with problems for errors."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                service = service_of(request)
                service.access.require_host(request)
                service.access.require_caller(request)
                response = await handle(bounded(request, self._limit(service.settings.api)))
                response.headers.update(_HEADERS)
                return response
            except DomainSchedulerError as exc:
                return problem_response(exc, request.url.path)
            except ClientDisconnect:  # nobody is there to read the answer
                return problem_response(RequestInvalidError("the request was cut off"), request.url.path)
            except RequestValidationError as exc:
                return problem_response(error_of(exc), request.url.path)
            except HTTPException as exc:
                if exc.status_code != _UNREADABLE:
                    raise  # of a dependency that the application around put before our routes
                return problem_response(error_of(exc), request.url.path)

        return answer

    def _limit(self, settings: ApiSettings) -> int:
        """Bytes of a body: a JSON request is read whole, an upload is streamed by its endpoint."""
        if self.body_field is not None:
            return settings.max_json_bytes
        return settings.max_upload_bytes + _MULTIPART_MARGIN
