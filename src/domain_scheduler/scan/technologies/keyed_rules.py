"""Rules on named values (headers, cookies, metas, DNS records): looked up by name, then matched.

A name with many rules (`meta:generator` has hundreds in a large set) gets a pattern set of its own; of the
others, a page has few.
Not here: rules on texts and addresses (matcher.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.evidence import MAX_VALUES
from domain_scheduler.scan.technologies.pattern_set import Hit, PatternSet, compiled
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.products import Pattern
from domain_scheduler.scan.technologies.sightings import Owned

_MANY: Final = 16


class OneByOne:
    """A few patterns that are searched without a prefilter."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._expressions = [pattern.expression for pattern in patterns]

    def search(self, text: str) -> Iterator[Hit]:
        """The patterns that match, each with its first match."""
        for position, expression in enumerate(self._expressions):
            if match := compiled(expression).search(text):
                yield position, match


class KeyedRules:
    """The rules of one channel by name."""

    def __init__(self, owned: Iterable[Owned], make_prefilter: MakePrefilter, cache: Cache) -> None:
        by_key: dict[str, list[Owned]] = {}
        for name, rule in owned:
            by_key.setdefault(rule.key, []).append((name, rule))
        self._by_key: dict[str, tuple[list[Owned], PatternSet | OneByOne]] = {}
        for key, rules in by_key.items():
            patterns = [rule.pattern for _, rule in rules]
            many = len(rules) >= _MANY
            self._by_key[key] = (
                rules,
                PatternSet(patterns, make_prefilter, cache) if many else OneByOne(patterns),
            )

    def search(self, named: Mapping[str, Sequence[str]]) -> Iterator[tuple[Owned, re.Match[str] | None]]:
        """The rules that match a value of their name."""
        for key, values in named.items():
            if key in self._by_key:
                rules, patterns = self._by_key[key]
                for value in values[:MAX_VALUES]:
                    for position, match in patterns.search(value):
                        yield rules[position], match
