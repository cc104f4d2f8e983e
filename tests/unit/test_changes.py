"""What changed between two scans: nothing is missed, nothing invented, whatever a site writes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain_scheduler.core.changes import (
    FIELDS,
    MAX_ITEMS,
    MAX_TEXT,
    MOST_BITS_OF_AN_EDIT,
    changed_words,
    changes_between,
)
from domain_scheduler.scan.extract.fingerprints import simhash

FACTS: dict[str, Any] = {
    "domain_id": 7,
    "fetched_at": "2026-01-05T11:00:02+01:00",
    "http_status": 200,
    "final_url": "https://example.com/",
    "title": "Example",
    "emails": ["info@example.com"],
    "social": {"github": "https://github.com/example"},
    "technologies": ["nginx 1.26", "WordPress 6.7", "PHP"],
    "content_hash": "aa",
    "simhash": "00000000000000ff",
    "extractor_version": 2,
    "certificate_not_after": "2026-03-01T00:00:00+00:00",
    "name_servers": ["a.ns.example", "b.ns.example"],
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
words = st.lists(st.sampled_from(["PHP", "PHP 8", "PHP 8.1", "Vue.js 3", "Vue.js", "a b", ""]), max_size=6)
likely = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("emails", "technologies", "name_servers"), words)
    | {name: st.text(max_size=4) for name in ("title", "content_hash", "simhash", "final_url")},
)
hostile = st.dictionaries(st.sampled_from([*FACTS, *FIELDS]), json_values)
facts = likely | hostile


def fields(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = changes_between(before, after)["fields"]
    return found


def test_the_same_twice_is_no_change() -> None:
    changes = changes_between(FACTS, FACTS)
    assert (changes["content"], changes["bits"], changes["fields"]) == ("same", 0, {})
    assert (changes["since"], changes["domain_id"]) == ("2026-01-05T10:00:02+00:00", 7)
    assert changed_words(changes) == []


def test_texts_say_from_what_to_what() -> None:
    assert fields(FACTS, FACTS | {"title": "New", "http_status": 203}) == {
        "http_status": {"from": 200, "to": 203},
        "title": {"from": "Example", "to": "New"},
    }
    without = {name: value for name, value in FACTS.items() if name != "title"}
    assert fields(FACTS, without) == {"title": {"from": "Example", "to": None}}


def test_sets_say_what_came_and_what_went_and_ignore_the_order() -> None:
    after = FACTS | {"emails": ["sales@example.com", "info@example.com"], "social": {}}
    assert fields(FACTS, after) == {
        "emails": {"added": ["sales@example.com"], "removed": []},
        "social": {"added": [], "removed": ["https://github.com/example"]},
    }
    assert fields(FACTS, FACTS | {"name_servers": ["b.ns.example", "a.ns.example"]}) == {}


def test_a_technology_with_another_version_is_updated() -> None:
    after = FACTS | {"technologies": ["WordPress 6.8", "PHP 8.1", "Apache"]}
    assert fields(FACTS, after) == {
        "technologies": {
            "added": ["Apache"],
            "removed": ["nginx 1.26"],
            "updated": [
                {"name": "PHP", "from": "", "to": "8.1"},
                {"name": "WordPress", "from": "6.7", "to": "6.8"},
            ],
        }
    }


def test_two_versions_of_one_library_are_not_paired_by_guessing() -> None:
    before, after = {"technologies": ["jQuery 1.12", "jQuery 3.1"]}, {"technologies": ["jQuery 3.7"]}
    change = fields(before, after)["technologies"]
    assert change == {"added": ["jQuery 3.7"], "removed": ["jQuery 1.12", "jQuery 3.1"], "updated": []}


def test_records_that_nobody_answered_for_are_no_change() -> None:
    unseen = {name: value for name, value in FACTS.items() if name != "certificate_not_after"}
    assert fields(FACTS, unseen | {"name_servers": []}) == {}
    assert fields(unseen, FACTS) == {}


@pytest.mark.parametrize(
    ("bits", "content"),
    [(0, "edited"), (MOST_BITS_OF_AN_EDIT, "edited"), (MOST_BITS_OF_AN_EDIT + 1, "rewritten")],
)
def test_few_bits_are_an_edit_and_many_another_text(bits: int, content: str) -> None:
    after = FACTS | {"content_hash": "bb", "simhash": f"{0xFF ^ (2**bits - 1):016x}"}
    changes = changes_between(FACTS, after)
    assert (changes["content"], changes["bits"]) == (content, bits)
    assert changed_words(changes) == ["content"]


def test_a_changed_price_is_an_edit_and_a_parking_page_another_text() -> None:
    shop = "our bread is baked every morning in the old mill by hand and costs three euros"
    parked = "this domain is for sale buy it now related searches loans cars insurance credit"
    texts = [
        {"content_hash": text, "simhash": f"{simhash(text.encode().split()):016x}"}
        for text in (shop, shop.replace("three", "four"), parked)
    ]
    assert changes_between(texts[0], texts[1])["content"] == "edited"
    assert changes_between(texts[0], texts[2])["content"] == "rewritten"


def test_a_page_that_lost_its_text_is_another() -> None:
    gone = {name: value for name, value in FACTS.items() if name not in {"content_hash", "simhash"}}
    assert changes_between(FACTS, gone)["content"] == changes_between(gone, FACTS)["content"] == "rewritten"
    assert changes_between(gone, gone)["content"] == "same"


def test_a_failed_scan_changes_the_status_and_nothing_else() -> None:
    changes = changes_between(FACTS, None)
    assert changes["fields"] == {"status": {"from": "completed", "to": "error"}}
    assert (changes["content"], changed_words(changes)) == (None, ["status"])


def test_a_newer_extraction_is_told() -> None:
    assert changes_between(FACTS, FACTS)["same_extractor"]
    assert not changes_between(FACTS, FACTS | {"extractor_version": 3})["same_extractor"]


def test_long_values_are_compared_whole_and_shown_cut() -> None:
    many = [f"{'x' * MAX_TEXT}{number}@example.com" for number in range(500)]
    before, after = {"title": "x" * 5_000, "emails": []}, {"title": "x" * 4_999, "emails": many}
    found = fields(before, after)
    assert {len(found["title"]["from"]), len(found["title"]["to"])} == {MAX_TEXT}
    assert [len(item) for item in found["emails"]["added"]] == [MAX_TEXT] * MAX_ITEMS


@given(facts)
def test_nothing_differs_from_itself(one: dict[str, Any]) -> None:
    assert changed_words(changes_between(one, one)) == []


@given(facts, facts)
def test_whatever_is_stored_gives_bounded_json_with_known_names(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes = changes_between(before, after)
    assert len(json.dumps(changes)) < 20_000
    assert [name for name in FIELDS if name in changes["fields"]] == list(changes["fields"])


@given(likely, likely)
def test_what_came_one_way_went_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    there, back = changes_between(before, after), changes_between(after, before)
    assert (there["content"], there["bits"]) == (back["content"], back["bits"])
    assert list(there["fields"]) == list(back["fields"])
    for name, change in there["fields"].items():
        other = back["fields"][name]
        if "added" in change:
            assert (change["added"], change["removed"]) == (other["removed"], other["added"])
        else:
            assert (change["from"], change["to"]) == (other["to"], other["from"])


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ([{"kind": "contact"}], False),
        ([{"kind": "contact", "error_kind": "http_5xx"}], True),
        ([], True),
        (["odd", {}], False),
    ],
)
def test_contacts_are_compared_only_if_the_same_kinds_of_pages_were_read(
    pages: list[Any], told: bool
) -> None:
    after = {**FACTS, "emails": ["sales@example.com"], "contact_pages": pages}
    assert ("emails" in changes_between(FACTS, after)["fields"]) is told
    again = {**after, "emails": ["office@example.com"]}
    assert "emails" in changes_between(after, again)["fields"]
