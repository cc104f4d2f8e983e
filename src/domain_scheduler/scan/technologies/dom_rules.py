"""Rules on elements: a CSS selector, then perhaps a pattern on an attribute or on the text.

A large set has 1,800 selectors and a page matches a handful, so a selector is tried only where the text that
it needs stands in the source (selectors.py), and no page gets more than `MAX_SELECTORS`.
Not here: the tree (scan/extract/tree.py).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.evidence import MAX_URL, Evidence, Selected
from domain_scheduler.scan.technologies.pattern_set import compiled
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.products import Rule
from domain_scheduler.scan.technologies.selectors import required_texts
from domain_scheduler.scan.technologies.sightings import Owned

MAX_SELECTORS: Final = 64
MAX_ELEMENTS: Final = 16
"""Elements of one selector whose attribute or text is looked at."""


class DomRules:
    """The rules of the DOM channel."""

    def __init__(self, owned: Iterable[Owned], make_prefilter: MakePrefilter, cache: Cache) -> None:
        by_selector: dict[str, list[Owned]] = {}
        for name, rule in owned:
            if required_texts(rule.key):
                by_selector.setdefault(rule.key, []).append((name, rule))
        self._selectors = list(by_selector.items())
        expressions = ["|".join(map(re.escape, required_texts(selector))) for selector in by_selector]
        self._prefilter = make_prefilter(expressions, cache)

    def search(self, evidence: Evidence) -> Iterator[tuple[Owned, re.Match[str] | None]]:
        """The rules whose selector finds an element that the pattern fits."""
        positions = dict.fromkeys(c.position for c in self._prefilter.candidates(evidence.html))
        for position in list(positions)[:MAX_SELECTORS]:
            selector, rules = self._selectors[position]
            elements = evidence.select(selector)[:MAX_ELEMENTS]
            for owned in rules if elements else ():
                yield from _matches(owned, elements)


def _matches(owned: Owned, elements: Sequence[Selected]) -> Iterator[tuple[Owned, re.Match[str] | None]]:
    rule = owned[1]
    expression = compiled(rule.pattern.expression)
    for element in elements:
        value = _value(element, rule)
        if value is not None and (match := expression.search(value[:MAX_URL])):
            yield owned, match
            return


def _value(element: Selected, rule: Rule) -> str | None:
    if rule.attribute:
        return element.attr(rule.attribute)
    return element.text if rule.pattern.expression else ""
