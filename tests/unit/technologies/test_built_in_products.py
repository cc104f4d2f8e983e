"""Every built-in product is recognised by each of its rules, and by nothing that merely looks like it."""

import pytest

from domain_scheduler.scan.extract.technology_evidence import evidence
from domain_scheduler.scan.technologies import TechnologyMatcher
from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.deduction import deduce
from domain_scheduler.scan.technologies.evidence import Technology
from domain_scheduler.scan.technologies.literal_prefilter import LiteralPrefilter
from domain_scheduler.scan.technologies.pattern_set import is_valid
from domain_scheduler.scan.technologies.product_files import built_in_products
from domain_scheduler.scan.technologies.products import Product, Rule
from tests.support.compiled_rules import built_in_technologies
from tests.unit.technologies.vectors import LOOK_ALIKES, MATCHES, Vector

PRODUCTS = {product.name: product for product in built_in_products()}


def vectors_of(product: str) -> list[Vector]:
    return [vector for vector in MATCHES if vector.product == product]


def brought_along_by(*names: str) -> set[str]:
    """The products and everything that they imply."""
    seen = {
        name: Technology(name=name, version=None, categories=(), confidence=100, evidence=())
        for name in names
    }
    return set(deduce(seen, PRODUCTS))


@pytest.mark.parametrize("product", sorted({vector.product for vector in MATCHES}))
def test_a_trace_gives_away_its_product_and_no_other(product: str) -> None:
    for vector in vectors_of(product):
        found = {t.name: t.version for t in built_in_technologies().match(evidence(vector.page()))}
        assert found.get(product, "not found") == vector.version, vector
        assert set(found) == brought_along_by(product, *vector.also), vector


@pytest.mark.parametrize("vector", LOOK_ALIKES, ids=str)
def test_a_look_alike_gives_nothing_away(vector: Vector) -> None:
    assert vector.product in PRODUCTS
    found = {technology.name for technology in built_in_technologies().match(evidence(vector.page()))}
    assert vector.product not in found


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda product: product.name)
def test_every_rule_of_a_product_is_hit_by_one_of_its_vectors(product: Product) -> None:
    pages = [evidence(vector.page()) for vector in vectors_of(product.name)]
    unhit = [rule for rule in product.rules if not any(only(rule).match(page) for page in pages)]
    assert unhit == []
    assert pages or not (product.rules or product.wordpress)


def only(rule: Rule) -> TechnologyMatcher:
    return TechnologyMatcher(
        [Product("the product", rules=(rule,))], make_prefilter=LiteralPrefilter, cache=Cache(None)
    )


def test_there_are_products_for_most_of_the_web() -> None:
    recognised = [product for product in PRODUCTS.values() if product.rules or product.wordpress]
    assert len(recognised) >= 150


def test_every_expression_compiles_and_every_relation_leads_to_a_product() -> None:
    rules = [rule for product in PRODUCTS.values() for rule in product.rules]
    assert [rule for rule in rules if not is_valid(rule.pattern.expression)] == []
    related = {
        name
        for product in PRODUCTS.values()
        for name in (*(r.name for r in product.implies), *product.requires, *product.excludes)
    }
    assert related - set(PRODUCTS) == set()


def test_every_product_has_a_category() -> None:
    assert [product.name for product in PRODUCTS.values() if not product.categories] == []
