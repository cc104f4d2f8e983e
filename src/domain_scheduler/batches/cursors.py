"""Opaque page cursors: where a list goes on, in a form that nobody is tempted to compute with.

A cursor names its kind of list, so that one of batches is refused where domains are listed.
Not here: the pages (store.py, domains_store.py).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from domain_scheduler.errors import BadCursorError

_LARGEST: Final = 2**63 - 1


def encode_cursor(kind: str, *numbers: int) -> str:
    """The cursor of a list of `kind` that goes on behind `numbers`."""
    text = ":".join((kind, *map(str, numbers)))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(kind: str, cursor: str, *, count: int) -> tuple[int, ...]:
    """The numbers inside `cursor`; raises BadCursorError for anything that `encode_cursor` did not make."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found, *parts = urlsafe_b64decode(padded).decode("ascii").split(":")
        numbers = tuple(map(int, parts))
    except ValueError as exc:
        raise _bad_cursor(kind) from exc
    fits = len(numbers) == count and all(0 <= number <= _LARGEST for number in numbers)
    if found != kind or not fits or encode_cursor(kind, *numbers) != cursor:
        raise _bad_cursor(kind)
    return numbers


def _bad_cursor(kind: str) -> BadCursorError:
    return BadCursorError(f"this is no cursor of a list of {kind}: take next_cursor from the page before")
