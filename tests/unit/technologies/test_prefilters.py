"""Whatever prefilters the patterns, the hits are those of `re`, one pattern after the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from domain_scheduler.scan.extract.technology_evidence import evidence
from domain_scheduler.scan.technologies import Evidence, TechnologyMatcher, loading
from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.hyperscan_prefilter import AFTER, BEFORE, HyperscanPrefilter
from domain_scheduler.scan.technologies.literal_prefilter import LiteralPrefilter
from domain_scheduler.scan.technologies.pattern_set import PatternSet
from domain_scheduler.scan.technologies.prefilter import MakePrefilter
from domain_scheduler.scan.technologies.product_files import built_in_products
from domain_scheduler.scan.technologies.products import Pattern, Product
from tests.support.compiled_rules import FOLDER
from tests.support.corpus_pages import corpus_pages
from tests.support.fingerprints import all_products
from tests.support.naive_prefilter import NaivePrefilter

FILTERS = [HyperscanPrefilter, LiteralPrefilter]


def matcher(products: list[Product], make_prefilter: MakePrefilter) -> TechnologyMatcher:
    return TechnologyMatcher(products, make_prefilter=make_prefilter, cache=Cache(FOLDER))


def pages(count: int, max_bytes: int) -> Iterator[tuple[str, Evidence]]:
    for name, reading in islice(corpus_pages(max_bytes=max_bytes), count):
        yield name, evidence(reading)


@pytest.mark.slow
def test_built_in_rules_hit_the_same_with_every_prefilter() -> None:
    products = built_in_products()
    matchers = [matcher(products, make) for make in (NaivePrefilter, *FILTERS)]
    for name, page in pages(60, 200_000):
        naive, *others = (one.match(page) for one in matchers)
        assert all(found == naive for found in others), name


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_large_set_hits_the_same_with_every_prefilter() -> None:
    products = all_products()
    hyperscan, literals, naive = (matcher(products, make) for make in (*FILTERS, NaivePrefilter))
    for name, page in pages(60, 400_000):
        assert hyperscan.match(page) == literals.match(page), name
    for name, page in pages(8, 40_000):
        assert hyperscan.match(page) == naive.match(page), name


@pytest.mark.parametrize("make_prefilter", FILTERS)
@pytest.mark.parametrize(
    ("expression", "text", "version"),
    [
        (r"shop-([\d.]+)\.js", "x" * 5_000 + "shop-1.2.3.js" + "y" * 5_000, "1.2.3"),
        (r"shop-([\d.]+)\.js", "ü" * 5_000 + "shop-1.2.3.js" + "é" * 5_000, "1.2.3"),
        (r"^shop ([\d.]+)", "shop 1.2" + "y" * 5_000, "1.2"),
        (r"(?<!my)shop ([\d.]+)", "myshop 1" + "x" * 3_000 + "shop 2.5" + "y" * 3_000, "2.5"),
        (r"shop(?! is) ([\d.]+)", "shop is 1" + "x" * 3_000 + "shop 2.5", "2.5"),
        (r".*shop ([\d.]+)$", "x" * 5_000 + "shop 3", "3"),
        (r"<[^>]+shop-([\d.]+)", "<p>shop-1" + "ü" * 5_000 + "<p class=shop-2.5>", "2.5"),
        (r"<[^>]+(?<!my)shop ([\d.]+)", "<p myshop 1>" + "x" * 5_000 + "<p shop 2.5>", "2.5"),
    ],
)
def test_a_version_is_read_wherever_it_stands_in_a_long_text(
    make_prefilter: MakePrefilter, expression: str, text: str, version: str
) -> None:
    patterns = PatternSet([Pattern(expression, r"\1")], make_prefilter, Cache(None))
    assert [match[1] for _, match in patterns.search(text) if match] == [version]


@pytest.mark.parametrize("make_prefilter", [*FILTERS, NaivePrefilter])
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"^shop", "x" * 5_000 + "shop"),
        (r"(?<!my)shop", "myshop"),
        (r"shop(?!s)", "x" * (BEFORE + AFTER) + "shops"),
        (r"^(?!.*test)shop", "shop test"),
        (r"shop\d", "shopping"),
        (r"<[^>]+shop-", "<p>" + "x" * 5_000 + "shop-"),
        (r"<[^>]+shop-", "<p>shop-"),
        (r"<(?:a|p)[^>]+(?<!my)shop-", "<p class=myshop-1>"),
    ],
)
def test_what_does_not_match_is_no_hit(make_prefilter: MakePrefilter, expression: str, text: str) -> None:
    patterns = PatternSet([Pattern(expression)], make_prefilter, Cache(None))
    assert list(patterns.search(text)) == []


def test_threads_share_a_matcher() -> None:
    shared = matcher(built_in_products(), HyperscanPrefilter)
    page = Evidence(html="<p>" * 10_000, script_urls=["/js/jquery-3.7.1.min.js"] * 50)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: shared.match(page), range(48)))
    assert {tuple((t.name, t.version) for t in one) for one in found} == {(("jQuery", "3.7.1"),)}


@pytest.mark.parametrize("make_prefilter", FILTERS)
def test_what_is_compiled_once_is_read_from_the_cache(make_prefilter: MakePrefilter, tmp_path: Path) -> None:
    expressions = [r"shop-[\d.]+", r"(?<!my)blog", r"<[^>]+wiki", r"<[^>]+forum"]
    make_prefilter(expressions, Cache(tmp_path))
    (kept,) = tmp_path.iterdir()
    changed = kept.stat().st_mtime_ns
    again = make_prefilter(expressions, Cache(tmp_path))
    assert [candidate.position for candidate in again.candidates("<a shop-1 blog wiki>")] == [0, 1, 2]
    assert kept.stat().st_mtime_ns == changed


@pytest.mark.parametrize("make_prefilter", FILTERS)
@pytest.mark.parametrize("content", [b"", b"[[],[],9]\nnonsense", b"not json at all", b"\xff\xfe"])
def test_a_broken_cache_is_compiled_anew(
    make_prefilter: MakePrefilter, content: bytes, tmp_path: Path
) -> None:
    make_prefilter(["shop-1"], Cache(tmp_path))
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    again = make_prefilter(["shop-1"], Cache(tmp_path))
    assert [candidate.position for candidate in again.candidates("a shop-1")] == [0]


def test_a_cache_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    prefilter = HyperscanPrefilter(["shop-1"], Cache(blocked / "below"))
    assert [candidate.position for candidate in prefilter.candidates("shop-1")] == [0]


def test_where_hyperscan_is_missing_the_search_for_literals_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert loading.fastest_prefilter() is HyperscanPrefilter
    monkeypatch.setattr(loading, "find_spec", lambda _: None)
    assert loading.fastest_prefilter() is LiteralPrefilter
