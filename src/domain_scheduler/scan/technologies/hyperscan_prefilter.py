"""The prefilter of choice: all expressions in one Hyperscan database, one pass over the text.

Hyperscan is linear in the text, whatever the expression, so what it knows in full is a hit without further
proof. Expressions that it knows only in part (look-around, back references) are compiled as approximations
that match too much. Either way `re` sees but a window around the place, so that no page can make it slow;
the few expressions that Hyperscan refuses see the text's beginning.
Not here: the fallback where no wheel exists (literal_prefilter.py), compiling (hyperscan_database.py).
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import hyperscan

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.hyperscan_database import is_exact, load_or_compile
from domain_scheduler.scan.technologies.prefilter import Candidate

WHOLE: Final = 2_048
"""Bytes of a text that needs no window: an address."""
BEFORE: Final = 1_024
AFTER: Final = 256
"""Bytes around the end of a match that `re` sees."""
MAX_WINDOWS: Final = 4
"""Windows in which one approximation is verified."""

_Ends = dict[int, list[int]]


class HyperscanPrefilter:
    """See the module. The database is shared; its scratch space is each thread's own."""

    def __init__(self, expressions: Sequence[str], cache: Cache) -> None:
        self._refused, self._database = load_or_compile(expressions, cache)
        self._exact = [is_exact(expression) for expression in expressions]
        self._scratches = threading.local()

    def candidates(self, text: str) -> Iterable[Candidate]:
        """See Prefilter."""
        found = [Candidate(position, text[:WHOLE]) for position in self._refused]
        if self._database is not None:
            encoded = text.encode("utf-8", "replace")
            ends: _Ends = {}
            self._database.scan(encoded, match_event_handler=_note, context=ends, scratch=self._scratch())
            for position, places in ends.items():
                found += self._candidates(position, places, text, encoded)
        return sorted(found, key=_position)

    def _candidates(self, position: int, ends: list[int], text: str, encoded: bytes) -> Iterator[Candidate]:
        sure = self._exact[position]
        if len(encoded) <= WHOLE:
            return iter([Candidate(position, text, sure=sure)])
        return (_window(position, end, encoded, sure) for end in ends)

    def _scratch(self) -> Any:
        scratch = getattr(self._scratches, "own", None)
        if scratch is None:
            scratch = self._scratches.own = hyperscan.Scratch(self._database)
        return scratch


def _note(position: int, _start: int, end: int, _flags: int, ends: _Ends) -> None:
    """Keep the places of a match that lie far enough apart to need windows of their own."""
    places = ends.setdefault(position, [])
    if not places or (end > places[-1] + AFTER and len(places) < MAX_WINDOWS):
        places.append(end)


def _window(position: int, end: int, encoded: bytes, sure: bool) -> Candidate:
    start = max(end - BEFORE, 0)
    near = encoded[start : end + AFTER].decode("utf-8", "ignore")
    return Candidate(position, near, inner=start > 0, sure=sure)


def _position(candidate: Candidate) -> int:
    return candidate.position
