"""Results as CSV: UTF-8 without a mark, commas, line feeds, a header; absent values are empty.

Lists are joined by `; `, objects are JSON. A text that a spreadsheet would run as a formula (it begins with
`=`, `@`, `+`, `-` or a tab) gets a leading apostrophe, the usual guard, since titles are written by
strangers; telephone and other plain numbers stay as they are. JSONL and Parquet hold the exact values.
Not here: the columns (core/result_row.py), reading the rows (rows.py).
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from domain_scheduler.batches.domain import ResultRow
from domain_scheduler.core.result_row import RESULT_COLUMNS

_could_run = re.compile(r"[=@+\-\t\r]").match
_is_number = re.compile(r"[+-]?[\d .,;()/+-]*").fullmatch


class CsvWriter:
    """Turns rows into the bytes of one file."""

    def begin(self) -> bytes:
        """The header."""
        return _lines([RESULT_COLUMNS])

    def rows(self, rows: Sequence[ResultRow]) -> bytes:
        """These rows."""
        return _lines([[_cell(value) for value in row.values()] for row in rows])

    def end(self) -> bytes:
        """Nothing more."""
        return b""


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    if value in ([], {}):
        return ""
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _harmless("; ".join(value))
    return orjson.dumps(value).decode()


def _harmless(text: str) -> str:
    return f"'{text}" if _could_run(text) and not _is_number(text) else text
