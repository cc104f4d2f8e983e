"""The form that takes domains, pasted or as a file."""

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.dashboard.routes import PageRoute, go_to
from domain_scheduler.errors import RequestInvalidError
from domain_scheduler.web.service import ServiceOf
from domain_scheduler.web.uploads import received_form

router: Final = APIRouter(route_class=PageRoute)

_MAX_PASTED: Final = 16 * 1024**2


@router.post("/submit")
async def submit(request: Request, service: ServiceOf) -> Response:
    """Make a batch of what was pasted, or of the file, and show it."""
    async with received_form(request, max_field_bytes=_MAX_PASTED) as form:
        done = await submit_batch(
            service.runtime.database,
            _entries(form, service.settings.api.max_upload_bytes),
            name=_name(form),
            priority=_priority(form),
            max_attempts=service.settings.queue.max_attempts,
            options=ScanOptions(contact_pages="contact_pages" in form),
        )
    service.runtime.wake()
    return go_to(request, f"/batches/{done.batch_id}")


def _entries(form: FormData, max_bytes: int) -> Iterator[Entry]:
    file, text = form.get("file"), str(form.get("domains", ""))
    if isinstance(file, UploadFile) and file.filename:
        if text.strip():
            raise RequestInvalidError("domains were pasted and a file was chosen: submit them one by one")
        return read_entries(file.file, max_bytes=max_bytes)
    pasted: BinaryIO = io.BytesIO(text.encode("utf-8", "replace"))
    return read_entries(pasted)


def _name(form: FormData) -> str:
    return str(form.get("name", "")).replace("\0", "").strip()[:200]


def _priority(form: FormData) -> int:
    text = str(form.get("priority", "0"))
    if text not in {str(value) for value in range(-10, 11)}:
        raise RequestInvalidError("the priority must be a number from -10 to 10")
    return int(text)
