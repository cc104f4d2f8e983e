"""The name of the site: declared, or told from the title by the domain."""

import pytest

from tests.unit.extract.reading import page_of


def _name(html: str, *, host: str, path: str = "/") -> str | None:
    name: str | None = page_of(html, url=f"https://{host}{path}").details["site_name"]
    return name


@pytest.mark.parametrize(
    ("title", "host", "name"),
    [
        ("Fine goods – The Old Mill", "www.theoldmill.co.uk", "The Old Mill"),
        ("Welcome! | VK", "vk.example", "VK"),
        ("Recipes from home cooks at Dinner.com", "www.dinner.com", "Dinner.com"),
        (
            "Beads and Supplies - Stone Mountain Gems and Beads",
            "stonemountaingems.com",
            "Stone Mountain Gems",
        ),
        ("Programm – Café Müller", "cafe-mueller.at", "Café Müller"),
        ("Startseite | Bücherstube", "xn--bcherstube-9db.de", "Bücherstube"),
        ("LeadFlow | The winds of change", "www.leadflowinc.com", "LeadFlow"),
        ("Doors and cubicles | Glass Door Company", "glassdoorco.com", "Glass Door Company"),
        ("About Office of National Parks | Office of National Parks", "onp.gov", "Office of National Parks"),
        ("Purple University", "purple.edu", "Purple University"),
        ("Old Purple", "purple.edu", "Old Purple"),
        ("The Purple Paint Project", "purplepaint.org", "The Purple Paint Project"),
        ("Start - Board.org (4.0)", "board.org", "Board.org (4.0)"),
        ("ООО «Мельница»", "xn--80ajjldi8d2b.xn--p1ai", "ООО «Мельница»"),
        ("«Purple»", "purple.edu", "Purple"),
        ("Вход ― GSM комплект", "gsm-komplekt.com", "GSM комплект"),
        ("Щука и Юла", "schukaiyula.ru", "Щука и Юла"),
        ("Acmeshop-Register", "members.acmeshop.com", "Acmeshop"),
        ("猫咪的新闻_生活_某某网", "www.mm.example", "某某网"),
    ],
)
def test_the_title_holds_the_name_that_the_domain_is_spelled_like(title: str, host: str, name: str) -> None:
    assert _name(f"<title>{title}</title>", host=host) == name


@pytest.mark.parametrize(
    ("title", "host"),
    [
        ("Cheap fresh food for all", "food.com"),
        ("Where cats sit", "sit.com"),
        ("Shoes, boots and more", "acme.com"),
        ("Home", "home-and-garden.com"),
    ],
)
def test_words_that_happen_to_be_in_the_domain_are_no_name(title: str, host: str) -> None:
    assert _name(f"<title>{title}</title>", host=host) is None


def test_on_an_inner_page_only_the_words_of_the_domain_are_the_name() -> None:
    assert _name("<title>Contact Abacus</title>", host="abacus.com", path="/contact") == "Abacus"


def test_a_declared_name_stands_as_it_is() -> None:
    html = "<meta property=og:site_name content='Acme - all you need'><title>Acme</title>"
    assert _name(html, host="acme.com") == "Acme - all you need"


def test_whoever_wrote_a_page_does_not_name_the_site() -> None:
    html = (
        '<script type="application/ld+json">{"@type": "Article", "author": {"@type": "Organization",'
        '"name": "Volunteers"}, "publisher": {"@type": "Organization", "name": "The Daily"}}</script>'
    )
    assert _name(html, host="news.example") == "The Daily"


def test_a_name_that_is_but_the_domain_gives_way_to_what_the_domain_is_made_of() -> None:
    html = "<meta property=og:site_name content=the-mill.org><title>Flour | The Mill</title>"
    assert _name(html, host="www.the-mill.org") == "The Mill"
    assert _name("<meta property=og:site_name content=Mill.org>", host="mill.org") == "Mill.org"


def test_the_holder_of_the_copyright_that_the_title_names_is_the_site() -> None:
    html = "<title>Fresh flour — Valley Mill</title><p>© 2024 Valley Mill"
    assert _name(html, host="grind.example") == "Valley Mill"


def test_the_holder_of_the_copyright_that_the_domain_is_spelled_like_is_the_site() -> None:
    html = "<title>Your basket</title><footer>© 2014 The Yellow Mill. All rights reserved.</footer>"
    assert _name(html, host="yellowmill.com", path="/basket") == "The Yellow Mill"
    assert _name(html, host="bluemill.com", path="/basket") is None


@pytest.mark.parametrize(
    ("html", "name", "source"),
    [
        ("<img src=a.png alt='Yellow Mill logo'>", "Yellow Mill", "alt"),
        ("<img src=a.png alt='YellowMill: flour and bread from the valley'>", "YellowMill", "alt"),
        ("<link rel=search title='Yellow Mill' href=/search.xml>", "Yellow Mill", "search"),
        ("<meta name=publisher content='Yellow Mill'>", "Yellow Mill", "meta:publisher"),
        ("<meta name=author content='Yellow Mill'>", "Yellow Mill", "meta:author"),
        ("<meta name=author content='Jane of the Yellow Mill'>", None, None),
        ("<img src=a.png alt='Blue Mill'>", None, None),
    ],
)
def test_what_is_spelled_like_the_domain_beside_the_text_is_the_last_that_names_the_site(
    html: str, name: str | None, source: str | None
) -> None:
    details = page_of(f"<title>Flour</title>{html}", url="https://yellowmill.com/flour").details
    assert (details["site_name"], details["sources"].get("site_name")) == (name, source)
