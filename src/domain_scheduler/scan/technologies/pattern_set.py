"""Many patterns against a text: prefiltered, then verified one by one with `re`.

Case-insensitive, ASCII classes. A pattern that does not compile is left out when the set is made. Expressions
are relieved of a leading `.*`, which changes no hit but makes a search quadratic.
Not here: the prefilters (hyperscan_prefilter.py, literal_prefilter.py), what a hit means (matcher.py).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache as kept
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.prefilter import MakePrefilter

_LEADING_ANYTHING: Final = re.compile(r"^(?:\.\*\??)+(?![?+{])")
_LEADING_SOMETHING: Final = re.compile(r"^\.\+\??(?![?+{])")


class PatternSet:
    """Expressions that are searched together. Positions are those of the list that the set was made from."""

    def __init__(self, expressions: Sequence[str], make_prefilter: MakePrefilter, cache: Cache) -> None:
        self._expressions = [searchable(expression) for expression in expressions]
        self._prefilter = make_prefilter(self._expressions, cache)

    def search(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """The expressions that match, each with its first match."""
        for position in self._prefilter.candidates(text):
            if match := compiled(self._expressions[position]).search(text):
                yield position, match


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
