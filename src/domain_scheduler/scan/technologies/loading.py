"""The matcher from its rules: the built-in ones and those that the user brings, on the fastest engine here.

A product of the user's data that the built-in file has too keeps both its rules.
Not here: reading the files (product_files.py), matching (matcher.py).
"""

from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.matcher import TechnologyMatcher
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.product_files import built_in_products, products_from
from domain_scheduler.scan.technologies.products import Product

T = TypeVar("T")


def load_technologies(
    *, fingerprints: Path | None = None, cache_dir: Path | None = None
) -> TechnologyMatcher:
    """The matcher for the built-in products and those in `fingerprints` (Wappalyzer's format).

    `cache_dir` keeps what is compiled. Raises SettingsError for a path that holds no such data.
    """
    products = built_in_products()
    if fingerprints is not None:
        products = joined(products, products_from(fingerprints))
    return TechnologyMatcher(products, make_prefilter=fastest_prefilter(), cache=Cache(cache_dir))


def fastest_prefilter() -> MakePrefilter:
    """Hyperscan where its wheel exists, else the search for literals."""
    if find_spec("hyperscan") is not None:
        from domain_scheduler.scan.technologies.hyperscan_prefilter import HyperscanPrefilter

        return HyperscanPrefilter
    from domain_scheduler.scan.technologies.literal_prefilter import LiteralPrefilter

    return LiteralPrefilter


def joined(products: Iterable[Product], others: Iterable[Product]) -> list[Product]:
    """Both lists as one; a product in both has the rules and relations of both."""
    known = {product.name: product for product in products}
    for other in others:
        own = known.get(other.name)
        known[other.name] = other if own is None else _merged(own, other)
    return list(known.values())


def _merged(own: Product, other: Product) -> Product:
    return replace(
        own,
        categories=_both(own.categories, other.categories),
        rules=own.rules + other.rules,
        implies=_both(own.implies, other.implies),
        requires=_both(own.requires, other.requires),
        requires_categories=_both(own.requires_categories, other.requires_categories),
        excludes=_both(own.excludes, other.excludes),
    )


def _both(own: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*own, *other)))
