"""Links to profiles are told from links that share, log in or show a single post."""

import pytest

from domain_scheduler.scan.extract.contacts.social_profiles import profile_of
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
        ("https://m.facebook.com/acme?ref=x", "https://www.facebook.com/acme"),
        ("https://www.facebook.com/Acme.Shop/?fref=ts", "https://www.facebook.com/Acme.Shop"),
        (
            "https://facebook.com/pages/category/Brewery/Acme-Brew-12345/",
            "https://www.facebook.com/Acme-Brew-12345",
        ),
        ("https://www.facebook.com/groups/12345/", "https://www.facebook.com/groups/12345"),
        ("https://business.facebook.com/acme", "https://www.facebook.com/acme"),
        ("https://fr-fr.facebook.com/acme", "https://www.facebook.com/acme"),
        (
            "https://www.facebook.com/profile.php?ref=a&id=1000",
            "https://www.facebook.com/profile.php?id=1000",
        ),
        ("https://www.facebook.com/acme/photos/?tab=album", "https://www.facebook.com/acme"),
        ("https://www.facebook.com/#!/acme", "https://www.facebook.com/acme"),
        ("https://web.facebook.com/acme", "https://www.facebook.com/acme"),
        (
            "https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Facme&tabs",
            "https://www.facebook.com/acme",
        ),
        ("https://www.facebook.com/people/Jane-Doe/100012345", "https://www.facebook.com/100012345"),
        ("https://www.messenger.com/t/acme", "https://m.me/acme"),
        ("https://m.me/acme", "https://m.me/acme"),
        ("https://x.com/Acme", "https://x.com/Acme"),
        ("https://twitter.com/intent/user?screen_name=acme", "https://x.com/acme"),
        ("https://twitter.com/intent/follow?screen_name=acme&ref=x", "https://x.com/acme"),
        ("https://twitter.com/@acme", "https://x.com/acme"),
        ("https://twitter.com/acme?ref_src=twsrc%5Etfw", "https://x.com/acme"),
        ("https://www.instagram.com/acme/?hl=de", "https://www.instagram.com/acme"),
        ("https://instagram.com/_u/acme", "https://www.instagram.com/acme"),
        (
            "https://www.linkedin.com/company/acme-gmbh/mycompany/?viewAsMember=true",
            "https://www.linkedin.com/company/acme-gmbh",
        ),
        ("https://www.linkedin.com/school/mit/", "https://www.linkedin.com/school/mit"),
        ("https://www.linkedin.com/showcase/acme-labs/", "https://www.linkedin.com/showcase/acme-labs"),
        ("https://de.linkedin.com/company/123456", "https://www.linkedin.com/company/123456"),
        ("https://www.linkedin.com/pub/jane-doe/1/2/3", "https://www.linkedin.com/pub/jane-doe/1/2/3"),
        ("https://www.linkedin.com/organization-guest/company/acme", "https://www.linkedin.com/company/acme"),
        ("https://www.linkedin.com/company/acm%C3%A9", "https://www.linkedin.com/company/acm%C3%A9"),
        ("https://linkedin.com/m/company/acme", "https://www.linkedin.com/company/acme"),
        ("https://m.youtube.com/@acme", "https://www.youtube.com/@acme"),
        ("https://www.youtube.com/channel/UCabc?sub_confirmation=1", "https://www.youtube.com/channel/UCabc"),
        ("https://www.youtube.com/c/Acme/featured", "https://www.youtube.com/c/Acme"),
        ("https://www.youtube.com/user/acme/videos", "https://www.youtube.com/user/acme"),
        ("https://www.youtube.com/acme", "https://www.youtube.com/acme"),
        ("https://www.youtube.com/@%E3%81%82", "https://www.youtube.com/@%E3%81%82"),
        ("https://m.tiktok.com/@acme", "https://www.tiktok.com/@acme"),
        ("https://www.pinterest.com/acme/_created/", "https://www.pinterest.com/acme"),
        ("https://www.pinterest.com/acme/board-name/", "https://www.pinterest.com/acme"),
        ("https://in.pinterest.com/acme", "https://www.pinterest.com/acme"),
        ("https://www.pinterest.com.mx/acme/", "https://www.pinterest.com/acme"),
        ("https://wa.me/message/ABCDEF", "https://wa.me/message/ABCDEF"),
        ("https://wa.me/c/4315138892", "https://wa.me/4315138892"),
        ("https://api.whatsapp.com/send/?phone=%2B43%20151%2038892&text=", "https://wa.me/4315138892"),
        ("https://web.whatsapp.com/send?phone=431513889", "https://wa.me/431513889"),
        ("whatsapp://send?phone=4315138892", "https://wa.me/4315138892"),
        ("https://wa.me/4315138892?text=Hi", "https://wa.me/4315138892"),
        ("https://chat.whatsapp.com/AbCdEfGh", "https://chat.whatsapp.com/AbCdEfGh"),
        ("https://whatsapp.com/channel/0029Va", "https://whatsapp.com/channel/0029Va"),
        ("https://www.whatsapp.com/catalog/4315138892/", "https://wa.me/4315138892"),
        ("https://t.me/+AbCdEf", "https://t.me/+AbCdEf"),
        ("https://t.me/joinchat/AAAA", "https://t.me/+AAAA"),
        ("https://t.me/acme_bot?start=x", "https://t.me/acme_bot"),
        ("https://telegram.me/acme1", "https://t.me/acme1"),
        ("https://acme1.t.me", "https://t.me/acme1"),
        ("https://bsky.app/profile/did:plc:abc", "https://bsky.app/profile/did:plc:abc"),
        ("https://www.threads.com/@acme?igshid=1", "https://www.threads.com/@acme"),
        ("https://github.com/orgs/acme/repositories", "https://github.com/acme"),
        ("https://github.com/sponsors/acme", "https://github.com/acme"),
        ("https://gist.github.com/acme", "https://github.com/acme"),
        ("https://gitlab.com/acme/project", "https://gitlab.com/acme"),
        ("https://discord.gg/abc", "https://discord.gg/abc"),
        ("https://discord.com/invite/abc?utm=x", "https://discord.gg/abc"),
        ("https://www.twitch.tv/acme", "https://www.twitch.tv/acme"),
        ("https://open.spotify.com/intl-de/artist/4Z8W", "https://open.spotify.com/artist/4Z8W"),
        ("https://open.spotify.com/embed/show/4Z", "https://open.spotify.com/show/4Z"),
        ("https://soundcloud.com/acme/track", "https://soundcloud.com/acme"),
        ("https://vimeo.com/acme", "https://vimeo.com/acme"),
        ("https://vimeo.com/user123", "https://vimeo.com/user123"),
        ("https://vimeo.com/channels/acme", "https://vimeo.com/channels/acme"),
        ("https://acme.tumblr.com/", "https://www.tumblr.com/acme"),
        ("https://www.tumblr.com/blog/acme", "https://www.tumblr.com/acme"),
        ("https://medium.com/@acme/post-1", "https://medium.com/@acme"),
        ("https://acme.medium.com/", "https://acme.medium.com"),
        ("https://old.reddit.com/user/acme", "https://www.reddit.com/user/acme"),
        ("https://m.vk.com/acme", "https://vk.com/acme"),
        ("https://vk.com/id1", "https://vk.com/id1"),
        ("https://ok.ru/group/123", "https://ok.ru/group/123"),
        ("https://www.xing.com/companies/acmegmbh", "https://www.xing.com/pages/acmegmbh"),
        ("https://www.snapchat.com/add/acme", "https://www.snapchat.com/add/acme"),
        ("https://www.flickr.com/photos/acme/", "https://www.flickr.com/photos/acme"),
        ("https://www.flickr.com/people/123@N01/", "https://www.flickr.com/photos/123@N01"),
        (
            "https://www.tripadvisor.com.au/Restaurant_Review-g1-d2-Reviews-Acme.html",
            "https://www.tripadvisor.com/Restaurant_Review-g1-d2-Reviews-Acme.html",
        ),
        ("https://www.trustpilot.com/review/acme.com", "https://www.trustpilot.com/review/acme.com"),
        ("https://uk.trustpilot.com/review/acme.com?utm=1", "https://www.trustpilot.com/review/acme.com"),
        ("https://www.yelp.com/biz/acme?osq=1", "https://www.yelp.com/biz/acme"),
        ("https://weibo.com/u/123", "https://weibo.com/u/123"),
        ("https://weibo.com/acme", "https://weibo.com/acme"),
        ("https://line.me/R/ti/p/@acme", "https://line.me/R/ti/p/@acme"),
        ("https://line.me/ti/p/%40acme", "https://line.me/R/ti/p/@acme"),
        ("https://lin.ee/abc", "https://lin.ee/abc"),
        ("https://space.bilibili.com/123", "https://space.bilibili.com/123"),
        ("https://www.douyin.com/user/ABC", "https://www.douyin.com/user/ABC"),
        ("https://www.zhihu.com/people/acme", "https://www.zhihu.com/people/acme"),
        ("https://www.xiaohongshu.com/user/profile/5a", "https://www.xiaohongshu.com/user/profile/5a"),
        ("https://www.patreon.com/acme", "https://www.patreon.com/acme"),
        ("https://ko-fi.com/acme", "https://ko-fi.com/acme"),
        ("https://www.buymeacoffee.com/acme", "https://buymeacoffee.com/acme"),
        ("https://substack.com/@acme", "https://substack.com/@acme"),
        ("https://acme.substack.com", "https://acme.substack.com"),
        ("https://linktr.ee/acme", "https://linktr.ee/acme"),
        ("https://rutube.ru/channel/123/", "https://rutube.ru/channel/123"),
        ("https://dzen.ru/acme", "https://dzen.ru/acme"),
        ("https://dzen.ru/id/5c1", "https://dzen.ru/id/5c1"),
        ("https://stackoverflow.com/users/1/acme", "https://stackoverflow.com/users/1"),
        ("https://bitbucket.org/acme/", "https://bitbucket.org/acme"),
        ("https://www.crunchbase.com/organization/acme", "https://www.crunchbase.com/organization/acme"),
        ("https://g.page/acme", "https://g.page/acme"),
        ("https://www.houzz.com/pro/acme", "https://www.houzz.com/pro/acme"),
        ("https://www.deviantart.com/acme", "https://www.deviantart.com/acme"),
        ("https://acme.bandcamp.com/", "https://acme.bandcamp.com"),
        ("https://www.meetup.com/acme-group/", "https://www.meetup.com/acme-group"),
        ("https://www.mixcloud.com/acme/", "https://www.mixcloud.com/acme"),
        ("https://www.dailymotion.com/acme", "https://www.dailymotion.com/acme"),
        ("https://www.slideshare.net/acme", "https://www.slideshare.net/acme"),
        ("https://www.quora.com/profile/Acme", "https://www.quora.com/profile/Acme"),
        ("https://pf.kakao.com/_abc", "https://pf.kakao.com/_abc"),
        ("https://blog.naver.com/acme", "https://blog.naver.com/acme"),
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
        "https://twitter.com/share&url=x",
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
        "https://www.youtube.com/user/{$name}",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com",
        "https://www.facebook.com/dialog/share?app_id=1",
        "https://www.facebook.com/share/p/abc123/",
        "https://www.facebook.com/share.php?u=x",
        "https://www.facebook.com/events/123/",
        "https://www.facebook.com/photo.php?fbid=1",
        "https://www.facebook.com/acme/videos/123/",
        "https://www.facebook.com/watch/?v=1",
        "https://www.facebook.com/hashtag/x",
        "https://x.com/acme/status/12345",
        "https://twitter.com/acme/status/12345?s=20",
        "https://twitter.com/home?status=x",
        "https://twitter.com/hashtag/x",
        "https://twitter.com/search?q=x",
        "https://twitter.com/i/lists/1",
        "https://nitter.net/acme",
        "https://www.instagram.com/explore/tags/acme/",
        "https://www.instagram.com/reel/abc/",
        "https://www.instagram.com/acme/p/abc/",
        "https://www.instagram.com/accounts/login/",
        "https://www.instagram.com/stories/acme/1/",
        "https://www.linkedin.com/sharing/share-offsite/?url=x",
        "https://www.linkedin.com/jobs/view/1",
        "https://www.linkedin.com/feed/update/urn:li:activity:1",
        "https://www.linkedin.com/posts/acme_x",
        "https://youtu.be/abc",
        "https://youtu.be/@acme",
        "https://www.youtube.com/playlist?list=1",
        "https://www.youtube.com/embed/abc",
        "https://www.youtube-nocookie.com/embed/abc",
        "https://www.youtube.com/shorts/abc",
        "https://www.youtube.com/live/abc",
        "https://www.youtube.com/results?search_query=x",
        "https://www.youtube.com/gaming",
        "https://www.youtube.com/premium",
        "https://www.tiktok.com/@acme.shop/video/123",
        "https://vm.tiktok.com/ZM123/",
        "https://www.tiktok.com/share?url=x",
        "https://pin.it/abc",
        "https://www.pinterest.com/pin/123/",
        "whatsapp://send?text=hello",
        "https://t.me/acme_news/123",
        "https://bsky.app/profile/acme.org/post/3k",
        "https://bsky.app/intent/compose?text=x",
        "https://www.threads.net/@acme/post/x",
        "https://www.threads.net/intent/post?text=x",
        "https://mastodon.social/@acme/12345",
        "https://mastodon.social/share?text=x",
        "https://social.example.org/@acme",
        "https://github.com/login",
        "https://discord.com/channels/1/2",
        "https://www.twitch.tv/videos/1",
        "https://open.spotify.com/track/1",
        "https://w.soundcloud.com/player/?url=x",
        "https://player.vimeo.com/video/1",
        "https://www.tumblr.com/widgets/share/tool",
        "https://assets.tumblr.com/x",
        "https://www.reddit.com/r/acme/comments/x",
        "https://vk.com/wall-1_2",
        "https://connect.ok.ru/offer?url=x",
        "https://www.xing.com/spi/shares/new?url=x",
        "https://service.weibo.com/share/share.php?url=x",
        "https://social-plugins.line.me/lineit/share?url=x",
        "https://www.goodreads.com/author/show/123.Jane",
        "https://www.glassdoor.com/Overview/Working-at-Acme-EI_IE1.11,15.htm",
        "https://www.kununu.com/de/acme",
        "https://www.google.com/maps/place/x",
        "https://plus.google.com/+acme",
        "https://www.clubhouse.com/@acme",
        "https://music.apple.com/us/artist/acme/1",
        "https://podcasts.apple.com/us/podcast/acme/id1",
        "https://www.strava.com/clubs/acme",
        "https://www.dailymotion.com/video/x1",
        "https://www.producthunt.com/products/acme",
        "https://story.kakao.com/acme",
        "https://www.viber.com/acme",
        "viber://chat?number=%2B431513",
        "https://www.imdb.com/name/nm1",
        "https://www.kickstarter.com/profile/acme",
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


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Facme&w=1">',
        '<div class="fb-page" data-href="https://www.facebook.com/acme/"></div>',
        '<a href="https://l.facebook.com/l.php?u=https%3A%2F%2Ffacebook.com%2Facme&h=x">f</a>',
        '<a href="https://www.facebook.com/acme/posts/123">post</a><a href="//facebook.com/acme?ref=x">f</a>',
    ],
)
def test_an_embedded_page_is_a_profile(html: str) -> None:
    assert page_of(html).social == {"facebook": "https://www.facebook.com/acme"}


@pytest.mark.parametrize(
    "html",
    [
        '<a rel="me noopener" href="https://social.acme.org/@acme">m</a>',
        '<link rel="me" href="https://social.acme.org/users/acme">',
        '<meta name="fediverse:creator" content="@acme@social.acme.org">',
    ],
)
def test_mastodon_is_known_on_any_host_by_who_calls_it_his_own(html: str) -> None:
    assert page_of(html).social == {"mastodon": "https://social.acme.org/@acme"}


def test_a_link_to_somebody_s_page_elsewhere_is_no_mastodon() -> None:
    assert page_of('<a href="https://shop.acme.org/@acme">x</a>').social == {}


def test_a_link_that_an_app_opens_is_a_profile() -> None:
    links = (
        '<a href="whatsapp://send?phone=%2B43%201%205138892">w</a><a href="tg://resolve?domain=acme1">t</a>'
    )
    assert page_of(links).social == {"whatsapp": "https://wa.me/4315138892", "telegram": "https://t.me/acme1"}


def test_a_network_has_no_profiles_on_its_own_site() -> None:
    assert page_of('<a href="https://vimeo.com/somebody">x</a>', url="https://vimeo.com/").social == {}
