"""Many patterns against a text: prefiltered, then verified one by one with `re`.

Case-insensitive, ASCII classes. Expressions are relieved of a leading `.*`, which changes no hit but makes a
search quadratic. A pattern that is sure and tells no version needs no `re` at all.
Not here: the prefilters (hyperscan_prefilter.py, literal_prefilter.py), what a hit means (matcher.py).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache as kept
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.prefilter import Candidate, MakePrefilter
from domain_scheduler.scan.technologies.products import Pattern

_LEADING_ANYTHING: Final = re.compile(r"^(?:\.\*\??)+(?![?+{])")
_LEADING_SOMETHING: Final = re.compile(r"^\.\+\??(?![?+{])")

Hit = tuple[int, re.Match[str] | None]
"""A pattern's position in its list, and its match where one was needed."""


class PatternSet:
    """Patterns that are searched together. Positions are those of the list that the set was made from."""

    def __init__(self, patterns: Sequence[Pattern], make_prefilter: MakePrefilter, cache: Cache) -> None:
        self._expressions = [searchable(pattern.expression) for pattern in patterns]
        self._tells_version = ["\\" in pattern.version for pattern in patterns]
        self._prefilter = make_prefilter(self._expressions, cache)

    def search(self, text: str, encoded: bytes | None = None) -> Iterator[Hit]:
        """The patterns that match, each with its first match; `encoded` as for a prefilter."""
        latest = -1
        for candidate in self._prefilter.candidates(text, encoded):
            if candidate.position == latest:
                continue
            match = self._match(candidate)
            if match is not None or candidate.sure:
                latest = candidate.position
                yield candidate.position, match

    def _match(self, candidate: Candidate) -> re.Match[str] | None:
        if candidate.sure and not self._tells_version[candidate.position]:
            return None
        expression = compiled(self._expressions[candidate.position])
        # behind position 0 a `^` does not match, and look-behind sees the character before
        return expression.search(candidate.near, 1 if candidate.start else 0)


@kept
def compiled(expression: str) -> re.Pattern[str]:
    """The expression, compiled when it is first needed: of thousands a page needs a few."""
    return re.compile(expression, re.IGNORECASE | re.ASCII)


def searchable(expression: str) -> str:
    """The same for a search, without a leading `.*` (any `.+` becomes one character)."""
    if "|" in expression:
        return expression
    return _LEADING_SOMETHING.sub(".", _LEADING_ANYTHING.sub("", expression))


def is_valid(expression: str) -> bool:
    """Whether Python can compile the expression."""
    try:
        re.compile(expression, re.IGNORECASE | re.ASCII)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
