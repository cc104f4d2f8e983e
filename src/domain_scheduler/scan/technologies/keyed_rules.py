"""Rules on named values (headers, cookies, metas, DNS records): looked up by name, then matched.

A name with many rules (`meta:generator` has hundreds in a large set) gets a pattern set of its own; of the
others, a page has few. Some names of cookies are patterns themselves (`SESS[a-f0-9]{32}`, `_ga_*`).
Not here: rules on texts and addresses (matcher.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.evidence import MAX_NAMES, MAX_VALUES
from domain_scheduler.scan.technologies.pattern_set import Hit, PatternSet, compiled, is_valid
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.products import Pattern
from domain_scheduler.scan.technologies.sightings import Owned

_MANY: Final = 16
_NAME: Final = re.compile(r"[\w.:-]+")
_BEGINNING: Final = re.compile(r"[\w.-]+\*")


class OneByOne:
    """A few patterns that are searched without a prefilter."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._expressions = [pattern.expression for pattern in patterns]

    def search(self, text: str) -> Iterator[Hit]:
        """The patterns that match, each with its first match."""
        for position, expression in enumerate(self._expressions):
            if match := compiled(expression).search(text):
                yield position, match


def _pattern_of_names(key: str) -> re.Pattern[str] | None:
    """The names that a key stands for, if it is not just one."""
    if _NAME.fullmatch(key):
        return None
    expression = f"{re.escape(key[:-1])}.*" if _BEGINNING.fullmatch(key) else key
    return compiled(expression) if is_valid(expression) else None


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

        self._patterned = [(key, pattern) for key in self._by_key if (pattern := _pattern_of_names(key))]

    def search(self, named: Mapping[str, Sequence[str]]) -> Iterator[tuple[Owned, re.Match[str] | None]]:
        """The rules that match a value of their name."""
        for name, values in islice(named.items(), MAX_NAMES):
            for key in self._keys(name):
                rules, patterns = self._by_key[key]
                for value in values[:MAX_VALUES]:
                    for position, match in patterns.search(value):
                        yield rules[position], match

    def _keys(self, name: str) -> Iterator[str]:
        if name in self._by_key:
            yield name
        yield from (key for key, pattern in self._patterned if key != name and pattern.fullmatch(name))
