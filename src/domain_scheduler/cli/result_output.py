"""Where results go: a file that appears whole or not at all, standard output, or a table for eyes.

A file is written beside its place and then moved there, so that a killed command leaves the old one.
Not here: the formats (batches/exports).
"""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, cast

import typer

from domain_scheduler.batches.domain import ResultRow
from domain_scheduler.batches.exports.result_file import ResultFormat, open_writer, stream_results
from domain_scheduler.batches.exports.rows import results_as_rows
from domain_scheduler.cli.terminal import clean, say_table, tell
from domain_scheduler.db.database import Database
from domain_scheduler.errors import InputError

Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="File for the results; its name tells the format.")
]
Format = Annotated[ResultFormat | None, typer.Option(help="Format of the results.")]

_TABLE_ROWS: Final = 100


def is_terminal() -> bool:
    """Whether somebody reads standard output."""
    return sys.stdout.isatty()


def choose_format(out: Path | None, format: ResultFormat | None) -> ResultFormat | None:
    """The format asked for, or that of the file's name; None for a table on a terminal.

    Raises InputError for a name that tells no format, MissingExtraError where a package is missing.
    """
    if format is None and out is None:
        format = None if is_terminal() else ResultFormat.CSV
    elif format is None and out is not None:
        format = _format_of(out)
    if format is ResultFormat.PARQUET and out is None and is_terminal():
        raise InputError("Parquet is no text for a terminal: name a file with -o")
    if format is not None:
        open_writer(format)
    return format


def _format_of(out: Path) -> ResultFormat:
    suffix = out.suffix.lower().removeprefix(".")
    if not suffix or not _is_file_place(out):
        return ResultFormat.CSV
    aliases = {"ndjson": ResultFormat.JSONL, "json": ResultFormat.JSONL, "pq": ResultFormat.PARQUET}
    if suffix in aliases:
        return aliases[suffix]
    try:
        return ResultFormat(suffix)
    except ValueError as exc:
        raise InputError(f"which format has {out.name}? say it with --format csv, jsonl or parquet") from exc


def require_writable(out: Path | None) -> None:
    """Return if a file can be made at `out`, before hours of work go into it; raises InputError."""
    if out is None:
        return
    if out.is_dir():
        raise InputError(f"{out} is a folder: name a file in it")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise InputError(f"{out} cannot be written: there is no folder {out.parent} that may be written to")


async def write_results(
    database: Database, batch_id: int, *, out: Path | None, format: ResultFormat | None, **filters: Any
) -> None:
    """Write the results of the batch; `filters` as of `stream_results`.

    Raises InputError for a file that cannot be written after all: the batch keeps its results.
    """
    if format is None:
        await _show(database, batch_id, **filters)
        return
    blocks = stream_results(database, batch_id=batch_id, format=format, **filters)
    if out is None:
        on_terminal = is_terminal()
        async for block in blocks:
            sys.stdout.buffer.write(_harmless(block) if on_terminal else block)
        sys.stdout.buffer.flush()
        return
    try:
        with appearing_file(out) as file:
            async for block in blocks:
                file.write(block)
    except OSError as exc:
        raise InputError(
            f"{out} cannot be written: {exc.strerror or exc}; "
            f"nothing is lost: domain-scheduler results {batch_id} -o FILE"
        ) from exc


def _harmless(block: bytes) -> bytes:
    """Text for a terminal, its lines kept."""
    return "\n".join(clean(line) for line in block.decode("utf-8", "replace").split("\n")).encode()


def _is_file_place(path: Path) -> bool:
    return not path.exists() or path.is_file()


@contextmanager
def appearing_file(out: Path) -> Iterator[BinaryIO]:
    """A file to write to, which becomes `out` at the end of the block; pipes and devices are just written."""
    if not _is_file_place(out):
        with out.open("wb") as file:
            yield file
        return
    place = out.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode_for(place))
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)


def _mode_for(place: Path) -> int:
    """The permissions of the file that is replaced, or those of a new file."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


async def _show(database: Database, batch_id: int, **filters: Any) -> None:
    chunks = results_as_rows(database, batch_id=batch_id, chunk=_TABLE_ROWS + 1, **filters)
    rows: list[ResultRow] = await anext(chunks, [])
    columns = ("domain", "status", "http", "changed", "title, or why not")
    say_table(columns, map(_short, rows[:_TABLE_ROWS]))
    if len(rows) > _TABLE_ROWS:
        tell(f"only the first {_TABLE_ROWS} are shown: write all to a file with -o results.csv")


def _short(row: ResultRow) -> tuple[str, str, object, str, str]:
    return row["domain"], row["status"], row["http_status"] or "", _changed(row["changed"]), _said(row)


def _changed(words: list[str] | None) -> str:
    """Nothing for a first scan."""
    return "" if words is None else ", ".join(words) or "nothing"


def _said(row: ResultRow) -> str:
    if row["error_kind"] is not None:
        return f"{row['error_kind']}: {row['error_message'] or ''}"
    return row["title"] or ""
