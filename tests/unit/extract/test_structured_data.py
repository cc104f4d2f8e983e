"""JSON-LD and microdata as plain values, broken ones repaired where that is safe."""

import pytest

from domain_scheduler.scan.extract.document.json_ld import parse_json_ld
from domain_scheduler.scan.extract.document.microdata import microdata_items
from domain_scheduler.scan.extract.document.structured_data import text, types_of
from domain_scheduler.scan.extract.document.tree import Tree
from tests.unit.extract.reading import reading_of

BASE = "https://a.example.org/x/"


@pytest.mark.parametrize(
    "block",
    [
        '{"name": "x",}',
        '{"name": "x"};',
        '<!-- {"name": "x"} -->',
        '//<![CDATA[\n{"name": "x"}\n//]]>',
        '/*<![CDATA[*/ {"name": "x"} /*]]>*/',
        '{"name": "x"}\n]]>\n',
        '/* made by a plugin */ {"name": "x"}',
        '{"name": "x"} /* never closed',
        '<!-- made by a plugin -->\n{"name": "x"}',
        '{"name": "x" // a note\n}',
        '{"name": "x"}}',
        "{&quot;name&quot;: &quot;x&quot;}",
    ],
)
def test_a_block_with_broken_punctuation_is_read(block: str) -> None:
    assert parse_json_ld(block) == {"name": "x"}


@pytest.mark.parametrize("between", ["", "\n", ",", ";\n"])
def test_values_that_follow_one_another_are_a_list(between: str) -> None:
    assert parse_json_ld('{"name": "x"}' + between + '{"name": "y"}') == [{"name": "x"}, {"name": "y"}]


def test_entities_in_a_sound_block_stay_as_they_are() -> None:
    assert parse_json_ld('{"name": "&quot;x&quot;"}') == {"name": "&quot;x&quot;"}


def test_a_line_break_in_a_string_is_kept() -> None:
    assert parse_json_ld('{"name": "two\nlines"}') == {"name": "two\nlines"}


def test_what_looks_like_a_comment_in_a_string_stays() -> None:
    assert parse_json_ld('{"url": "https://x.org/a", "n": "/* x */",}') == {
        "url": "https://x.org/a",
        "n": "/* x */",
    }


@pytest.mark.parametrize("block", ["", "null", "{", '{"a": }', "not json", '{"a": "b'])
def test_a_block_that_cannot_be_read_is_dropped(block: str) -> None:
    assert parse_json_ld(block) is None


def test_microdata_follows_nesting_references_and_kinds_of_values() -> None:
    html = """<div itemscope itemtype="https://schema.org/Store" itemref="more">
      <b itemprop="name"> The  Shop </b><meta itemprop="telephone" content="+1 1">
      <a itemprop="url" href="../y">y</a><time itemprop="opens" datetime="09:00">nine</time>
      <div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
        <i itemprop="addressLocality">Graz</i></div></div>
      <p id="more"><span itemprop="email">a@b.org</span></p>"""
    [item] = microdata_items(Tree(html), BASE)
    assert item == {
        "@type": ["https://schema.org/Store"],
        "name": ["The Shop"],
        "telephone": ["+1 1"],
        "url": ["https://a.example.org/y"],
        "opens": ["09:00"],
        "address": [{"@type": ["https://schema.org/PostalAddress"], "addressLocality": ["Graz"]}],
        "email": ["a@b.org"],
    }


def test_microdata_says_what_an_action_asks_for() -> None:
    html = "<form itemscope><input itemprop=query-input name=q required></form>"
    [item] = microdata_items(Tree(html), BASE)
    assert item == {"query-input": [{"valueName": "q", "valueRequired": True}]}


def test_an_item_that_refers_to_itself_ends() -> None:
    html = "<div itemscope id=a itemref=b><p itemprop=x itemscope id=b itemref=a><i itemprop=y>1</i></div>"
    assert microdata_items(Tree(html), BASE)


def test_things_are_found_in_graphs_and_inside_each_other() -> None:
    reading = reading_of(
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "publisher": '
        '{"@type": ["https://schema.org/Organization"], "name": [{"@value": "We"}]}}]}</script>'
    )
    [(thing, source)] = reading.structured.of_types(frozenset({"Organization"}))
    assert (text(thing, "name"), source) == ("We", "json-ld")
    assert types_of(thing) == ["Organization"]
