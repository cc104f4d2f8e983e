"""Reads the entries of a list, whatever form it has: the one door of this room.

    for entry in read_entries(file):
        ...

The form is found by looking, never by the name of the file: gzip or not, encoding, JSON, table or one entry
a line (docs/reference/input-files.md). Memory stays at a few blocks however long the list is; reading is
blocking work for a thread.
Not here: each form (the neighbours), judging entries (core/names.py), storing them (submission.py).
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from domain_scheduler.batches.intake.byte_source import Readable, open_source
from domain_scheduler.batches.intake.columns import find_layout
from domain_scheduler.batches.intake.encoding import open_text
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.intake.json_lists import read_json_lines, read_json_list
from domain_scheduler.batches.intake.lines import Line, read_lines
from domain_scheduler.batches.intake.plain_list import read_plain_list
from domain_scheduler.batches.intake.table import read_table
from domain_scheduler.errors import UnreadableFileError

_SAMPLE_LINES: Final = 200
_SAMPLE_CHARACTERS: Final = 262_144
_json_list = re.compile(r'\s*(\{\s*"domains"\s*:\s*)?\[\s*["{\]]').match
_json_object = re.compile(r"\s*\{").match
_json_line = re.compile(r"\s*\{.*\}\s*$", re.MULTILINE).match


def read_entries(source: Readable, *, max_bytes: int | None = None) -> Iterator[Entry]:
    """Every entry of the list in `source`, in its order.

    `max_bytes` bounds what is read, before and after unpacking. Raises, while reading, UnreadableFileError
    for a file that is no text or is damaged, NoDomainColumnError for a table without domains, TooLargeError
    beyond the bound. An empty list has no entries.
    """
    text, beginning = open_text(open_source(source, max_bytes=max_bytes))
    if _json_list(beginning):
        yield from read_json_list(text)
        return
    lines = read_lines(text)
    if _json_object(beginning):
        if not _json_line(beginning):
            raise UnreadableFileError("a JSON object is no list: send a JSON list, or one object a line")
        yield from read_json_lines(lines)
        return
    yield from _read_by_layout(lines)


def _read_by_layout(lines: Iterator[Line]) -> Iterator[Entry]:
    sample = _first(lines)
    layout = find_layout([line.text for line in sample if not line.too_long])
    everything = chain(sample, lines)
    if layout.delimiter is not None:
        yield from read_table(everything, layout)
        return
    entries = read_plain_list(everything)
    yield from islice(entries, int(layout.has_header), None)


def _first(lines: Iterator[Line]) -> list[Line]:
    """The lines that decide the layout."""
    sample: list[Line] = []
    characters = 0
    for line in lines:
        sample.append(line)
        characters += len(line.text)
        if len(sample) >= _SAMPLE_LINES or characters >= _SAMPLE_CHARACTERS:
            break
    return sample
