"""The compiled rules of all products, and the one call that recognises technologies.

Rules on long or many texts (source, scripts, addresses) are searched together, one pattern set a channel.
What a product says of itself (headers, cookies, metas) comes first, for the first version stays.
Not here: reading products (product_files.py), implications (deduction.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.deduction import deduce
from domain_scheduler.scan.technologies.dom_rules import DomRules
from domain_scheduler.scan.technologies.evidence import MAX_URLS, Evidence, Technology
from domain_scheduler.scan.technologies.keyed_rules import KeyedRules
from domain_scheduler.scan.technologies.pattern_set import PatternSet, is_valid
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.products import Channel, Product
from domain_scheduler.scan.technologies.self_named import self_named
from domain_scheduler.scan.technologies.shopify_theme import shopify_theme
from domain_scheduler.scan.technologies.sightings import Owned, Sightings
from domain_scheduler.scan.technologies.wordpress_parts import WordPressParts

_SEARCHED: Final = (
    Channel.URL,
    Channel.HTML,
    Channel.TEXT,
    Channel.SCRIPTS,
    Channel.STYLES,
    Channel.SCRIPT_URL,
    Channel.LINK_URL,
    Channel.CERTIFICATE,
    Channel.ROBOTS,
)
_MAX_HITS: Final = 1_000
"""Hits that one page may have; the richest real page of a thousand has 218 among 12,000 rules."""
_LOOKED_UP: Final = (Channel.META, Channel.HEADER, Channel.COOKIE, Channel.DNS)


class TechnologyMatcher:
    """Recognises the products it was made with. Immutable, shared by threads; made once a process."""

    def __init__(self, products: Iterable[Product], *, make_prefilter: MakePrefilter, cache: Cache) -> None:
        self._products = {product.name: product for product in products}
        owned = _by_channel(self._products.values())
        self._searched = {
            channel: (
                owned[channel],
                PatternSet([r.pattern for _, r in owned[channel]], make_prefilter, cache),
            )
            for channel in _SEARCHED
        }
        self._looked_up = {
            channel: KeyedRules(owned[channel], make_prefilter, cache) for channel in _LOOKED_UP
        }
        self._dom = DomRules(owned[Channel.DOM], make_prefilter, cache)
        self._wordpress = WordPressParts(self._products.values())

    def match(self, evidence: Evidence) -> tuple[Technology, ...]:
        """The technologies that the evidence shows, by name."""
        sightings = Sightings()
        for owned, match in islice(self._hits(evidence), _MAX_HITS):
            sightings.add(owned, match)
        parts = self._wordpress.find(evidence, core_version=sightings.version("WordPress"))
        for part in parts:
            if part.product is not None:
                sightings.note(part.product, part.trace, part.version)
        found = deduce(sightings.technologies(self._products), self._products)
        others = [part.technology() for part in parts if part.product is None and "WordPress" in found]
        if (theme := shopify_theme(evidence)) is not None and "Shopify" in found:
            others.append(theme)
        for technology in (*others, *self_named(evidence, self._looked_up[Channel.HEADER])):
            found.setdefault(technology.name, technology)
        return tuple(sorted(found.values(), key=lambda technology: technology.name))

    def _hits(self, evidence: Evidence) -> Iterator[tuple[Owned, re.Match[str] | None]]:
        for channel, named in _named(evidence).items():
            yield from self._looked_up[channel].search(named)
        for channel, texts in _texts(evidence).items():
            rules, patterns = self._searched[channel]
            encoded = evidence.source if channel is Channel.HTML else None
            for text in texts:
                for position, match in patterns.search(text, encoded):
                    yield rules[position], match
        yield from self._dom.search(evidence)


def _by_channel(products: Iterable[Product]) -> Mapping[Channel, list[Owned]]:
    owned: dict[Channel, list[Owned]] = {channel: [] for channel in Channel}
    for product in products:
        for rule in product.rules:
            if is_valid(rule.pattern.expression):
                owned[rule.channel].append((product.name, rule))
    return owned


def _texts(evidence: Evidence) -> Mapping[Channel, Sequence[str]]:
    return {
        Channel.URL: [evidence.url],
        Channel.HTML: [evidence.html],
        Channel.TEXT: [evidence.text],
        Channel.SCRIPTS: [evidence.scripts],
        Channel.STYLES: [evidence.styles],
        Channel.SCRIPT_URL: evidence.script_urls[:MAX_URLS],
        Channel.LINK_URL: evidence.link_urls[:MAX_URLS],
        Channel.CERTIFICATE: [evidence.certificate_issuer],
        Channel.ROBOTS: [evidence.robots],
    }


def _named(evidence: Evidence) -> Mapping[Channel, Mapping[str, Sequence[str]]]:
    return {
        Channel.META: evidence.metas,
        Channel.HEADER: evidence.headers,
        Channel.COOKIE: evidence.cookies,
        Channel.DNS: evidence.dns,
    }
