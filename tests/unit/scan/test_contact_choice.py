"""At most two further pages are chosen, those that give most, and always of the same site."""

import pytest

from domain_scheduler.scan.contact_choice import choose_contact_pages
from tests.unit.extract.reading import page_of

FRONT = "https://www.mill.org/"
ABOUT = '<a href="/about">About us</a>'
CONTACT = '<a href="/contact">Contact</a>'
IMPRINT = '<a href="/legal">Legal notice</a>'


def chosen(html: str, front: str = FRONT) -> list[str]:
    return [link.url.removeprefix(FRONT) for link in choose_contact_pages(page_of(html, url=front), front)]


@pytest.mark.parametrize(
    ("links", "pages"),
    [
        ((ABOUT, IMPRINT, CONTACT), ["contact", "legal"]),
        ((ABOUT, CONTACT), ["contact", "about"]),
        ((ABOUT, IMPRINT), ["legal", "about"]),
        ((CONTACT, '<a href="/contact/sales">Contact sales</a>'), ["contact"]),
        ((), []),
    ],
)
def test_two_kinds_of_pages_are_chosen_contact_first(links: tuple[str, ...], pages: list[str]) -> None:
    assert chosen("<html lang=en>" + "".join(links)) == pages


def test_on_a_site_in_german_the_imprint_comes_first() -> None:
    html = '<html lang="de-AT"><a href="/kontakt">Kontakt</a><a href="/impressum">Impressum</a>'
    assert chosen(html) == ["impressum", "kontakt"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://mill.org/contact", "https://www.mill.org/contact"),
        ("https://www.mill.org/contact#form", "https://www.mill.org/contact"),
        ("https://help.mill.org/contact?a=1", "https://help.mill.org/contact?a=1"),
        ("http://www.mill.org:8080/contact", "http://www.mill.org:8080/contact"),
    ],
)
def test_a_page_is_asked_for_as_the_front_page_was(written: str, asked: str) -> None:
    page = page_of(f'<a href="{written}">Contact</a>', url=FRONT)
    assert [link.url for link in choose_contact_pages(page, FRONT)] == [asked]


def test_neighbours_on_a_shared_suffix_are_other_sites() -> None:
    front = "https://mill.github.io/"
    html = '<a href="https://github.io/contact">Contact</a><a href="https://other.github.io/about">About</a>'
    assert chosen(html, front) == []


@pytest.mark.parametrize("port", ["99999", "x", "0x50"])
def test_an_address_that_cannot_be_asked_is_not_chosen(port: str) -> None:
    assert chosen(f'<a href="https://mill.org:{port}/contact">Contact</a>{ABOUT}') == ["about"]


def test_one_page_is_not_chosen_twice() -> None:
    html = '<a href="/info">Contact</a><a href="http://mill.org/info">Legal notice</a>'
    assert chosen(html) == ["info"]
