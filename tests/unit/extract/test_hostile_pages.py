"""No page makes extraction fail or take long, whatever has happened to its bytes.

The front pages of the corpus, damaged, and pages made to hurt; `python -m bench.robustness` does so to every
page of the corpus and with larger ones.
"""

import random
import time
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract import extract_page
from tests.support.corpus_sites import CorpusSite, corpus_homepages
from tests.support.damage import DAMAGES, WRONG_LABELS
from tests.unit.extract.reading import page_of

LIMIT = 1.0
"""Seconds of CPU that the worst page may take."""


def _timed(body: bytes, content_type: str = "text/html", url: str = "https://a.example.org/") -> Page:
    start = time.process_time()
    page = extract_page(body, headers=[("Content-Type", content_type)], url=url)
    assert time.process_time() - start < LIMIT
    orjson.dumps([page.title, page.description, page.details])
    return page


def _sites() -> Iterator[CorpusSite]:
    return (site for site in corpus_homepages() if site.page())


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_page_is_read(damage: str) -> None:
    chance = random.Random(damage)
    for site in _sites():
        _timed(DAMAGES[damage](site.page(), chance), site.content_type, site.final_url)


@pytest.mark.slow
def test_a_page_under_a_wrong_label_is_read() -> None:
    for number, site in enumerate(_sites()):
        label = WRONG_LABELS[number % len(WRONG_LABELS)]
        _timed(site.page(), f"text/html; charset={label}", site.final_url)


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "x",
        "<a href='/kontakt'>" * 30_000,
        "<b><i><u><a>" * 10_000 + "</p>" * 1_000,
        "<table>" * 20_000,
        "<p>" + "Ltd Ltd 12345 " * 30_000,
        "<p>\u6709\u9650\u516c\u53f8" + "\u5c71\u7530" * 80_000,
        "<title>" + "Contact | " * 40_000 + "</title>",
        '<meta name=description content="a" b"c d>' * 12_000,
        "<table><tr><td>" + "a" * 200_000 + "<td>b" + "<tr><td>x<td>y" * 15_000,
        "<table><tr><td>Tel. +43 1<td>y<tr><td>xx<td>b<tr><td>" * 9_000,
        "<div itemscope itemprop=a>" * 10_000,
        "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">",
        "<svg><title>" * 10_000,
        "<form><textarea>" + "x" * 500_000,
        "<!--" * 100_000,
        "<a href='mailto:" + "a@b." * 50_000 + "'>",
        "<p>" + "@" * 100_000,
        "<p>" + "a@" * 50_000,
        "<p>" + "a.a@" * 50_000,
        "<p>" + "a[at]" * 50_000,
        "<p>" + "x at y dot " * 30_000,
        "<p>" + "1" * 300_000,
        "<p>" + "1 " * 200_000,
        "<p>" + "+1 (" * 100_000,
        "<p>" + "(0) " * 100_000,
        "<p>" + "555-" * 100_000,
        "<p>tel fax " * 30_000,
        "<title>" + " | " * 100_000,
        "<title>" + "domain " * 50_000,
        "<p>" + "this domain is " * 90,
        "<script type='application/ld+json'>" + "[" * 200_000,
        "<script type='application/ld+json'>" + '{"a":' * 50_000,
        "<script type='application/ld+json'>" + '"' * 200_000,
        "<script type='application/ld+json'>" + "/*" * 100_000,
        "<script type='application/ld+json'>" + "/* " * 80_000,
        "<script type='application/ld+json'>" + '"' + '\\"' * 100_000,
        "<script type='application/ld+json'>" + "]]>" + " " * 200_000 + "x",
        "<script type='application/ld+json'>" + '{"@type":"Organization","name":"x",' * 5_000,
        "<meta charset=" + "x" * 400_000,
        "<base href='" + "/" * 400_000,
        "<link rel=icon href='" + "a" * 400_000,
        '<a href="https://www.facebook.com/' + "/" * 100_000 + '">',
        '<a href="https://t.me/' + "tg:resolve?" * 40_000 + '">',
        "<address>" + "x" * 500_000,
        "<meta property=og:title content=x>" * 10_000,
        "\x00" * 400_000,
        "&#0;&#xD800;&#x110000;" * 10_000,
    ],
    ids=lambda html: html[:20],
)
def test_a_page_made_to_hurt_is_read_in_time(html: str) -> None:
    _timed(html.encode("utf-8", "surrogatepass"))


NAMES = st.sampled_from(
    ["div", "p", "a", "table", "tr", "td", "svg", "title", "form", "b", "script", "template", "x-y"]
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        " href='tel:1'",
        " itemscope",
        " itemprop=name",
        " itemref='a a'",
        " id=a",
        " content='x'",
        " rel=icon",
    ]
)
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["a@b.org", "+43 1 5138892", "\x00", "&#xD800;"]))


@st.composite
def nested(draw: st.DrawFn) -> str:
    """HTML up to a hundred levels deep, its ends in any order."""
    opened = draw(st.lists(st.tuples(NAMES, ATTRIBUTES, TEXTS), max_size=100))
    closed = draw(st.lists(NAMES, max_size=20))
    return "".join(f"<{n}{a}>{t}" for n, a, t in opened) + "".join(f"</{name}>" for name in closed)


@given(nested())
@settings(max_examples=200)
def test_any_nesting_is_read(html: str) -> None:
    page = page_of(html.encode("utf-8", "surrogatepass"))
    assert orjson.loads(orjson.dumps(page.details)) == page.details


PROPERTIES = (
    "@type", "@id", "@graph", "name", "legalName", "url", "sameAs", "logo", "email", "telephone", "faxNumber",
    "address", "addressCountry", "contactPoint", "identifier", "publisher", "author", "headline", "image",
    "datePublished", "itemReviewed",
)  # fmt: skip
ODD_VALUES = (
    '"https://["', '"//[x]"', '"http://a:b/"', '"a@["', '"mailto:"', '"\\u0000"', '"\\ud800"', '""', "null",
    "true", "-1", "1" + "0" * 30, "1e400", "[]", "[[null]]", "{}", '{"@id": "https://["}', '{"@value": null}',
    '{"name": [{}]}',
)  # fmt: skip


@pytest.mark.parametrize("name", PROPERTIES)
def test_any_value_in_structured_data_is_read(name: str) -> None:
    for value in ODD_VALUES:
        owner = f'{{"@type": "Organization", "name": "A", "{name}": {value}}}'
        article = f'{{"@type": "Article", "publisher": {owner}, "address": {{"{name}": {value}}}}}'
        for thing in (owner, article):
            page = page_of(f"<script type='application/ld+json'>{thing}</script>")
            assert orjson.loads(orjson.dumps(page.details)) == page.details


@given(st.binary(max_size=300), st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=200)
def test_any_bytes_header_and_address_are_read(body: bytes, content_type: str, address: str) -> None:
    page = extract_page(body, headers=[("Content-Type", content_type)], url=f"https://{address}/")
    orjson.dumps(page.details)
