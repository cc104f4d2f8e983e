"""The API for people: every operation of the service's own OpenAPI document, with an example to copy.

Not here: the contract itself (api/), which is served as /openapi.json.
"""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.dashboard.rendering import render
from domain_scheduler.dashboard.routes import PageRoute
from domain_scheduler.web.service import ServiceOf

router: Final = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation as the page shows it; `example` is what a good answer looks like."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    sent: Any
    example: Any


@router.get("/api")
async def show_api(request: Request, service: ServiceOf) -> Response:
    """The whole page."""
    document = request.app.openapi()
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _operation(document, method, path, operation)
            groups.setdefault(operation["tags"][0], []).append(shown)
    return render(request, "api.html", groups=groups, keyed=service.access.key is not None)


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Operation:
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        parameters=operation.get("parameters", []),
        sent=_example(document, operation.get("requestBody", {})),
        example=_example(document, good),
    )


def _example(document: dict[str, Any], message: dict[str, Any]) -> Any:
    """The example of a body: its own, or that of its schema."""
    for media in message.get("content", {}).values():
        if "example" in media:
            return media["example"]
        for schema in media["schema"].get("anyOf", [media["schema"]]):
            name = schema.get("$ref", "").rpartition("/")[2]
            examples = document["components"]["schemas"].get(name, {}).get("examples")
            if examples:
                return examples[0]
    return None
