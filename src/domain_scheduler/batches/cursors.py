"""Opaque page cursors: where a list goes on, in a form that nobody is tempted to compute with.

A cursor names its kind of list, so that one of batches is refused where domains are listed.
Not here: the pages (store.py, domains_store.py).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from domain_scheduler.errors import BadCursorError

_LARGEST_ID: Final = 2**63 - 1


def encode_cursor(kind: str, last_id: int) -> str:
    """The cursor for the page after the row `last_id`."""
    return urlsafe_b64encode(f"{kind}:{last_id}".encode()).decode().rstrip("=")


def decode_cursor(kind: str, cursor: str) -> int:
    """The `last_id` inside `cursor`; raises BadCursorError for anything that `encode_cursor` did not make."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found, _, number = urlsafe_b64decode(padded).decode("ascii").partition(":")
        last_id = int(number)
    except ValueError as exc:
        raise _bad_cursor(kind) from exc
    if found != kind or not 0 <= last_id <= _LARGEST_ID or encode_cursor(kind, last_id) != cursor:
        raise _bad_cursor(kind)
    return last_id


def _bad_cursor(kind: str) -> BadCursorError:
    return BadCursorError(f"this is no cursor of a list of {kind}: take next_cursor from the page before")
