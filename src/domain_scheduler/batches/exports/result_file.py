"""One door to the results of a batch as a file in any format, as a stream of bytes.

    async for block in stream_results(database, batch_id=7, format=ResultFormat.CSV):
        file.write(block)

Not here: the formats (the neighbours).
"""

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Final, Protocol

from domain_scheduler.batches.domain import ResultRow
from domain_scheduler.batches.exports.csv_file import CsvWriter
from domain_scheduler.batches.exports.jsonl_file import JsonlWriter
from domain_scheduler.batches.exports.parquet_file import ParquetWriter
from domain_scheduler.batches.exports.rows import results_as_rows
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database


class ResultFormat(StrEnum):
    """The formats of a result file; the values are also the ends of file names."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {
    ResultFormat.CSV: "text/csv; charset=utf-8",
    ResultFormat.JSONL: "application/x-ndjson",
    ResultFormat.PARQUET: "application/vnd.apache.parquet",
}

_ROWS: Final = {ResultFormat.CSV: 2_000, ResultFormat.JSONL: 2_000, ResultFormat.PARQUET: 10_000}


def available_formats() -> tuple[ResultFormat, ...]:
    """The formats that can be written here: Parquet needs an optional package."""
    here = importlib.util.find_spec("pyarrow") is not None
    return tuple(form for form in ResultFormat if here or form is not ResultFormat.PARQUET)


class ResultWriter(Protocol):
    """Turns rows into the bytes of one file."""

    def begin(self) -> bytes:
        """What stands before the rows."""
        ...

    def rows(self, rows: Sequence[ResultRow]) -> bytes:
        """These rows."""
        ...

    def end(self) -> bytes:
        """What stands after the rows."""
        ...


def open_writer(format: ResultFormat) -> ResultWriter:
    """A writer for one file; raises MissingExtraError where the format needs what is not installed."""
    writers: dict[ResultFormat, type[ResultWriter]] = {
        ResultFormat.CSV: CsvWriter,
        ResultFormat.JSONL: JsonlWriter,
        ResultFormat.PARQUET: ParquetWriter,
    }
    return writers[format]()


async def stream_results(
    database: Database,
    *,
    batch_id: int,
    format: ResultFormat,
    status: DomainStatus | None = None,
    error_kind: ErrorKind | None = None,
    text: str | None = None,
    changed: bool | None = None,
) -> AsyncIterator[bytes]:
    """The file in blocks; raises BatchNotFoundError and MissingExtraError before the first.

    Blocks are made in a thread, so that a service stays responsive; a chunk of rows is all that is held.
    """
    writer = open_writer(format)
    rows = results_as_rows(
        database,
        batch_id=batch_id,
        status=status,
        error_kind=error_kind,
        text=text,
        changed=changed,
        chunk=_ROWS[format],
    )
    first = await anext(rows, None)
    yield writer.begin()
    if first is not None:
        yield await asyncio.to_thread(writer.rows, first)
    async for chunk in rows:
        yield await asyncio.to_thread(writer.rows, chunk)
    yield writer.end()
