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
        ("<title>Baustelle</title><p>Hier entsteht eine neue Webseite", "under_construction"),
        ("<title>x.de</title><p>Diese Domain steht zum Verkauf", "for_sale"),
        ("<script src='https://img1.wsimg.com/parking-lander/static/js/main.js'></script>", "parked"),
        ("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", "challenge"),
        ("<title>Sign in</title><form><input name=user><input type=password></form>", "login"),
        ("<title>App</title><div id=root></div><script src=/main.js></script>", "app_shell"),
        ("<title>Shop</title><h1>Shoes</h1><p>We sell shoes.", "website"),
        (
            "<title>Is your domain parked?</title>" + "<p>How domains are bought and sold, in words. " * 60,
            "website",
        ),
    ],
)
def test_a_placeholder_is_recognised(html: str, kind: str) -> None:
    page = page_of(html)
    assert page.site_kind == kind
    assert page.details["site_kind"]["evidence"]
    assert page.details["site_kind"]["score"] >= 50
