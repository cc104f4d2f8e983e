"""The large set of technologies that tests and benchmarks bring, as a user would; it is read, never shipped.

Not here: matching with it.
"""

from pathlib import Path

from domain_scheduler.scan.technologies.loading import joined
from domain_scheduler.scan.technologies.product_files import built_in_products, products_from
from domain_scheduler.scan.technologies.products import Product
from tests.support.corpus import corpus


def large_set() -> Path:
    """A file in Wappalyzer's format with 7,586 technologies."""
    return corpus("vectors", "tech", "gpl3", "enthec_technologies.json.gz")


def all_products() -> list[Product]:
    """The built-in products and the large set."""
    return joined(built_in_products(), products_from(large_set()))
