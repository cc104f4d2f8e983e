"""Which links of a page lead to its contact, imprint and about pages, and which come first."""

import pytest

from domain_scheduler.scan.extract.contacts.contact_links import find_contact_links
from domain_scheduler.scan.extract.contacts.contact_words import (
    ABOUT,
    ABOUT_ALONE,
    CONTACT,
    CONTACT_ALONE,
    IMPRINT,
)
from tests.unit.extract.reading import page_of, reading_of


def links_of(html: str, *, url: str = "https://shop.example.org/") -> list[tuple[str, str]]:
    """Kind and address of each, the page's own host left out."""
    links = page_of(html, url=url).details["contact_links"]
    return [(link["kind"], link["url"].removeprefix("https://shop.example.org")) for link in links]


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<a href="/kontakt">Kontakt</a>', ("contact", "/kontakt")),
        ('<a href="/p?id=7#x">Contact us</a>', ("contact", "/p?id=7")),
        ('<a href="/impressum.html">Rechtliches</a>', ("imprint", "/impressum.html")),
        ('<a href="/c">お問い合わせ</a>', ("contact", "/c")),
        ('<a href="/c">運営会社</a>', ("imprint", "/c")),
        ('<a href="/c">Реквизиты</a>', ("imprint", "/c")),
        ('<a href="/c">고객센터</a>', ("contact", "/c")),
        ('<a href="/c">Empresa</a>', ("about", "/c")),
        ('<a href="/c"> <img alt="Kontakt" src="k.png"></a>', ("contact", "/c")),
        ('<map><area href="/c" alt="Contact us"></map>', ("contact", "/c")),
        ('<a href="/c" aria-label="Contact"><svg></svg></a>', ("contact", "/c")),
        ('<a href="/%C3%BCber-uns/">Familie Huber</a>', ("about", "/%C3%BCber-uns/")),
        ('<a href="/kontakt/impressum">Impressum</a>', ("imprint", "/kontakt/impressum")),
        ('<a href="/about/contact.php">Berlin</a>', ("contact", "/about/contact.php")),
        (
            '<a href="https://www.shop.example.org/x">Contact</a>',
            ("contact", "https://www.shop.example.org/x"),
        ),
    ],
)
def test_a_page_that_says_how_to_reach_its_owner_is_named(link: str, found: tuple[str, str]) -> None:
    assert links_of(link) == [found]


@pytest.mark.parametrize("space", [" ", "  ", "\n", "\u00a0"])
def test_every_word_is_found_whatever_stands_between_its_parts(space: str) -> None:
    for word in {*CONTACT, *CONTACT_ALONE, *IMPRINT, *ABOUT, *ABOUT_ALONE}:
        said = word.replace(" ", space)
        assert find_contact_links(reading_of(f'<a href="/c">{said}</a>')), word


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/news/all-about-shoes">All about shoes</a>',
        '<a href="/news/how-to-contact-the-dead-and-other-tales-of-old">x</a>',
        '<a href="/go?to=vk">ВКонтакте</a>',
        '<a href="/books/x">News from Ossining and others</a>',
        '<a href="/notes/telephone-contact-and-signal-systems">x</a>',
        '<a href="/pricing/imprinting.html">Imprinting</a>',
        '<a href="/jobs">Empresas que contratam</a>',
    ],
)
def test_a_word_in_a_headline_or_in_another_word_makes_no_contact_page(link: str) -> None:
    assert links_of(link) == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://other.org/contact">Contact</a>',
        '<a href="mailto:contact@acme-tools.org">Contact</a>',
        '<a href="/cdn-cgi/l/email-protection#0a1b">Contact</a>',
        '<a href="/files/contact.pdf">Contact</a>',
        '<a href="#contact">Contact</a>',
        '<a href="/index.html#contact">Contact</a>',
        '<a href="https://www.shop.example.org">About us</a>',
    ],
)
def test_what_is_another_site_no_page_or_the_page_itself_is_not_named(link: str) -> None:
    assert links_of(link) == []


def test_the_host_of_a_link_says_nothing() -> None:
    html = '<a href="https://kontakt.example.org/shoes">Shoes</a><a href="https://kontakt.example.org/c">Kontakt</a>'
    assert links_of(html, url="https://kontakt.example.org/") == [
        ("contact", "https://kontakt.example.org/c")
    ]


def test_contact_comes_before_imprint_and_about() -> None:
    html = '<a href="/about">About</a><a href="/impressum">Impressum</a><a href="/contact">Contact</a>'
    assert links_of(html) == [("contact", "/contact"), ("imprint", "/impressum"), ("about", "/about")]


def test_the_link_that_says_nothing_else_comes_first() -> None:
    html = (
        '<a href="/lenses">Contact lenses</a><a href="/c">Contact</a><a href="/s">Contact the sales team</a>'
    )
    assert links_of(html) == [("contact", "/c"), ("contact", "/lenses"), ("contact", "/s")]


def test_two_spellings_of_an_address_are_one_and_the_clearest_link_names_it() -> None:
    html = '<a href="/who">Our company and you</a><a href="/who/index.php">Impressum</a>'
    assert links_of(html) == [("imprint", "/who")]


def test_many_contact_links_leave_room_for_the_other_kinds() -> None:
    html = "".join(f'<a href="/c/{n}">Contact {n}</a>' for n in range(20)) + '<a href="/about">About</a>'
    assert [kind for kind, _ in links_of(html)] == ["contact", "contact", "contact", "about"]
