"""Rules on elements: a CSS selector, then perhaps a pattern on an attribute or on the text.

A large set has 1,800 selectors and a page matches a handful, so a selector is tried only where the text that
it needs stands in the source (selectors.py), and no page gets more than `MAX_SELECTORS`.
Not here: the tree (scan/extract/document/tree.py).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.evidence import MAX_URL, Evidence, Selected
from domain_scheduler.scan.technologies.pattern_set import compiled
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.products import Rule
from domain_scheduler.scan.technologies.selectors import required_texts
from domain_scheduler.scan.technologies.sightings import Owned

MAX_SELECTORS: Final = 128
MAX_ELEMENTS: Final = 16
"""Elements of one selector whose attribute or text is looked at."""


class Selector(NamedTuple):
    """A selector, the texts of which it needs one, its rules, and whether one looks closer at an element."""

    written: str
    texts: Sequence[str]
    rules: Sequence[Owned]
    looks_closer: bool


class DomRules:
    """The rules of the DOM channel."""

    def __init__(self, owned: Iterable[Owned], make_prefilter: MakePrefilter, cache: Cache) -> None:
        by_selector: dict[str, list[Owned]] = {}
        for name, rule in owned:
            by_selector.setdefault(rule.key, []).append((name, rule))
        texts = {selector: required_texts(selector) for selector in by_selector}
        self._selectors = [
            Selector(selector, texts[selector], rules, any(map(_looks_closer, rules)))
            for selector, rules in by_selector.items()
            if texts[selector]
        ]
        expressions = ["|".join(map(re.escape, selector.texts)) for selector in self._selectors]
        self._prefilter = make_prefilter(expressions, cache)

    def search(self, evidence: Evidence) -> Iterator[tuple[Owned, re.Match[str] | None]]:
        """The rules whose selector finds an element that the pattern fits."""
        for written, _, rules, looks_closer in islice(self._promising(evidence), MAX_SELECTORS):
            if not looks_closer:
                if evidence.has(written):
                    yield from ((owned, None) for owned in rules)
                continue
            elements = evidence.select(written)[:MAX_ELEMENTS]
            for owned in rules if elements else ():
                yield from _matches(owned, elements)

    def _promising(self, evidence: Evidence) -> Iterator[Selector]:
        """The selectors of which a required text stands in the source."""
        found: dict[int, bool] = {}
        for candidate in self._prefilter.candidates(evidence.html, evidence.source):
            found[candidate.position] = candidate.sure or found.get(candidate.position, False)
        source = "" if all(found.values()) else evidence.html.lower()
        for position, sure in found.items():
            selector = self._selectors[position]
            if sure or any(text in source for text in selector.texts):
                yield selector


def _looks_closer(owned: Owned) -> bool:
    """Whether it matters what the element is like, not just that it is there."""
    return bool(owned[1].attribute or owned[1].pattern.expression)


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
