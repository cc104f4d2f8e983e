"""The prefilter of choice: all expressions in one Hyperscan database, one pass over the text.

Hyperscan is linear in the text, whatever the expression, so what it knows in full is a hit without further
proof. Expressions that it knows only in part (look-around, back references) are compiled as approximations
that match too much. Either way `re` sees but a window around the place, so that no page can make it slow;
the few expressions that Hyperscan refuses see the text's beginning. Costly ones are searched for where one of
their literals stands, in a pass of their own.
Not here: the fallback where no wheel exists (literal_prefilter.py), compiling (hyperscan_database.py).
"""

import threading
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

import hyperscan

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.hyperscan_database import Databases, is_exact, load_or_compile
from domain_scheduler.scan.technologies.prefilter import Candidate

WHOLE: Final = 2_048
"""Bytes of a text that needs no window: an address."""
BEFORE: Final = 1_024
AFTER: Final = 256
"""Bytes around the end of a match that `re` sees."""
MAX_WINDOWS: Final = 4
"""Windows in which one approximation is verified."""

_Ends = dict[int, list[int]]
_POSITION: Final = itemgetter(0)


class HyperscanPrefilter:
    """See the module. The databases are shared; the searches in them are each thread's own."""

    def __init__(self, expressions: Sequence[str], cache: Cache) -> None:
        self._databases = load_or_compile(expressions, cache)
        self._exact = [is_exact(expression) for expression in expressions]
        self._searches = _Searches(self._databases)

    def candidates(self, text: str, encoded: bytes | None = None) -> Iterable[Candidate]:
        """See Prefilter."""
        found = [Candidate(position, text[:WHOLE]) for position in self._databases.refused]
        if self._databases.together is not None:
            encoded = text.encode("utf-8", "replace") if encoded is None else encoded
            for position, ends in self._searches.together.ends(encoded).items():
                if position in self._databases.alone:
                    ends = self._searches.alone(position).ends(encoded).get(0, [])
                found += self._candidates(position, ends, text, encoded)
        return sorted(found, key=_POSITION)

    def _candidates(self, position: int, ends: list[int], text: str, encoded: bytes) -> list[Candidate]:
        sure = self._exact[position]
        if len(encoded) <= WHOLE:
            return [Candidate(position, text, sure)] if ends else []
        return [Candidate(position, encoded, sure, max(end - BEFORE, 0), end + AFTER) for end in ends]


class _Searches(threading.local):
    """One thread's searches, with their scratch space."""

    def __init__(self, databases: Databases) -> None:
        self.together = _Search(databases.together)
        self._databases = databases
        self._alone: dict[int, _Search] = {}

    def alone(self, position: int) -> "_Search":
        """The search for one costly expression."""
        if position not in self._alone:
            self._alone[position] = _Search(self._databases.load_alone(position))
        return self._alone[position]


class _Search:
    """A database and its scratch space."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._scratch = hyperscan.Scratch(database)

    def ends(self, encoded: bytes) -> _Ends:
        """Where each expression matches, by its position."""
        ends: _Ends = {}
        self._database.scan(encoded, match_event_handler=_note, context=ends, scratch=self._scratch)
        return ends


def _note(position: int, _start: int, end: int, _flags: int, ends: _Ends) -> None:
    """Keep the places of a match that lie far enough apart to need windows of their own."""
    places = ends.setdefault(position, [])
    if not places or (end > places[-1] + AFTER and len(places) < MAX_WINDOWS):
        places.append(end)
