"""Which of thousands of patterns can match a text at all: the question that makes matching cheap.

Invariant: a prefilter never leaves out a pattern that matches; what it lets through too much costs time
only, for every candidate is verified with `re` (pattern_set.py). That is why both prefilters give the same
hits.
Not here: the two of them (hyperscan_prefilter.py, literal_prefilter.py).
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from domain_scheduler.scan.technologies.cache import Cache


class Prefilter(Protocol):
    """Made once for a list of expressions, asked for every text."""

    def candidates(self, text: str) -> Iterable[int]:
        """The positions of the expressions that may match the text, ascending, each once."""
        ...


class MakePrefilter(Protocol):
    """Builds a prefilter, or loads it from the cache."""

    def __call__(self, expressions: Sequence[str], cache: Cache) -> Prefilter: ...
