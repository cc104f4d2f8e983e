"""Lists in JSON: one list, read element by element, or one value a line (JSONL).

The list may stand under `domains` in an object, as in a request to the API; what follows it is left aside.

An element is a text, or an object with the domain under one of the names that a column may have, and with a
`priority` if it likes. The whole list is never in memory.
Not here: the names (columns.py).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TextIO

import orjson

from domain_scheduler.batches.intake.columns import DOMAIN_NAMES, simple_name
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.intake.lines import MAX_LINE, TOO_LONG, Line
from domain_scheduler.batches.intake.priority import read_priority
from domain_scheduler.errors import UnreadableFileError

_BLOCK: Final = 65_536
_BETWEEN: Final = " \t\r\n,"


def read_json_lines(lines: Iterable[Line]) -> Iterator[Entry]:
    """The entries of a text with one JSON value a line."""
    for number, text, too_long in lines:
        if too_long:
            yield Entry(number, text[:200], reason=TOO_LONG)
        elif text.strip():
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError:
                yield Entry(number, text, reason="the line is not valid JSON")
            else:
                yield entry_of(number, value)


def read_json_list(text: TextIO) -> Iterator[Entry]:
    """The entries of one JSON list, numbered by position; raises UnreadableFileError where it breaks off."""
    for position, value in enumerate(_elements(text), 1):
        yield entry_of(position, value)


def entry_of(number: int, value: object) -> Entry:
    """The entry that a JSON value means."""
    if isinstance(value, str):
        return Entry(number, value)
    if isinstance(value, Mapping):
        return _entry_of_object(number, value)
    return Entry(number, json.dumps(value)[:200], reason="neither a text nor an object with a domain")


def _entry_of_object(number: int, value: Mapping[str, Any]) -> Entry:
    names = {simple_name(key): key for key in value}
    key = next((names[name] for name in DOMAIN_NAMES if name in names), None)
    if key is None or not isinstance(value[key], str):
        return Entry(number, json.dumps(value)[:200], reason="an object without a text under `domain`")
    priority, reason = read_priority(value.get("priority"))
    return Entry(number, value[key], priority, reason)


def _elements(text: TextIO) -> Iterator[Any]:
    decode = json.JSONDecoder().raw_decode
    buffer, at, count = text.read(_BLOCK).partition("[")[2], 0, 0
    while True:
        while at < len(buffer) and buffer[at] in _BETWEEN:
            at += 1
        if buffer[at : at + 1] == "]":
            return
        try:
            value, end = decode(buffer, at)
        except (json.JSONDecodeError, RecursionError):
            value, end = None, len(buffer)
        if end < len(buffer):
            count, at = count + 1, end
            yield value
            continue
        # what reaches to the end of the buffer may go on after it
        more = text.read(_BLOCK)
        if not more or len(buffer) - at > MAX_LINE:
            raise UnreadableFileError(f"the JSON list breaks off or is not valid after its element {count:,}")
        buffer, at = buffer[at:] + more, 0
