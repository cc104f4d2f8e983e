"""How errors look to an HTTP client: `application/problem+json` (RFC 9457), and the only table of statuses.

Every class of errors.py has its line here; a test walks the tree. `code` is the stable word to program by,
`detail` is for people. Of an unexpected fault nothing is told but that it was one: the log has the rest.
Not here: when a route answers with one (routes.py), unknown paths (app.py).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from domain_scheduler import errors
from domain_scheduler.api.batch_schemas import RejectedOut
from domain_scheduler.batches.submitted import NothingAcceptedError
from domain_scheduler.errors import DomainSchedulerError

STATUS: Final[dict[type[DomainSchedulerError], int]] = {
    errors.DomainSchedulerError: 500,
    errors.SettingsError: 500,
    errors.InputError: 422,
    errors.NoDomainsError: 422,
    errors.NoDomainColumnError: 422,
    errors.UnreadableFileError: 422,
    errors.TooLargeError: 413,
    errors.BadCursorError: 400,
    errors.RequestInvalidError: 422,
    errors.RefusedError: 403,
    errors.KeyInvalidError: 401,
    errors.TooManyKeysError: 429,
    errors.HostRefusedError: 403,
    errors.CrossSiteError: 403,
    errors.NotFoundError: 404,
    errors.BatchNotFoundError: 404,
    errors.DomainNotFoundError: 404,
    errors.PathUnknownError: 404,
    errors.MethodNotAllowedError: 405,
    errors.ConflictError: 409,
    errors.BatchSealedError: 409,
    errors.BatchCancelledError: 409,
    errors.BatchStandingError: 409,
    errors.IdempotencyConflictError: 409,
    errors.MissingExtraError: 501,
    errors.UnavailableError: 503,
    errors.DatabaseUnavailableError: 503,
    errors.DatabaseSchemaError: 503,
    errors.EmbeddedPostgresError: 503,
}

_HEADERS: Final[dict[int, dict[str, str]]] = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}
_MAX_FIELDS: Final = 20
_MEMBER_OF_UNION: Final = re.compile(r"none|constrained-str|str-enum\[\w+\]|[A-Z]\w*In")
"""How pydantic names the alternatives of one field, which a client knows nothing of."""
_EVERYWHERE: Final[tuple[type[DomainSchedulerError], ...]] = (
    errors.RequestInvalidError,
    errors.KeyInvalidError,
    errors.TooManyKeysError,
    errors.HostRefusedError,
    errors.CrossSiteError,
    errors.DatabaseUnavailableError,
)
MEDIA_TYPE: Final = "application/problem+json"


class ProblemField(BaseModel):
    """One field of a request that does not fit."""

    field: str = Field(description="Where: `body.domains.3`, `query.limit`, `path.batch_id`.")
    message: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """An error as RFC 9457 describes it."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="A URN made of `code`.")
    title: str = Field(description="What this kind of problem is.")
    status: int = Field(description="The HTTP status, again.")
    detail: str = Field(description="What happened this time, and what to do.")
    instance: str = Field(description="The path that was asked.")
    code: str = Field(description="The stable word to program by; all are in the reference of errors.")
    rejected: list[RejectedOut] | None = Field(
        default=None, description="Of a list without one domain: the first entries and why they are none."
    )
    fields: list[ProblemField] | None = Field(
        default=None, description="Of an invalid request: what does not fit."
    )


def problem_of(exc: DomainSchedulerError, instance: str) -> Problem:
    """What a client is told about `exc`."""
    kind = type(exc)
    fields = [
        ProblemField(field=_clean(name), message=_clean(text)) for name, text in getattr(exc, "fields", ())
    ]
    return Problem(
        type=f"urn:domain-scheduler:problem:{kind.code}",
        title=title_of(kind),
        status=status_of(kind),
        detail=_clean(str(exc)),
        instance=_clean(instance),
        code=kind.code,
        rejected=_rejected(exc),
        fields=fields or None,
    )


def problem_response(
    exc: DomainSchedulerError, instance: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The response for `exc`, raised by a request for the path `instance`."""
    problem = problem_of(exc, instance)
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=problem.status,
        headers={**_HEADERS.get(problem.status, {}), **_wait(exc), **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def _wait(exc: DomainSchedulerError) -> dict[str, str]:
    return {"Retry-After": str(exc.seconds)} if isinstance(exc, errors.TooManyKeysError) else {}


def status_of(kind: type[DomainSchedulerError]) -> int:
    """The HTTP status of `kind`; a class outside errors.py has that of the one it refines."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def title_of(kind: type[DomainSchedulerError]) -> str:
    """The sentence that says what `kind` is."""
    return (kind.__doc__ or kind.__name__).splitlines()[0]


def error_of(exc: RequestValidationError | HTTPException) -> DomainSchedulerError:
    """The framework's own refusals in the words of errors.py."""
    if isinstance(exc, RequestValidationError):
        return _invalid_request(exc)
    if isinstance(exc.__cause__, DomainSchedulerError):
        return exc.__cause__  # raised while the framework read the body
    if exc.status_code == 404:
        return errors.PathUnknownError("nothing is served here; the paths are in /openapi.json")
    if exc.status_code == 405:
        return errors.MethodNotAllowedError("this path does not know this method")
    return errors.RequestInvalidError(str(exc.detail))


def problems(*kinds: type[DomainSchedulerError]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI `responses` of an operation that may raise `kinds`, besides what every operation may."""
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, *_EVERYWHERE):
        response = responses.setdefault(status_of(kind), _response())
        response["description"] = " ".join(filter(None, (response["description"], title_of(kind))))
        response["content"][MEDIA_TYPE]["examples"][kind.code] = {"value": _example(kind)}
    return responses


def _response() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(kind: type[DomainSchedulerError]) -> dict[str, Any]:
    problem = problem_of(kind(title_of(kind)), "/api/v3/batches/17")
    return problem.model_dump(exclude_none=True)


def _invalid_request(exc: RequestValidationError) -> errors.RequestInvalidError:
    found: dict[str, str] = {}
    for item in exc.errors():
        found.setdefault(*_misfit(item))
    fields = tuple(found.items())[:_MAX_FIELDS]
    count = "1 field does not fit" if len(found) == 1 else f"{len(found)} fields do not fit"
    more = f" (the first {_MAX_FIELDS} are listed)" if len(found) > _MAX_FIELDS else ""
    first = f"{fields[0][0]}: {fields[0][1]}" if fields else "it cannot be read"
    return errors.RequestInvalidError(f"{count}{more}; {first}", fields)


def _misfit(item: dict[str, Any]) -> tuple[str, str]:
    """The field as the client knows it, and what is wrong with it."""
    where, message = item["loc"], str(item["msg"])
    if item["type"] == "json_invalid":
        return str(where[0]), f"no JSON from character {where[-1]} on: {item['ctx']['error']}"
    if item["type"] != "extra_forbidden":
        where = [part for part in where if not _MEMBER_OF_UNION.fullmatch(str(part))]
    return ".".join(map(str, where)), message


def _rejected(exc: DomainSchedulerError) -> list[RejectedOut] | None:
    if not isinstance(exc, NothingAcceptedError):
        return None
    return [
        RejectedOut(value=_clean(one.value), line=one.line, reason=_clean(one.reason))
        for one in exc.rejected[:_MAX_FIELDS]
    ]


def _clean(text: str) -> str:
    """`text` as it can be sent: a lone half of a surrogate pair has no form in UTF-8."""
    return text.encode("utf-8", "replace").decode()[:2_000]
