"""What was seen of the products in one page, added up rule by rule.

A rule counts once, however often it matches. Of two versions the one that only says more replaces the other
(`6.4` by `6.4.2`); otherwise the first stays.
Not here: finding the matches (matcher.py), what follows from them (deduction.py).
"""

import re
from dataclasses import dataclass, field

from domain_scheduler.scan.technologies.evidence import Technology
from domain_scheduler.scan.technologies.products import Product, Rule
from domain_scheduler.scan.technologies.versions import more_precise, version_of

Owned = tuple[str, Rule]
"""A rule and the name of its product."""


@dataclass(slots=True)
class Sighting:
    """What speaks for one product so far."""

    confidence: int = 0
    version: str | None = None
    evidence: dict[str, None] = field(default_factory=dict)
    rules: set[int] = field(default_factory=set)

    def add(self, rule: Rule, version: str | None) -> None:
        """One match of a rule of the product."""
        self.version = more_precise(self.version, version)
        if id(rule) not in self.rules:
            self.rules.add(id(rule))
            self.confidence = min(self.confidence + rule.pattern.confidence, 100)
            self.evidence[f"{rule.channel}:{rule.key}" if rule.key else rule.channel.value] = None


class Sightings:
    """The sightings of one page, by product."""

    def __init__(self) -> None:
        self._by_product: dict[str, Sighting] = {}

    def add(self, owned: Owned, match: re.Match[str] | None) -> None:
        """A match of a product's rule; no match object where no version was asked for."""
        name, rule = owned
        sighting = self._by_product.get(name)
        if sighting is None:
            sighting = self._by_product[name] = Sighting()
        sighting.add(rule, version_of(rule.pattern.version, match))

    def note(self, name: str, trace: str, version: str | None) -> None:
        """A certain sighting without a rule."""
        sighting = self._by_product.setdefault(name, Sighting())
        sighting.version = more_precise(sighting.version, version)
        sighting.confidence = 100
        sighting.evidence[trace] = None

    def version(self, name: str) -> str | None:
        """The version of a product so far."""
        sighting = self._by_product.get(name)
        return sighting.version if sighting else None

    def technologies(self, products: dict[str, Product]) -> dict[str, Technology]:
        """Everything seen, as technologies."""
        return {
            name: Technology(
                name=name,
                version=sighting.version,
                categories=products[name].categories,
                confidence=sighting.confidence,
                evidence=tuple(sighting.evidence),
            )
            for name, sighting in self._by_product.items()
        }
