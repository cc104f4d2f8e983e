"""Postal addresses are read where they are marked up, in parts or in one piece, and each is given once."""

import pytest

from tests.unit.extract.reading import page_of

PLACE = {"street": "Mill Lane 1", "postal_code": "W1J 7BU", "locality": "London", "country": "UK"}
JSON_LD = """<script type="application/ld+json">{"@type": "Store", "address": {"streetAddress": "Mill Lane 1",
    "postalCode": "W1J 7BU", "addressLocality": "London", "addressCountry": "UK"}}</script>"""
MICRODATA = """<p itemscope itemtype="https://schema.org/PostalAddress">
    <b itemprop=streetAddress>Mill Lane 1</b><b itemprop=postalCode>W1J 7BU</b>
    <b itemprop=addressLocality>London</b><b itemprop=addressCountry>UK</b>"""
ADR = """<p class="vcard"><b class="adr"><i class="street-address">Mill Lane 1,</i>
    <i class="locality">London</i><i class="postal-code">W1J 7BU</i><i class="country-name">UK</i></b>"""
H_CARD = """<p class="h-card"><i class="p-street-address">Mill Lane 1</i><i class="p-locality">London</i>
    <i class="p-postal-code">W1J 7BU</i><i class="p-country-name">UK</i>"""
ELEMENT = """<address>Old Mill Ltd<br>Mill Lane 1<br>London W1J 7BU<br>Tel. 020 7946 0958<br>
    <a href="mailto:a@b.org">a@b.org</a></address>"""


def addresses_of(html: str) -> list[dict[str, str]]:
    return list(page_of(html).details["contacts"]["addresses"])


@pytest.mark.parametrize(
    ("html", "source"),
    [(JSON_LD, "json-ld"), (MICRODATA, "microdata"), (ADR, "microformat"), (H_CARD, "microformat")],
)
def test_parts_are_read_from_every_kind_of_markup(html: str, source: str) -> None:
    assert addresses_of(html) == [{**PLACE, "source": source}]


def test_what_is_given_in_one_piece_keeps_its_words() -> None:
    assert addresses_of(ELEMENT) == [
        {"text": "Old Mill Ltd, Mill Lane 1, London W1J 7BU", "source": "address"}
    ]
    whole = '<script type="application/ld+json">{"@type": "Store", "address": "Mill Lane 1, London W1J 7BU"}'
    assert addresses_of(whole) == [{"text": "Mill Lane 1, London W1J 7BU", "source": "json-ld"}]


def test_the_same_place_in_two_kinds_of_markup_is_given_once() -> None:
    assert addresses_of(JSON_LD + ADR + ELEMENT) == [{**PLACE, "source": "json-ld"}]


@pytest.mark.parametrize(
    "words", ["by Jo Miller, 2 May 2024", "© 2015 Old Mill. All rights reserved.", "a@b.org"]
)
def test_an_address_element_about_something_else_is_no_place(words: str) -> None:
    assert addresses_of(f"<address>{words}</address>") == []
