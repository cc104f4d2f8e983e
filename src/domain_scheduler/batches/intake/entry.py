"""One entry of a list as it was written, with the place where it stands.

Reading a file finds entries; whether one is a domain is decided later, except where the place itself is
beyond use (a line of megabytes): then `reason` says so already.
Not here: reading (reading.py), judging names (core/names.py), storing (submission.py).
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """`line` counts from 1: a line of a file or a position in a JSON list; higher `priority` goes first."""

    line: int
    text: str
    priority: int = 0
    reason: str | None = None
