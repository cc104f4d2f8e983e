"""Expressions as Hyperscan databases, compiled once a machine and read from the cache afterwards.

One database holds them all. An expression that is costly in company (`<[^>]+shop-`: each tag must be followed
to its end) takes part in it with its literals, and has a database of its own besides.
Not here: searching with them (hyperscan_prefilter.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import hyperscan
import orjson

from domain_scheduler.scan.technologies.cache import Cache, digest
from domain_scheduler.scan.technologies.literals import required_literals

_FLAGS: Final = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_ALLOWEMPTY
_EXACT: Final = _FLAGS | hyperscan.HS_FLAG_SINGLEMATCH
_APPROXIMATE: Final = _FLAGS | hyperscan.HS_FLAG_PREFILTER
_PARTLY_KNOWN: Final = re.compile(r"\(\?[=!<>]|\\[1-9]|[*+?}]\+")
_COSTLY: Final = re.compile(r"<(?!html|!).*\[\^[^\]]+\][*+{]")
_PLAIN: Final = re.compile(r"(?:[^.\\[\x80-\U0010ffff]|\\[dwsbtnrf]|\\[^a-zA-Z0-9\x80-\U0010ffff])*")
"""Expressions that mean the same for the bytes of a text as for its characters."""
_LAYOUT: Final = 2
"""Of the cached file; another number lets old files be."""


@dataclass(frozen=True, slots=True)
class Databases:
    """What is searched: positions are those of the expressions. `alone` holds databases yet to be loaded."""

    refused: Sequence[int]
    together: Any | None
    alone: Mapping[int, bytes]

    def load_alone(self, position: int) -> Any:
        """The database of one costly expression, which has position 0 in it."""
        return hyperscan.loadb(self.alone[position], hyperscan.HS_MODE_BLOCK)


def is_exact(expression: str) -> bool:
    """Whether Hyperscan knows all of the expression, so that its hits are hits."""
    return not _PARTLY_KNOWN.search(expression)


def load_or_compile(expressions: Sequence[str], cache: Cache) -> Databases:
    """The databases for the expressions."""
    key = f"hyperscan-{digest(map(str, (_LAYOUT, _EXACT, _APPROXIMATE, *expressions)))}"
    kept = _load(cache.get(key))
    if kept is not None:
        return kept
    compiled = _compile(expressions)
    cache.put(key, _dump(compiled))
    return compiled


def _dump(databases: Databases) -> bytes:
    together = hyperscan.dumpb(databases.together) if databases.together else b""
    sizes = [(position, len(blob)) for position, blob in databases.alone.items()]
    head = orjson.dumps([databases.refused, sizes, len(together)])
    return b"".join([head, b"\n", together, *databases.alone.values()])


def _load(content: bytes | None) -> Databases | None:
    """What the cache holds; None where it does not fit this machine."""
    if not content:
        return None
    head, _, rest = content.partition(b"\n")
    try:
        refused, sizes, end = orjson.loads(head)
        together = hyperscan.loadb(rest[:end], hyperscan.HS_MODE_BLOCK) if end else None
    except (hyperscan.error, ValueError):
        return None
    alone: dict[int, bytes] = {}
    for position, size in sizes:
        alone[position] = rest[end : end + size]
        end += size
    return Databases(refused, together, alone)


def _compile(expressions: Sequence[str]) -> Databases:
    alone: dict[int, bytes] = {}
    searched = list(expressions)
    for position, expression in enumerate(expressions):
        database = _alone(expression) if _COSTLY.search(expression) else None
        if database is not None and (literals := required_literals(expression)):
            alone[position] = hyperscan.dumpb(database)
            searched[position] = "|".join(map(re.escape, sorted(literals)))
    refused, together = _together(searched)
    return Databases(refused, together, alone)


def _together(expressions: Sequence[str]) -> tuple[list[int], Any]:
    everything = range(len(expressions))
    try:
        return [], _database(expressions, everything)
    except hyperscan.error:
        refused = [position for position in everything if _alone(expressions[position]) is None]
        return refused, _database(expressions, sorted(set(everything) - set(refused)))


def _alone(expression: str) -> Any | None:
    """The database of one expression; None where Hyperscan refuses it."""
    try:
        return _database([expression], [0])
    except hyperscan.error:
        return None


def _database(expressions: Sequence[str], positions: Sequence[int]) -> Any:
    if not positions:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expressions[position].encode() for position in positions],
        ids=list(positions),
        elements=len(positions),
        flags=[_flags(expressions[position]) for position in positions],
    )
    return database


def _flags(expression: str) -> int:
    flags = _EXACT if is_exact(expression) else _APPROXIMATE
    return flags if _PLAIN.fullmatch(expression) else flags | hyperscan.HS_FLAG_UTF8
