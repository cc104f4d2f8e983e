"""A file that comes with a request: as the body itself, or as the one file of a form.

It is written to a temporary file as it arrives (in memory up to 1 MiB), so that a list of any length takes
little memory, and holds no database connection while a slow client still sends.
Not here: how much may come (bounds.py), reading the list (batches/intake).
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from domain_scheduler.errors import RequestInvalidError

_IN_MEMORY: Final = 1024**2
_MAX_FIELDS: Final = 20
_MAX_FIELD_BYTES: Final = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file at its beginning, and the other fields of its form."""

    file: BinaryIO
    fields: dict[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """A hash of the content (blocking); leaves the file at its beginning."""
        found = hashlib.sha256()
        while piece := self.file.read(_IN_MEMORY):
            found.update(piece)
        self.file.seek(0)
        return found.hexdigest()


@asynccontextmanager
async def received_file(request: Request) -> AsyncIterator[ReceivedFile]:
    """The file of `request`, gone after the block; raises RequestInvalidError for a form without one."""
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES) as form:
            yield _file_of(form)
    else:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            await _write(request, cast(BinaryIO, file))
            yield ReceivedFile(cast(BinaryIO, file))


def _file_of(form: FormData) -> ReceivedFile:
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    if not files:
        raise RequestInvalidError("the form holds no file: send one, as the field `file`")
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return ReceivedFile(files[0].file, fields)


async def _write(request: Request, file: BinaryIO) -> None:
    """Write the body in pieces large enough to be worth a thread."""
    waiting = bytearray()
    async for piece in request.stream():
        waiting += piece
        if len(waiting) >= _IN_MEMORY:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))
    file.seek(0)
