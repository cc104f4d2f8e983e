"""The logo: declared, the picture that a visitor would take for it, or a large icon."""

import pytest

from tests.unit.extract.reading import page_of

HOME = "https://shop.example.org/"


def test_the_logo_is_looked_up_by_its_id() -> None:
    html = (
        '<script type="application/ld+json">{"@graph": [{"@type": "Organization", "logo": {"@id": "#logo"}},'
        '{"@type": "ImageObject", "@id": "#logo", "url": "/logo.svg"}]}</script>'
    )
    assert page_of(html).logo_url == f"{HOME}logo.svg"


def test_the_logo_of_whoever_hires_is_not_the_site_s() -> None:
    thing = '{"@type": "JobPosting", "hiringOrganization": {"@type": "Organization", "logo": "/other.png"}}'
    assert page_of(f'<script type="application/ld+json">{thing}</script>').logo_url is None


@pytest.mark.parametrize(
    "picture",
    [
        "<img src=/partner-logo.png><img src=/l.png alt='Our logo'>"
        "<header><a class=logo><img src=/h.png></a></header>",
        "<header><img src=/deco-logo.png></header><a href=/ class=logo><img src=/h.png></a>",
        '<a href=/><img src=/deco.png></a><a href="/"><img src=/h.png alt="Example: home"></a>',
        '<main><img src=/logo-of-another.png></main><div><img src=/h.png alt="Example logo"></div>',
        '<div class=header><a href="https://another.com"><img class=logo src=/x.png></a><b class=logo>'
        "<img src=/h.png></b></div>",
        '<a href=/ class=logo><img src=/spacer.gif data-src="/h.png"></a>',
        '<a href=/ class=logo><img src="data:image/gif;base64,x" srcset="/h.png 2x, /h3.png 3x"></a>',
    ],
)
def test_the_picture_that_a_visitor_takes_for_the_logo_is_found(picture: str) -> None:
    page = page_of(f"<body>{picture}", url="https://example.com/")
    assert (page.logo_url, page.details["sources"]["logo_url"]) == ("https://example.com/h.png", "img")


@pytest.mark.parametrize(
    "picture",
    [
        "<img src=/clients/logo-acme.png>",
        "<div class=logos><header><img src=/one-logo.png></header></div>",
        "<div class=section-with-header><img src=/one-logo.png></div>",
        '<a href="/"><img src=/home-icon.png alt="Example home"></a>',
        "<header><img src=https://plus.google.com/logo.png><img class=logo src=/paypal-banner.gif></header>",
        "<header><img src=/franchise-logos/bike.png></header>",
    ],
)
def test_pictures_of_others_and_of_menus_are_no_logo(picture: str) -> None:
    assert page_of(f"<body>{picture}", url="https://example.com/").logo_url is None


def test_a_network_s_own_logo_is_its_own() -> None:
    picture = "<header><img src=/facebook-logo.png></header>"
    assert (
        page_of(picture, url="https://www.facebook.com/").logo_url
        == "https://www.facebook.com/facebook-logo.png"
    )


def test_a_site_that_shows_no_picture_has_its_large_icon() -> None:
    html = "<link rel=icon href=/16.png sizes=16x16><link rel=apple-touch-icon href=/t.png sizes=180x180>"
    page = page_of(html)
    assert (page.logo_url, page.details["sources"]["logo_url"]) == (f"{HOME}t.png", "link:apple-touch-icon")


def test_a_small_icon_is_no_logo() -> None:
    assert page_of("<link rel=icon href=/favicon.ico sizes=32x32>").logo_url is None
