"""Expressions as a Hyperscan database, compiled once a machine and read from the cache afterwards.

Not here: searching with it (hyperscan_prefilter.py).
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import hyperscan
import orjson

from domain_scheduler.scan.technologies.cache import Cache, digest

_FLAGS: Final = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY
_EXACT: Final = _FLAGS | hyperscan.HS_FLAG_SINGLEMATCH
_APPROXIMATE: Final = _FLAGS | hyperscan.HS_FLAG_PREFILTER
_PARTLY_KNOWN: Final = re.compile(r"\(\?[=!<>]|\\[1-9]|[*+?}]\+")


def is_exact(expression: str) -> bool:
    """Whether Hyperscan knows all of the expression, so that its hits are hits."""
    return not _PARTLY_KNOWN.search(expression)


def load_or_compile(expressions: Sequence[str], cache: Cache) -> tuple[list[int], Any]:
    """The positions that Hyperscan refuses, and the database of the others (None for none)."""
    key = f"hyperscan-{digest(map(str, (_EXACT, _APPROXIMATE, *expressions)))}"
    kept = _load(cache.get(key))
    if kept is not None:
        return kept
    refused, database = _compile(expressions)
    cache.put(key, orjson.dumps(refused) + b"\n" + (hyperscan.dumpb(database) if database else b""))
    return refused, database


def _load(content: bytes | None) -> tuple[list[int], Any] | None:
    """What the cache holds; None where it does not fit this machine."""
    if not content:
        return None
    head, _, blob = content.partition(b"\n")
    try:
        return orjson.loads(head), hyperscan.loadb(blob, hyperscan.HS_MODE_BLOCK) if blob else None
    except (hyperscan.error, orjson.JSONDecodeError):
        return None


def _compile(expressions: Sequence[str]) -> tuple[list[int], Any]:
    everything = range(len(expressions))
    try:
        return [], _database(expressions, everything)
    except hyperscan.error:
        refused = [position for position in everything if not _compiles(expressions, position)]
        return refused, _database(expressions, sorted(set(everything) - set(refused)))


def _compiles(expressions: Sequence[str], position: int) -> bool:
    try:
        _database(expressions, [position])
    except hyperscan.error:
        return False
    return True


def _database(expressions: Sequence[str], positions: Sequence[int]) -> Any:
    if not positions:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expressions[position].encode() for position in positions],
        ids=list(positions),
        elements=len(positions),
        flags=[_EXACT if is_exact(expressions[position]) else _APPROXIMATE for position in positions],
    )
    return database
