"""Title, description, language, canonical address, icon: which of a page's words count."""

import pytest

from tests.unit.extract.reading import page_of


def test_the_title_is_the_document_s_own_word_for_word() -> None:
    page = page_of("<title> A  &amp;\n B </title><meta property='og:title' content='C'>")
    assert page.title == "A & B"
    assert page.details["sources"]["title"] == "title"


def test_the_title_of_a_drawing_is_not_the_page_s() -> None:
    assert page_of("<body><svg><title>Logo</title></svg><title>Page</title>").title == "Page"


@pytest.mark.parametrize(
    ("html", "title", "source"),
    [
        ("<title></title><meta property=og:title content=One><h1>Two</h1>", "One", "og:title"),
        (
            '<script type="application/ld+json">{"@type":"WebSite","name":"Three"}</script><h1>Two</h1>',
            "Three",
            "json-ld",
        ),
        ("<h1>Two <b>words</b></h1>", "Two words", "h1"),
    ],
)
def test_a_page_without_title_is_named_after_the_nearest_thing(html: str, title: str, source: str) -> None:
    page = page_of(html)
    assert (page.title, page.details["sources"]["title"]) == (title, source)


def test_the_description_is_what_the_page_offers_as_such() -> None:
    page = page_of("<meta name=Description content=' own &amp;amp; good '>")
    assert page.description == "own & good"
    assert page_of("<meta name=description content='&lt;b>1 &amp;lt; 2&lt;/b>'>").description == "1 < 2"


def test_the_description_for_those_who_share_the_page_comes_first() -> None:
    page = page_of("<meta name=description content=own><meta property=og:description content=og>")
    assert (page.description, page.details["sources"]["description"]) == ("og", "og:description")


def test_an_empty_description_gives_way_to_the_next() -> None:
    page = page_of("<meta property=og:description content=' '><meta name=description content=own>")
    assert (page.description, page.details["sources"]["description"]) == ("own", "meta:description")


def test_a_description_that_only_repeats_the_title_gives_way_to_one_that_says_more() -> None:
    html = "<title>Mill - Home</title><meta property=og:description content='Mill: home'>"
    assert page_of(html).description == "Mill: home"
    assert page_of(html + "<meta name=description content='Fine flour'>").description == "Fine flour"


@pytest.mark.parametrize(("cut", "is_cut"), [("", True), ("…", False), (".", False)])
def test_a_description_that_breaks_off_is_read_at_full_length(cut: str, is_cut: bool) -> None:
    start = "The mill has been grinding flour for all of the valley since 1802 and for you"
    whole = f"{start} too, if you like."
    html = f"<meta property=og:description content='{start}{cut}'><meta name=description content='{whole}'>"
    assert page_of(html).description == (whole if is_cut else start + cut)


def test_a_page_that_offers_no_description_has_none() -> None:
    assert page_of("<p>Some text.</p>").description is None


GERMAN = (
    "<p>Wir freuen uns sehr, Ihnen unser neues Haus vorstellen zu dürfen, denn es ist schön geworden. " * 5
)


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang=de-AT>", "de"),
        ("<html lang=EN_us>", "en"),
        ("<html xml:lang=fr>", "fr"),
        ("<html lang=nb-NO>", "no"),
        ("<html lang=ger>", "de"),
        ("<html lang=jp>", "ja"),
        ("<html lang=''><meta http-equiv=Content-Language content=it>", "it"),
        ("<meta property=og:locale content=pt_BR>", "pt"),
        (GERMAN, "de"),
        ("<html lang='{{ locale }}'>" + GERMAN, "de"),
    ],
)
def test_the_language_is_declared_or_detected(html: str, language: str) -> None:
    assert page_of(html).language == language


def test_a_page_with_kana_is_japanese_beside_all_its_english() -> None:
    assert (
        page_of(
            "<p>" + "Latest news from the community forum. " * 5 + "新しいカードのおしらせです。" * 9
        ).language
        == "ja"
    )


def test_declared_and_detected_language_are_both_kept() -> None:
    details = page_of("<html lang=fr-FR>" + GERMAN).details
    assert (details["declared_language"], details["detected_language"]) == ("fr-FR", "de")


def test_the_text_is_believed_against_a_template_s_english_only() -> None:
    page = page_of("<html lang=en-US>" + 3 * GERMAN)
    assert (page.language, page.details["sources"]["language"]) == ("de", "text against html[lang]")
    assert page_of("<html lang=fr-FR>" + 3 * GERMAN).language == "fr"
    assert page_of("<html lang=en-US>" + GERMAN).language == "en"


