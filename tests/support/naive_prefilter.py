"""A prefilter that lets everything through: what the real ones must never find less than.

Not here: the real ones (scan/technologies/).
"""

from collections.abc import Iterable, Sequence

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.prefilter import Candidate


class NaivePrefilter:
    """Every expression is a candidate on the whole text: `re`, one by one."""

    def __init__(self, expressions: Sequence[str], cache: Cache) -> None:
        self._size = len(expressions)

    def candidates(self, text: str, encoded: bytes | None = None) -> Iterable[Candidate]:
        """See Prefilter."""
        return [Candidate(position, text) for position in range(self._size)]
