"""E-mails, phones and contact pages, and what only looks like them."""

import pytest

from domain_scheduler.scan.extract.phones import e164
from tests.unit.extract.reading import page_of


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<a href="mailto:Info@Acme-Tools.org?subject=x">', "info@acme-tools.org"),
        ('<a href="MAILTO:%20info%40acme-tools.org">', "info@acme-tools.org"),
        ("<p>Write to info@acme-tools.org.</p>", "info@acme-tools.org"),
        ("<p>first.last+tag@sub.acme-tools.co.uk</p>", "first.last+tag@sub.acme-tools.co.uk"),
        (
            '<script type="application/ld+json">{"@type":"Store","email":"mailto:info@acme-tools.org"}</script>',
            "info@acme-tools.org",
        ),
    ],
)
def test_an_address_is_found(html: str, address: str) -> None:
    assert page_of(html).emails == (address,)


@pytest.mark.parametrize(
    "text",
    [
        "logo@2x.png",
        "banner@3x.webp",
        "you@example.com",
        "name@domain.com",
        "3f8d2e1c4b5a69788776655443322110@o12345.ingest.sentry.io",
        "package@1.2.3",
        "@acme",
        "a@b",
        "user@localhost",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert page_of(f"<p>{text} <a href='mailto:{text}'>x</a></p>").emails == ()


@pytest.mark.parametrize(
    ("text", "regions", "number"),
    [
        ("+43 1 513 88 92", (), "+4315138892"),
        ("01 513 88 92", ("AT",), "+4315138892"),
        ("(206) 588-2075", ("US",), "+12065882075"),
        ("020 7946 0958", ("US", "GB"), "+442079460958"),
        ("12345", ("US",), None),
        ("1" * 60, ("US",), None),
    ],
)
def test_a_number_is_read_in_the_first_region_where_it_is_valid(
    text: str, regions: tuple[str, ...], number: str | None
) -> None:
    assert e164(text, regions) == number


def test_the_region_comes_from_the_domain_or_the_language() -> None:
    link = '<a href="tel:01 513 88 92">'
    assert page_of(link, url="https://acme.at/").phones == ("+4315138892",)
    assert page_of(f"<html lang=de-AT>{link}", url="https://acme.com/").phones == ("+4315138892",)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<a href="/kontakt">Kontakt</a>', "https://shop.example.org/kontakt"),
        ('<a href="/p?id=7#x">Contact us</a>', "https://shop.example.org/p?id=7"),
        ('<a href="/impressum.html">Rechtliches</a>', "https://shop.example.org/impressum.html"),
        ('<a href="/c">お問い合わせ</a>', "https://shop.example.org/c"),
    ],
)
def test_contact_and_imprint_pages_are_named(link: str, found: str) -> None:
    assert page_of(link).details["contact_links"] == [found]


def test_contact_pages_of_others_are_not_named() -> None:
    links = (
        '<a href="https://other.org/contact">Contact</a><a href="mailto:contact@acme-tools.org">Contact</a>'
    )
    assert page_of(links).details["contact_links"] == []


def test_contact_comes_before_about() -> None:
    links = '<a href="/about">About</a><a href="/contact">Contact</a>'
    assert [url[-8:] for url in page_of(links).details["contact_links"]] == ["/contact", "rg/about"]
