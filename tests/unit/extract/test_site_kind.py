"""A placeholder is told from a site, with the reasons."""

import pytest

from tests.unit.extract.reading import page_of


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>", "default_page"),
        ("<title>Apache2 Debian Default Page: It works</title>", "default_page"),
        ("<title>example.org</title><p>This domain is for sale! Buy this domain today.", "for_sale"),
        ("<title>x.org</title><p>This domain is parked free of charge", "parked"),
        ("<title>Account Suspended</title><p>Contact your hosting provider", "suspended"),
        ("<title>Coming Soon</title>", "under_construction"),
    ],
)
def test_a_placeholder_is_recognised(html: str, kind: str) -> None:
    page = page_of(html)
    assert page.site_kind == kind
    assert page.details["site_kind"]["evidence"]
    assert page.details["site_kind"]["score"] >= 50
