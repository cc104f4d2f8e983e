"""What OpenAPI says beyond the operations themselves: problems, the key, and what it is all about."""

from typing import Any

from fastapi import FastAPI

from domain_scheduler.api.problems import Problem

_DESCRIPTION = """\
Submit lists of domains, watch them being worked off, and read an answer for every one.

Errors are `application/problem+json` (RFC 9457); program by their `code`. Lists are paged by `next_cursor`.
Where a key is configured, send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`.
"""
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The API key, where one is configured."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}


def describe(app: FastAPI) -> None:
    """Complete the document that `app` serves as /openapi.json."""
    app.description = _DESCRIPTION
    generate = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(generate())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= {**schema.pop("$defs", {}), "Problem": schema}
    components["securitySchemes"] = _SCHEMES
    document["security"] = [{}, {"bearer": []}, {"header": []}]