def test_names_numbers_and_signs_do_not_mislead_the_detector() -> None:
    html = "<p>Toyota Corolla 1.6 (2004) | VW Passat TDI | Audi A4 | BMW 320i *</p>" * 60
    assert page_of(html + GERMAN).language == "de"


@pytest.mark.parametrize(("word", "language"), [("새로운 소식과 안내", "ko"), ("最新消息和公告", "zh")])
def test_a_tenth_of_east_asian_signs_tells_the_language(word: str, language: str) -> None:
    assert page_of(f"<p>{'news and more from all of us '}{word}</p>" * 20).language == language


def test_addresses_are_absolute_and_seen_from_the_base() -> None:
    page = page_of("<base href='/de/'><link rel=canonical href=start><link rel=icon href='/i.png'>")
    assert page.canonical_url == "https://shop.example.org/de/start"
    assert page.icon_url == "https://shop.example.org/i.png"


def test_the_canonical_address_may_stand_in_the_header() -> None:
    header = ("Link", '</style.css>; rel=preload, <https://shop.example.org:443/a>; rel="canonical"')
    page = page_of("<meta property=og:url content=/b>", headers=(("Content-Type", "text/html"), header))
    assert page.canonical_url == "https://shop.example.org/a"


def test_a_page_that_names_no_icon_is_given_the_usual_place_as_a_guess() -> None:
    page = page_of("<p>x")
    assert page.icon_url == "https://shop.example.org/favicon.ico"
    assert page.details["sources"]["icon_url"] == "/favicon.ico"


def test_icons_keep_their_sizes() -> None:
    html = "<link rel='apple-touch-icon' sizes=180x180 href=/t.png><link rel='shortcut icon' href=/f.ico>"
    page = page_of(html)
    assert page.icon_url == "https://shop.example.org/f.ico"
    assert [(icon["url"][-6:], icon["size"]) for icon in page.details["icons"]] == [
        ("/t.png", 180),
        ("/f.ico", 0),
    ]


def test_icons_for_tiles_and_pinned_tabs_are_listed_but_only_shown_where_there_is_no_other() -> None:
    html = "<link rel=mask-icon href=/m.svg><meta name=msapplication-TileImage content=/tile-144x144.png>"
    page = page_of(html + "<link rel=icon href=/i.png>")
    assert page.icon_url == "https://shop.example.org/i.png"
    assert [icon["size"] for icon in page.details["icons"]] == [0, 0, 144]
    assert page_of(html).details["sources"]["icon_url"] == "link:mask-icon"


def test_feeds_languages_and_manifest_are_listed() -> None:
    details = page_of(
        "<link rel=alternate type=application/rss+xml title=News href=/rss>"
        "<link rel=alternate hreflang=de-DE href=/de><link rel=manifest href=/app.json>"
        "<meta name=theme-color content='#fff'><meta name=robots content=noindex>"
    ).details
    assert details["feeds"] == [
        {"url": "https://shop.example.org/rss", "title": "News", "type": "application/rss+xml"}
    ]
    loose = "<link rel=alternate type=text/xml title='RSS .92' href=/92><link rel=alternate href=/print>"
    assert [feed["url"] for feed in page_of(loose).details["feeds"]] == ["https://shop.example.org/92"]
    assert details["hreflang"] == {"de-de": "https://shop.example.org/de"}
    assert details["manifest"] == "https://shop.example.org/app.json"
    assert (details["theme_color"], details["robots_meta"]) == ("#fff", "noindex")


def test_open_graph_and_twitter_cards_are_kept_as_given() -> None:
    details = page_of(
        "<meta property=og:image content=/a.jpg><meta property=og:image content=/b.jpg>"
        "<meta property=og:type content=website><meta name=twitter:card content=summary>"
    ).details
    assert details["open_graph"] == {"og:image": ["/a.jpg", "/b.jpg"], "og:type": "website"}
    assert details["twitter"] == {"twitter:card": "summary"}


def test_references_that_lead_nowhere_on_the_web_are_left_out() -> None:
    page = page_of(
        "<link rel=canonical href='javascript:alert(1)'><meta property=og:image content='data:,x'>"
    )
    assert page.canonical_url is None
    assert page.image_url is None


