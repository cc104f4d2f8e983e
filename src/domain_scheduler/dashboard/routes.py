"""The kind of route that every page is: guarded as the API, bounded, and not part of OpenAPI.

Errors are not answered here: the service around decides whether a page or a problem tells them (service.py).
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Path
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain_scheduler.dashboard.rendering import asks_for_fragment
from domain_scheduler.web.access import require_same_site
from domain_scheduler.web.bounds import bounded
from domain_scheduler.web.service import Service, service_of

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]

_FORM_MARGIN: Final = 64 * 1024
_LOGIN_BYTES: Final = 16 * 1024


class PageRoute(APIRoute):
    """A page for those who may see it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that FastAPI made of the endpoint, within the guards."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            service = service_of(request)
            service.access.require_host(request)
            self.require_caller(service, request)
            return await handle(bounded(request, self.limit(service)))

        return answer

    def require_caller(self, service: Service, request: Request) -> None:
        """Return if the caller may see the page; raises KeyInvalidError or CrossSiteError."""
        service.access.require_caller(request)

    def limit(self, service: Service) -> int:
        """Bytes that may come with the request."""
        return service.settings.api.max_upload_bytes + _FORM_MARGIN


class OpenPageRoute(PageRoute):
    """A page that one may see without the key, to give it."""

    def require_caller(self, service: Service, request: Request) -> None:
        """Return unless another site's page is behind it; raises CrossSiteError."""
        require_same_site(request)

    def limit(self, service: Service) -> int:
        """Bytes that may come with the request."""
        return _LOGIN_BYTES


def go_to(request: Request, path: str) -> Response:
    """Send the browser to another page of the dashboard."""
    url = request.scope.get("root_path", "") + path
    if asks_for_fragment(request):
        return Response(headers={"HX-Redirect": url})
    return RedirectResponse(url, status_code=303)
