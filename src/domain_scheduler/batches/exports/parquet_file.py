"""Results as Parquet: lists as lists, `social` as a map, `redirects` as structs, `changes` as JSON.

Times are UTC, the compression is zstd. Each group of rows is written as it comes and forgotten. pyarrow is an
extra of the package, since it is larger than everything else together.
Not here: the columns (core/result_row.py), reading the rows (rows.py).
"""

from collections.abc import Sequence
from typing import Any

import orjson

from domain_scheduler.batches.domain import ResultRow
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.errors import MissingExtraError


class _Sink:
    """A file to write to, whose bytes are taken away as they come."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self._written += len(self._parts[-1])
        return len(self._parts[-1])

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        """What was written since the last call."""
        data, self._parts = b"".join(self._parts), []
        return data


class ParquetWriter:
    """Turns rows into the bytes of one file; raises MissingExtraError without pyarrow."""

    def __init__(self) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as exc:
            raise MissingExtraError(
                "Parquet needs pyarrow: pip install 'domain-scheduler[parquet]', or take CSV or JSONL"
            ) from exc
        self._arrow, self._parquet, self._sink = pyarrow, pyarrow.parquet, _Sink()
        self._schema = pyarrow.schema([(name, self._type(name)) for name in RESULT_COLUMNS])

    def begin(self) -> bytes:
        """The head of the file."""
        self._file = self._parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        return self._sink.take()

    def rows(self, rows: Sequence[ResultRow]) -> bytes:
        """These rows as one group."""
        ready = [row | _for_arrow(row) for row in rows]
        self._file.write_table(self._arrow.Table.from_pylist(ready, schema=self._schema))
        return self._sink.take()

    def end(self) -> bytes:
        """The foot of the file."""
        self._file.close()
        return self._sink.take()

    def _type(self, name: str) -> Any:
        arrow, text = self._arrow, self._arrow.string()
        hop = arrow.struct([("url", text), ("status", arrow.int16()), ("ip", text)])
        return {
            "attempts": arrow.int16(),
            "http_status": arrow.int16(),
            "emails": arrow.list_(text),
            "phones": arrow.list_(text),
            "social": arrow.map_(text, text),
            "technologies": arrow.list_(text),
            "changed": arrow.list_(text),
            "redirects": arrow.list_(hop),
            "fetched_at": arrow.timestamp("us", tz="UTC"),
            "duration_ms": arrow.int32(),
        }.get(name, text)


def _for_arrow(row: ResultRow) -> ResultRow:
    changes = row["changes"]
    return {
        "social": list((row["social"] or {}).items()),
        "changes": None if changes is None else orjson.dumps(changes).decode(),
    }