@pytest.mark.parametrize(
    ("html", "headline"),
    [
        ("<title>Red shoes | Acme</title><meta property=og:site_name content=Acme>", "Red shoes"),
        ("<title>Red shoes - Shop</title>", "Red shoes"),
        ("<title>Shop: shoes for all</title>", "Shop: shoes for all"),
        ("<title>Home | Acme Inc</title><meta name=application-name content='Acme Inc'>", "Acme Inc"),
        ("<title>Red shoes, cheap - Acme</title><h1>Red shoes, cheap</h1>", "Red shoes, cheap"),
        ("<title>Acme</title>", "Acme"),
        ("<meta property=og:title content=Shop><title>Shop | Shoes</title>", "Shop"),
        ("<meta property=og:title content='Red shoes | Shop | Graz'>", "Red shoes"),
        ("<meta property=og:title content='Red - all of them'><h1>Red</h1>", "Red"),
        ("<meta property=og:title content=red-shoes><h1>Red Shoes</h1>", "red-shoes"),
    ],
)
def test_the_headline_is_the_title_without_the_name_of_the_site(html: str, headline: str) -> None:
    assert page_of(html, url="https://shop.com/").details["headline"] == headline


@pytest.mark.parametrize(
    ("html", "headline"),
    [
        ("<title>Goat cheese pie Recipe</title><h1>Goat cheese pie</h1>", "Goat cheese pie"),
        ("<title>Rezept: Käse und Kuchen</title><h1>Käse und Kuchen</h1>", "Käse und Kuchen"),
        ("<title>猫咪为什么喜欢纸箱-某某网</title><h1>猫咪为什么喜欢纸箱</h1>", "猫咪为什么喜欢纸箱"),
        ("<title>Shop | How to lace shoes</title><h1>How to lace shoes</h1>", "How to lace shoes"),
        ("<title>Laces & soles</title><h1>Laces</h1>", "Laces & soles"),
        ("<title>Laces in all kinds of sizes</title><h1>Laces in</h1>", "Laces in all kinds of sizes"),
        ("<title>Soles win the vote | Shop Politics</title>", "Soles win the vote"),
        ("<title>Soles win | Shopping for the poor</title>", "Soles win | Shopping for the poor"),
        ("<title>Lean soles -</title>", "Lean soles"),
        ("<title>Soles - Walk on</title><h1><a href=/>Walk on</a></h1>", "Soles - Walk on"),
        ("<title>Walk on - Soles</title><h1>Soles</h1>", "Soles"),
        ("<meta property=og:title content='Laces &amp;amp; soles'>", "Laces & soles"),
        ("<meta property=og:title content='Walk '><h1>Walk \"on\" soles</h1>", 'Walk "on" soles'),
    ],
)
def test_an_inner_page_is_headed_by_what_its_title_and_first_heading_share(html: str, headline: str) -> None:
    assert page_of(html, url="https://shop.com/a/b").details["headline"] == headline


def test_the_one_thing_that_a_page_is_about_is_its_headline_if_the_title_says_it() -> None:
    title = "<title>Buy the Yellow Bell online today</title>"
    bell, horn = (f'{{"@type": "Product", "name": "{name}"}}' for name in ("Yellow Bell", "Horn"))
    one = f'{title}<script type="application/ld+json">{bell}</script>'
    two = f'{title}<script type="application/ld+json">[{bell}, {horn}]</script>'
    assert page_of(one).details["headline"] == "Yellow Bell"
    assert page_of(one).details["titles"] == ["Yellow Bell"]
    assert page_of(two).details["headline"] == "Buy the Yellow Bell online today"


def test_a_title_is_also_given_in_its_parts() -> None:
    assert page_of("<title>Bells | Horns &amp; more - Acme</title>").details["title_parts"] == [
        "Bells",
        "Horns & more",
        "Acme",
    ]
    assert page_of("<title>Bells and horns</title>").details["title_parts"] == []


def test_a_value_that_breaks_off_at_its_own_quote_is_read_to_its_end() -> None:
    html = (
        '<meta property="og:title" content="Prize of 7! "The best" shoes?">'
        '<meta content="Say "hello World" to us" name="description" /><meta name=a content="b" data-c="d">'
    )
    page = page_of(html)
    assert page.details["open_graph"]["og:title"] == 'Prize of 7! "The best" shoes?'
    assert page.description == 'Say "hello World" to us'


def test_a_card_that_begins_with_the_pages_title_is_told_before_what_is_said_of_the_site() -> None:
    html = (
        "<title>Green rubber boots | Shop</title><h1>Green rubber boots</h1><meta name=description content="
        "'Shoes of all kinds.'><meta name=twitter:description content='Green rubber boots keep you dry.'>"
    )
    assert page_of(html).description == "Green rubber boots keep you dry."
    assert page_of(html.replace("Shoes of", "Green rubber boots of")).description.startswith(
        "Green rubber boots of"
    )


