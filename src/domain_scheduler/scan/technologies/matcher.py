"""The compiled rules of all products, and the one call that recognises technologies.

Rules on long or many texts (source, scripts, addresses) are searched together, one pattern set a channel;
rules on headers, cookies, metas and DNS are looked up by name first.
Not here: reading products (product_files.py), implications (deduction.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.deduction import deduce
from domain_scheduler.scan.technologies.evidence import Evidence, Technology
from domain_scheduler.scan.technologies.pattern_set import PatternSet, compiled, is_valid
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.products import Channel, Product, Rule
from domain_scheduler.scan.technologies.versions import more_precise, version_of

_SEARCHED: Final = (
    Channel.URL,
    Channel.HTML,
    Channel.TEXT,
    Channel.SCRIPTS,
    Channel.SCRIPT_URL,
    Channel.LINK_URL,
)
_LOOKED_UP: Final = (Channel.HEADER, Channel.COOKIE, Channel.META, Channel.DNS)

Owned = tuple[str, Rule]
"""A rule and the name of its product."""


@dataclass(slots=True)
class _Sighting:
    """What speaks for one product so far."""

    confidence: int = 0
    version: str | None = None
    evidence: dict[str, None] = field(default_factory=dict)

    def add(self, rule: Rule, match: re.Match[str]) -> None:
        self.confidence = min(self.confidence + rule.pattern.confidence, 100)
        self.version = more_precise(self.version, version_of(rule.pattern.version, match))
        self.evidence[f"{rule.channel}:{rule.key}" if rule.key else rule.channel.value] = None


class TechnologyMatcher:
    """Recognises the products it was made with. Immutable; made once a process."""

    def __init__(self, products: Iterable[Product], *, make_prefilter: MakePrefilter, cache: Cache) -> None:
        self._products = {product.name: product for product in products}
        owned = [
            (p.name, rule)
            for p in self._products.values()
            for rule in p.rules
            if is_valid(rule.pattern.expression)
        ]
        self._searched: dict[Channel, tuple[list[Owned], PatternSet]] = {}
        for channel in _SEARCHED:
            rules = [(name, rule) for name, rule in owned if rule.channel is channel]
            patterns = PatternSet([rule.pattern.expression for _, rule in rules], make_prefilter, cache)
            self._searched[channel] = (rules, patterns)
        self._looked_up: dict[tuple[Channel, str], list[Owned]] = {}
        for name, rule in owned:
            if rule.channel in _LOOKED_UP:
                self._looked_up.setdefault((rule.channel, rule.key), []).append((name, rule))

    def match(self, evidence: Evidence) -> tuple[Technology, ...]:
        """The technologies that the evidence shows, by name."""
        sightings: dict[str, _Sighting] = {}
        for (name, rule), match in (*self._search(evidence), *self._look_up(evidence)):
            sightings.setdefault(name, _Sighting()).add(rule, match)
        seen = {name: self._technology(name, sighting) for name, sighting in sightings.items()}
        return tuple(sorted(deduce(seen, self._products).values(), key=lambda technology: technology.name))

    def _search(self, evidence: Evidence) -> Iterator[tuple[Owned, re.Match[str]]]:
        for channel, texts in _texts(evidence).items():
            rules, patterns = self._searched[channel]
            for text in texts:
                for position, match in patterns.search(text):
                    yield rules[position], match

    def _look_up(self, evidence: Evidence) -> Iterator[tuple[Owned, re.Match[str]]]:
        for channel, named in _named(evidence).items():
            for key, values in named.items():
                for owned in self._looked_up.get((channel, key), ()):
                    yield from ((owned, match) for match in _matches(owned[1], values))

    def _technology(self, name: str, sighting: _Sighting) -> Technology:
        return Technology(
            name=name,
            version=sighting.version,
            categories=self._products[name].categories,
            confidence=sighting.confidence,
            evidence=tuple(sighting.evidence),
        )


def _matches(rule: Rule, values: Sequence[str]) -> Iterator[re.Match[str]]:
    expression = compiled(rule.pattern.expression)
    return (match for value in values if (match := expression.search(value)))


def _texts(evidence: Evidence) -> Mapping[Channel, Sequence[str]]:
    return {
        Channel.URL: [evidence.url],
        Channel.HTML: [evidence.html],
        Channel.TEXT: [evidence.text],
        Channel.SCRIPTS: [evidence.scripts],
        Channel.SCRIPT_URL: evidence.script_urls,
        Channel.LINK_URL: evidence.link_urls,
    }


def _named(evidence: Evidence) -> Mapping[Channel, Mapping[str, Sequence[str]]]:
    return {
        Channel.HEADER: evidence.headers,
        Channel.COOKIE: evidence.cookies,
        Channel.META: evidence.metas,
        Channel.DNS: evidence.dns,
    }
