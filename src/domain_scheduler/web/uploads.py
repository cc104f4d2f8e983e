"""A file that comes with a request: as the body itself, or as the one file of a form.

It is written to a temporary file as it arrives (in memory up to 1 MiB), so that a list of any length takes
little memory, and holds no database connection while a slow client still sends.
Not here: how much may come (bounds.py), reading the list (batches/intake).
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from domain_scheduler.errors import RequestInvalidError, UnavailableError

_IN_MEMORY: Final = 1024**2
_MAX_FIELDS: Final = 20
_MAX_OPTION_BYTES: Final = 64 * 1024


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
        async with received_form(request, max_field_bytes=_MAX_OPTION_BYTES) as form:
            yield _file_of(form)
    else:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            with _disk_in_words():
                await _write(request, cast(BinaryIO, file))
            yield ReceivedFile(cast(BinaryIO, file))


@asynccontextmanager
async def received_form(request: Request, *, max_field_bytes: int) -> AsyncIterator[FormData]:
    """The form of `request` with at most one file, gone after the block; raises UnavailableError."""
    with _disk_in_words():
        form = await request.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=max_field_bytes)
    try:
        yield form
    finally:
        await form.close()


@contextmanager
def _disk_in_words() -> Iterator[None]:
    """What arrives is kept in a temporary file: raises UnavailableError where that cannot be written."""
    try:
        yield
    except OSError as exc:
        raise UnavailableError(
            f"the file cannot be kept in {tempfile.gettempdir()} while it is read ({exc.strerror}): "
            "make room there, or set TMPDIR to a folder on another disk"
        ) from exc


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