@pytest.mark.parametrize("nothing", ["null", "Default description", "-", "Just another WordPress site"])
def test_what_programs_write_where_nobody_wrote_a_description_is_none(nothing: str) -> None:
    assert page_of(f'<meta name=description content="{nothing}">').description is None


def test_a_short_text_under_a_country_is_read_as_its_language_not_as_the_one_next_to_it() -> None:
    text = (
        "<p>"
        + "Rychlé vyhledávání zboží, srovnání cen a nejlepších produktů. Mobilní telefony, parfémy. " * 4
    )
    assert page_of(text, url="https://shop.cz/").language == "cs"


def test_dates_are_read_only_where_they_are_stated() -> None:
    html = (
        "<p>2001-01-01<meta property=article:published_time content='2024-05-01T10:00:00+02:00'>"
        '<script type="application/ld+json">{"@type": "WebPage", "dateModified": "2024-06-02"}</script>'
    )
    details = page_of(html).details
    assert (details["published"], details["modified"]) == ("2024-05-01T10:00:00+02:00", "2024-06-02")


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("Thu, 04 Jul 2019 08:32:33 GMT", "2019-07-04T08:32:33Z"),
        ("Feb 08, 2022", "2022-02-08"),
        ("Wednesday, May 6, 2015", "2015-05-06"),
        ("4 July 2019", "2019-07-04"),
        ("Foo 99, 2015", None),
        ("yesterday", None),
    ],
)
def test_a_stated_date_may_be_in_words(stated: str, date: str | None) -> None:
    assert page_of(f"<meta name=date content='{stated}'>").details["published"] == date


def test_a_marked_time_is_a_stated_date() -> None:
    html = "<time itemprop=datePublished datetime='2016-05-24 13:30:03'>May 24</time>"
    assert page_of(html).details["published"] == "2016-05-24T13:30:03"


def test_the_organisation_with_the_most_to_say_owns_the_site() -> None:
    html = (
        '<script type="application/ld+json">[{"@type": "Organization", "name": "Publisher"},'
        '{"@type": "LocalBusiness", "name": "Mill", "legalName": "Mill GmbH", "vatID": "ATU123",'
        '"address": {"@type": "PostalAddress", "streetAddress": "Main St 1",'
        '"addressCountry": {"name": "AT"}},'
        '"sameAs": ["https://x.com/mill"]}]</script>'
    )
    details = page_of(html).details
    assert details["organization"] == {
        "type": "LocalBusiness",
        "source": "json-ld",
        "name": "Mill",
        "legal_name": "Mill GmbH",
        "vat_id": "ATU123",
        "address": {"street": "Main St 1", "country": "AT"},
        "same_as": ["https://x.com/mill"],
    }
    assert details["contacts"]["addresses"] == [{"street": "Main St 1", "country": "AT", "source": "json-ld"}]


def test_a_trade_of_schema_org_is_an_organisation_too() -> None:
    thing = '{"@type": "Bakery", "name": "Dough", "foundingDate": "1987"}'
    html = f'<script type="application/ld+json">{thing}</script>'
    assert page_of(html).details["organization"] == {
        "type": "Bakery",
        "source": "json-ld",
        "name": "Dough",
        "founded": "1987",
    }


def test_entities_in_structured_data_are_read_as_what_they_stand_for() -> None:
    html = '<script type="application/ld+json">{"@type": "Organization", "name": "Fish &amp; Co"}</script>'
    assert page_of(html).details["organization"]["name"] == "Fish & Co"


def test_an_organisation_s_facts_may_stand_in_its_contact_point_and_identifier() -> None:
    thing = (
        '{"@type": "Organization", "name": "Mill", "address": "Main St 1,\\n Graz",'
        '"contactPoint": [{"@type": "ContactPoint", "telephone": "+43 1", "email": "a@mill.at"}],'
        '"identifier": {"@type": "PropertyValue", "propertyID": "FN", "value": "123456a"}}'
    )
    html = f'<script type="application/ld+json">{thing}</script>'
    organization = page_of(html).details["organization"]
    assert organization["telephone"] == "+43 1"
    assert organization["email"] == "a@mill.at"
    assert organization["registration"] == "123456a"
    assert organization["address"] == {"text": "Main St 1, Graz"}
