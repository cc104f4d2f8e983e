"""Which of thousands of patterns can match a text at all: the question that makes matching cheap.

Invariant: a prefilter never leaves out a pattern that matches. A candidate that is not `sure` is verified
with `re` (pattern_set.py). That is why both prefilters give the same hits.
Not here: the two of them (hyperscan_prefilter.py, literal_prefilter.py).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from domain_scheduler.scan.technologies.cache import Cache


class Candidate(NamedTuple):
    """A pattern that may match, by its position in the list that the prefilter was made from.

    `near` is the part of the text where it does: a text, or bytes of it in UTF-8 from `start` to `end`; with
    `start` above 0 its first character is there for look-behind only. `sure`: it matches, whatever `re` finds
    in `near`.
    """

    position: int
    source: str | bytes
    sure: bool = False
    start: int = 0
    end: int = 0

    @property
    def near(self) -> str:
        """See the class; decoded when it is asked for, for most are sure."""
        if isinstance(self.source, str):
            return self.source
        return self.source[self.start : self.end].decode("utf-8", "ignore")


class Prefilter(Protocol):
    """Made once for a list of expressions, asked for every text; threads may share it."""

    def candidates(self, text: str, encoded: bytes | None = None) -> Iterable[Candidate]:
        """The expressions that may match the text, by ascending position; unsure ones at several places.

        `encoded` is the text in UTF-8, where somebody has that already.
        """
        ...


class MakePrefilter(Protocol):
    """Builds a prefilter, or loads it from the cache."""

    def __call__(self, expressions: Sequence[str], cache: Cache) -> Prefilter: ...
