"""The prefilter of choice: all expressions in one Hyperscan database, one pass over the text.

Measured with identical hits: 1,443 patterns over 146 KB in 1.6 ms, where `re` one by one takes seconds
(docs/decisions/0007-technology-matching.md). Expressions that Hyperscan knows only in part (look-around, back
references) are compiled as approximations that match too much; the few that it refuses are always candidates.
Not here: the fallback where no wheel exists (literal_prefilter.py).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import hyperscan
import orjson

from domain_scheduler.scan.technologies.cache import Cache, digest

_FLAGS: Final = (
    hyperscan.HS_FLAG_CASELESS
    | hyperscan.HS_FLAG_SINGLEMATCH
    | hyperscan.HS_FLAG_UTF8
    | hyperscan.HS_FLAG_ALLOWEMPTY
)


_APPROXIMATE: Final = _FLAGS | hyperscan.HS_FLAG_PREFILTER
_PARTLY_KNOWN: Final = re.compile(r"\(\?[=!<>]|\\[1-9]|[*+?}]\+")


class HyperscanPrefilter:
    """See the module."""

    def __init__(self, expressions: Sequence[str], cache: Cache) -> None:
        key = f"hyperscan-{digest(expressions)}"
        self._always, self._database = _load(cache.get(key)) or _compile(expressions, key, cache)

    def candidates(self, text: str) -> Iterable[int]:
        """See Prefilter."""
        found = set(self._always)
        if self._database is not None:
            self._database.scan(text.encode("utf-8", "replace"), match_event_handler=_note, context=found)
        return sorted(found)


def _note(position: int, _start: int, _end: int, _flags: int, found: set[int]) -> None:
    found.add(position)


def _load(content: bytes | None) -> tuple[list[int], Any] | None:
    """The refused positions and the database from the cache; None where it does not fit this machine."""
    if not content:
        return None
    head, _, blob = content.partition(b"\n")
    try:
        database = hyperscan.loadb(blob, hyperscan.HS_MODE_BLOCK) if blob else None
    except hyperscan.error:
        return None
    if database is not None:
        database.scratch = hyperscan.Scratch(database)
    return orjson.loads(head), database


def _compile(expressions: Sequence[str], key: str, cache: Cache) -> tuple[list[int], Any]:
    flags = [_APPROXIMATE if _PARTLY_KNOWN.search(expression) else _FLAGS for expression in expressions]
    refused: list[int] = []
    try:
        database = _database(expressions, flags, range(len(expressions)))
    except hyperscan.error:
        refused = [p for p in range(len(expressions)) if not _compiles(expressions, flags, p)]
        accepted = sorted(set(range(len(expressions))) - set(refused))
        database = _database(expressions, flags, accepted)
    cache.put(key, orjson.dumps(refused) + b"\n" + (hyperscan.dumpb(database) if database else b""))
    return refused, database


def _compiles(expressions: Sequence[str], flags: list[int], position: int) -> bool:
    try:
        _database(expressions, flags, [position])
    except hyperscan.error:
        return False
    return True


def _database(expressions: Sequence[str], flags: list[int], positions: Sequence[int]) -> Any:
    if not positions:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expressions[p].encode() for p in positions],
        ids=list(positions),
        elements=len(positions),
        flags=[flags[p] for p in positions],
    )
    return database
