"""Results as JSONL: one object a line, all columns in their order, absent values null.

Not here: the columns (core/result_row.py), reading the rows (rows.py).
"""

from collections.abc import Sequence

import orjson

from domain_scheduler.batches.domain import ResultRow


class JsonlWriter:
    """Turns rows into the bytes of one file."""

    def begin(self) -> bytes:
        """Nothing yet."""
        return b""

    def rows(self, rows: Sequence[ResultRow]) -> bytes:
        """These rows."""
        return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)

    def end(self) -> bytes:
        """Nothing more."""
        return b""
