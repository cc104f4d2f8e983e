"""References become the absolute addresses that a browser would go to."""

import pytest

from domain_scheduler.scan.extract.document.addresses import MAX_URL, absolute

BASE = "https://www.acme.example:8443/shop/index.html?page=2#top"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("/a/b.html?c=d", "https://www.acme.example:8443/a/b.html?c=d"),
        ("http://other.example/a//b/../c", "http://other.example/a//b/../c"),
        ("https://other.example", "https://other.example"),
        ("http://other.example:80/a", "http://other.example/a"),
        ("HTTPS://Other.example/A", "https://Other.example/A"),
        ("//other.example/a", "https://other.example/a"),
        ("/a/../b", "https://www.acme.example:8443/b"),
        ("/a/./b", "https://www.acme.example:8443/a/b"),
        ("/a?", "https://www.acme.example:8443/a"),
        ("/a;", "https://www.acme.example:8443/a"),
        ("/a b", "https://www.acme.example:8443/a%20b"),
        (" /a\n", "https://www.acme.example:8443/a"),
        ("cart", "https://www.acme.example:8443/shop/cart"),
        ("?page=3", "https://www.acme.example:8443/shop/index.html?page=3"),
        ("/", "https://www.acme.example:8443/"),
        ("", None),
        ("javascript:void(0)", None),
        ("http://", None),
        ("https://[/", None),
        (f"/{'a' * MAX_URL}", None),
        (f"/{'a' * (MAX_URL - 10)}", None),
    ],
)
def test_a_reference_is_seen_from_its_page(reference: str, address: str | None) -> None:
    assert absolute(BASE, reference) == address


def test_a_whole_address_counts_on_a_page_whose_own_is_none() -> None:
    assert absolute("https://[/", "https://other.example/a") == "https://other.example/a"
    assert absolute("https://[/", "/a") is None
