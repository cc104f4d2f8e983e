"""Links to profiles are told from links that share, log in or show a single post."""

import pytest

from domain_scheduler.scan.extract.social_profiles import profile_of
from tests.unit.extract.reading import page_of


@pytest.mark.parametrize(
    ("url", "profile"),
    [
        ("https://twitter.com/acme", "https://x.com/acme"),
        ("https://mobile.twitter.com/@acme?lang=en", "https://x.com/acme"),
        ("http://de-de.facebook.com/acme/", "https://www.facebook.com/acme"),
        ("https://www.facebook.com/pages/Acme-Inc/123456", "https://www.facebook.com/123456"),
        ("https://www.linkedin.com/company/acme/about/", "https://www.linkedin.com/company/acme"),
        ("https://at.linkedin.com/in/jane-doe", "https://www.linkedin.com/in/jane-doe"),
        ("https://www.youtube.com/@acme/videos", "https://www.youtube.com/@acme"),
        ("https://youtube.com/channel/UCabc_1", "https://www.youtube.com/channel/UCabc_1"),
        ("https://www.instagram.com/acme.shop/", "https://www.instagram.com/acme.shop"),
        ("https://www.tiktok.com/@acme?lang=de", "https://www.tiktok.com/@acme"),
        (
            "https://www.facebook.com/profile.php?id=1000123&ref=x",
            "https://www.facebook.com/profile.php?id=1000123",
        ),
        ("http://twitter.com/#!/acme", "https://x.com/acme"),
        ("https://api.whatsapp.com/send?phone=4315138892&text=hi", "https://wa.me/4315138892"),
        ("https://wa.me/+4315138892", "https://wa.me/4315138892"),
        ("https://t.me/s/acme_news", "https://t.me/acme_news"),
        ("https://github.com/acme/project", "https://github.com/acme"),
        ("https://www.pinterest.de/acme/", "https://www.pinterest.com/acme"),
        ("https://vk.com/club123", "https://vk.com/club123"),
        ("https://www.xing.com/companies/acme", "https://www.xing.com/pages/acme"),
        ("https://bsky.app/profile/acme.org", "https://bsky.app/profile/acme.org"),
        ("https://www.threads.net/@acme", "https://www.threads.com/@acme"),
        ("https://discord.com/invite/AbC12", "https://discord.gg/AbC12"),
        ("https://open.spotify.com/artist/4Z8W?si=1", "https://open.spotify.com/artist/4Z8W"),
        ("https://mastodon.social/@acme", "https://mastodon.social/@acme"),
        ("https://www.reddit.com/r/acme/", "https://www.reddit.com/r/acme"),
        ("https://www.yelp.com/biz/acme-graz", "https://www.yelp.com/biz/acme-graz"),
    ],
)
def test_a_profile_has_one_form(url: str, profile: str) -> None:
    found = profile_of(url)
    assert found is not None
    assert found.url == profile


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/intent/tweet?text=x",
        "https://twitter.com/share?url=x",
        "https://twitter.com/",
        "https://www.facebook.com/sharer/sharer.php?u=x",
        "https://www.facebook.com/tr?id=1",
        "https://www.linkedin.com/shareArticle?mini=true",
        "https://www.youtube.com/watch?v=x",
        "https://www.youtube.com/embed/x",
        "https://www.instagram.com/p/abc/",
        "https://notfacebook.com/acme",
        "https://t.me/share/url?url=x",
        "https://api.whatsapp.com/send?text=x",
        "https://wa.me/?text=x",
        "https://vk.com/share.php?url=x",
        "https://www.pinterest.com/pin/create/button/?url=x",
        "https://www.reddit.com/submit?url=x",
        "https://www.tumblr.com/share/link?url=x",
        "https://www.linkedin.com/",
        "https://vimeo.com/123456",
        "https://github.com/features",
        "https://[broken",
    ],
)
def test_what_is_no_profile_is_none(url: str) -> None:
    assert profile_of(url) is None


def test_a_page_gives_one_profile_a_network_and_lists_the_others() -> None:
    page = page_of(
        '<a href="https://facebook.com/first">1</a><a href="//facebook.com/second">2</a>'
        '<script type="application/ld+json">{"@type":"Organization","sameAs":["https://x.com/acme"]}</script>'
    )
    assert page.social == {"facebook": "https://www.facebook.com/first", "x": "https://x.com/acme"}
    profiles = page.details["social_profiles"]
    assert [(profile["handle"], profile["source"]) for profile in profiles] == [
        ("acme", "json-ld"),
        ("first", "a"),
        ("second", "a"),
    ]
