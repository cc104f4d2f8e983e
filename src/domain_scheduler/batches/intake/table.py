"""Rows of CSV and its relatives, each with the line it begins in, whatever quotes somebody forgot to close.

A quote that is not closed within MAX_ROW_LINES lines, or before the end, was not meant as one: its line is
read for itself and the lines after it are read anew, so that a stray quote costs one row, not the rest.
Not here: which column is meant (columns.py).
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from domain_scheduler.batches.intake.columns import Layout
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.intake.lines import TOO_LONG, Line
from domain_scheduler.batches.intake.plain_list import is_comment
from domain_scheduler.batches.intake.priority import read_priority

MAX_ROW_LINES: Final = 100
"""Lines that one row may reach over, by line ends within quotes."""


class Row(NamedTuple):
    """The cells of a row and the line in which it begins; none for a line that is too long."""

    line: int
    cells: list[str]
    text: str


class _StrayQuoteError(Exception):
    """The row that is being read cannot be one."""


class _Feed(Iterator[str]):
    """Lines for `csv.reader`, remembered as long as their row is not complete."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._again: deque[Line] = deque()
        self.row: list[Line] = []

    def __next__(self) -> str:
        if len(self.row) == MAX_ROW_LINES:
            raise _StrayQuoteError
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            if sum(line.text.count('"') for line in self.row) % 2:
                raise _StrayQuoteError
            raise StopIteration
        self.row.append(line)
        if line.too_long:
            raise _StrayQuoteError
        return line.text + "\n"

    def first_alone(self) -> Line:
        """The first line of the row; the others will come again."""
        first, *others = self.row
        self._again.extendleft(reversed(others))
        return first


def read_rows(lines: Iterable[Line], delimiter: str) -> Iterator[Row]:
    """Every row of `lines` that is not empty."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True)
    while True:
        feed.row.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_StrayQuoteError, csv.Error):
            alone = feed.first_alone()
            reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True)
            cells = [] if alone.too_long else [cell.strip(' "') for cell in alone.text.split(delimiter)]
            yield Row(alone.number, cells, alone.text)
            continue
        first = feed.row[0]
        if cells and not is_comment(first.text):
            yield Row(first.number, cells, first.text)


def read_table(lines: Iterable[Line], layout: Layout) -> Iterator[Entry]:
    """The entries of a table: the cells of its domain columns, a header left out."""
    if layout.delimiter is None:
        raise ValueError("a layout without delimiter is no table")
    rows = read_rows(lines, layout.delimiter)
    if layout.has_header:
        next(rows, None)
    for row in rows:
        yield from _entries(row, layout)


def _entries(row: Row, layout: Layout) -> Iterator[Entry]:
    priority, reason = 0, None if row.cells else TOO_LONG
    if layout.priority is not None and layout.priority < len(row.cells):
        priority, reason = read_priority(row.cells[layout.priority])
    if reason is not None:
        yield Entry(row.line, row.text[:200], reason=reason)
        return
    there = [column for column in layout.columns if column < len(row.cells)]
    for column in there:
        yield Entry(row.line, row.cells[column], priority)
    if not there:
        reason = f"the row ends before column {layout.columns[0] + 1}"
        yield Entry(row.line, row.text[:200], reason=reason)
