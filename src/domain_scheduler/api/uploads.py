"""A list as a file: CSV, text, JSON, each also packed with gzip, in the body or in a form.

Not here: receiving it (web/uploads.py), finding the domains in it (batches/intake).
"""

import asyncio
import hashlib
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from domain_scheduler.api.batch_schemas import SubmissionOut
from domain_scheduler.api.fields import ContactPages, MaxAttempts, Name, Priority
from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.api.submissions import IdempotencyKey, submission_out
from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.errors import (
    IdempotencyConflictError,
    NoDomainColumnError,
    NoDomainsError,
    TooLargeError,
    UnreadableFileError,
)
from domain_scheduler.web.service import ServiceOf
from domain_scheduler.web.uploads import ReceivedFile, received_file

router = APIRouter(route_class=ApiRoute, prefix="/batches", tags=["batches"])

_CSV: Final = "domain,country\nexample.com,DE\nexample.org,FR\n"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file, as it is or as the field `file` of a form; options may be fields too.",
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": _CSV},
            "text/plain": {"schema": {"type": "string"}, "example": "example.com\nexample.org\n"},
            "application/gzip": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {
                "schema": {"type": "array", "items": {"type": "string"}},
                "example": ["example.com", "example.org"],
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}


class UploadOptions(BaseModel):
    """What is to be done with the list."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    priority: Priority = 0
    max_attempts: MaxAttempts | SkipJsonSchema[None] = None
    sealed: bool = Field(default=True, description="False keeps the batch open for more domains.")
    contact_pages: ContactPages = False


@router.post(
    "/upload",
    status_code=201,
    summary="Submit a file",
    responses=problems(
        NoDomainsError, NoDomainColumnError, UnreadableFileError, TooLargeError, IdempotencyConflictError
    ),
    openapi_extra=_BODY,
)
async def upload_batch(
    request: Request,
    response: Response,
    service: ServiceOf,
    options: Annotated[UploadOptions, Query()],
    idempotency_key: IdempotencyKey = None,
) -> SubmissionOut:
    """Make a batch of a file: CSV (the column with domains is found), a name a line, JSON, or these as gzip.

    The file may have millions of lines; what cannot be a domain is listed with its line in `rejected`.
    """
    async with received_file(request) as received:
        chosen = _with_fields(options, received)
        done = await submit_batch(
            service.runtime.database,
            read_entries(received.file, max_bytes=service.settings.api.max_upload_bytes),
            name=chosen.name,
            priority=chosen.priority,
            max_attempts=chosen.max_attempts or service.settings.queue.max_attempts,
            options=ScanOptions(contact_pages=chosen.contact_pages),
            sealed=chosen.sealed,
            idempotency_key=idempotency_key,
            request_digest=await _digest(received, chosen) if idempotency_key else "",
        )
    service.runtime.wake()
    response.headers["Location"] = request.url.path.removesuffix("upload") + str(done.batch_id)
    return submission_out(done)


def _with_fields(options: UploadOptions, received: ReceivedFile) -> UploadOptions:
    """The options of the query, and those that came as fields of the form."""
    try:
        return UploadOptions.model_validate(options.model_dump(exclude_unset=True) | received.fields)
    except ValidationError as exc:
        found = [{**item, "loc": ("body", *item["loc"])} for item in exc.errors()]
        raise RequestValidationError(found) from exc


async def _digest(received: ReceivedFile, options: UploadOptions) -> str:
    content = await asyncio.to_thread(received.digest)
    return hashlib.sha256(f"{options.model_dump_json()} {content}".encode()).hexdigest()
