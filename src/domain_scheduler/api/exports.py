"""All results of a batch as one file, streamed: neither memory nor a connection is held for a slow reader.

Not here: the formats (batches/exports), pages (results.py).
"""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic.json_schema import SkipJsonSchema

from domain_scheduler.api.fields import Changed, Id, Text
from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.exports.result_file import MEDIA_TYPES, ResultFormat, stream_results
from domain_scheduler.batches.store import get_batch
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.errors import BatchNotFoundError, MissingExtraError
from domain_scheduler.web.service import ServiceOf

router = APIRouter(route_class=ApiRoute, prefix="/batches/{batch_id}", tags=["domains"])

_EXAMPLES: Final = {
    ResultFormat.CSV: f"{','.join(RESULT_COLUMNS[:3])},...\nexample.com,completed,,...\n",
    ResultFormat.JSONL: '{"domain": "example.com", "status": "completed", "error_kind": null}\n',
}
_FILE: Final[dict[str, Any]] = {
    "description": "The file.",
    "content": {
        MEDIA_TYPES[form]: {"schema": {"type": "string", "format": "binary"}}
        | ({"example": _EXAMPLES[form]} if form in _EXAMPLES else {})
        for form in ResultFormat
    },
}


@router.get(
    "/results",
    summary="Download the results",
    response_class=StreamingResponse,
    responses=problems(BatchNotFoundError, MissingExtraError) | {200: _FILE},
)
async def download_results(
    batch_id: Id,
    service: ServiceOf,
    format: Annotated[ResultFormat, Query(description="The form of the file.")] = ResultFormat.CSV,
    status: Annotated[DomainStatus | SkipJsonSchema[None], Query(description="Only these.")] = None,
    error_kind: Annotated[ErrorKind | SkipJsonSchema[None], Query(description="Only such errors.")] = None,
    text: Text = None,
    changed: Changed = None,
) -> StreamingResponse:
    """One row per domain in the order in which they came, answered or not, with the columns of a result."""
    database = service.runtime.database
    async with database.get_background_session() as connection:
        batch = await get_batch(connection, batch_id=batch_id)
    blocks = stream_results(
        database,
        batch_id=batch_id,
        format=format,
        status=status,
        error_kind=error_kind,
        text=text,
        changed=changed,
    )
    # the first block is made before the answer begins, so that what fails at once is told as a problem
    first = await anext(blocks)
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(batch)}.{format}"'}
    return StreamingResponse(_joined(first, blocks), media_type=MEDIA_TYPES[format], headers=headers)


async def _joined(first: bytes, blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in blocks:
        yield block


def _file_name(batch: Batch) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", batch.name.lower()).strip("-")[:60]
    return f"batch-{batch.id}-{words}" if words else f"batch-{batch.id}"
