"""From what was seen to what is there: products that others imply, require or exclude.

Implied products come in until none is new; then those whose requirement is missing go, until none does;
then the excluded ones. Confidence of an implication is the weaker of the two.
Not here: what was seen (matcher.py).
"""

from domain_scheduler.scan.technologies.evidence import Technology
from domain_scheduler.scan.technologies.products import Product, Products


def deduce(seen: dict[str, Technology], products: Products) -> dict[str, Technology]:
    """The technologies that the seen ones add up to."""
    allowed = _with_requirements(seen, products)
    complete = _with_implied(allowed, products)
    excluded = {name for known in complete for name in products[known].excludes}
    return {name: technology for name, technology in complete.items() if name not in excluded}


def _with_implied(seen: dict[str, Technology], products: Products) -> dict[str, Technology]:
    found = dict(seen)
    pending = list(seen.values())
    while pending:
        source = pending.pop()
        for relation in products[source.name].implies:
            product = products.get(relation.name)
            if product is not None and product.name not in found:
                confidence = min(source.confidence, relation.confidence)
                implied = _implied(product, confidence, source.name)
                found[product.name] = implied
                pending.append(implied)
    return found


def _implied(product: Product, confidence: int, by: str) -> Technology:
    return Technology(
        name=product.name,
        version=None,
        categories=product.categories,
        confidence=confidence,
        evidence=(f"implied by {by}",),
    )


def _with_requirements(seen: dict[str, Technology], products: Products) -> dict[str, Technology]:
    """Without what requires something that is neither seen nor implied."""
    kept = dict(seen)
    while True:
        present = _with_implied(kept, products)
        categories = {category for technology in present.values() for category in technology.categories}
        missing = [name for name in kept if not _satisfied(products[name], present, categories)]
        if not missing:
            return kept
        for name in missing:
            del kept[name]


def _satisfied(product: Product, present: dict[str, Technology], categories: set[str]) -> bool:
    named = not product.requires or any(name in present for name in product.requires)
    placed = not product.requires_categories or any(
        name in categories for name in product.requires_categories
    )
    return named and placed
