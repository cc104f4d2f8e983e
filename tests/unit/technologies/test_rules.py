"""What rules mean: patterns, versions, relations, elements, and the parts of WordPress."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from domain_scheduler.core.report import Fetched
from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.extract.document.reading import read
from domain_scheduler.scan.extract.technology_evidence import evidence
from domain_scheduler.scan.surroundings import Surroundings
from domain_scheduler.scan.technologies import Evidence, Technology, TechnologyMatcher, load_technologies
from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.literal_prefilter import LiteralPrefilter
from domain_scheduler.scan.technologies.loading import joined
from domain_scheduler.scan.technologies.pattern_set import compiled
from domain_scheduler.scan.technologies.product_files import pattern_of, products_from
from domain_scheduler.scan.technologies.products import Channel, Product, Rule
from domain_scheduler.scan.technologies.selectors import required_texts
from domain_scheduler.scan.technologies.versions import more_precise, version_of


@pytest.fixture
def products_of(tmp_path: Any) -> Any:
    def read_back(**entries: Any) -> list[Product]:
        file = tmp_path / "technologies.json"
        file.write_bytes(orjson.dumps({name.replace("_", " "): entry for name, entry in entries.items()}))
        return products_from(file)

    return read_back


def found(products: Sequence[Product], page: Evidence) -> dict[str, Technology]:
    matcher = TechnologyMatcher(products, make_prefilter=LiteralPrefilter, cache=Cache(None))
    return {technology.name: technology for technology in matcher.match(page)}


def page(html: str) -> Evidence:
    return evidence(read(html.encode(), headers=[("content-type", "text/html")], url="https://example.org/"))


@pytest.mark.parametrize(
    ("template", "version"),
    [
        (r"\1", "2.1"),
        (r"v\1", "v2.1"),
        (r"\2", None),
        (r"\9", None),
        (r"\1?new:old", "new"),
        (r"\2?new:old", "old"),
        (r"\2?\2:\1", "2.1"),
        ("4", "4"),
        ("", None),
    ],
)
def test_a_template_makes_the_version_of_a_match(template: str, version: str | None) -> None:
    match = compiled(r"shop-([\d.]+)(x)?").search("shop-2.1.")
    assert version_of(template, match) == version


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("6.4", "6.4.2", "6.4.2"),
        ("6.4.2", "6.4", "6.4.2"),
        ("3.7", "1.12.4", "3.7"),
        ("6.4", "6.41", "6.4"),
        (None, "1", "1"),
        ("1", None, "1"),
        (None, None, None),
    ],
)
def test_the_first_version_stays_unless_another_says_more(
    first: str | None, second: str | None, kept: str | None
) -> None:
    assert more_precise(first, second) == kept


def test_confidence_adds_up_by_rule_not_by_match(products_of: Any) -> None:
    products = products_of(Shop={"scriptSrc": [r"/shop/\;confidence:30", r"\.shop\.\;confidence:40"]})
    one = found(products, Evidence(script_urls=["/shop/1", "/shop/2", "/shop/3"]))
    both = found(products, Evidence(script_urls=["/shop/1", "a.shop.js"]))
    assert (one["Shop"].confidence, both["Shop"].confidence) == (30, 70)


def test_what_is_implied_required_and_excluded(products_of: Any) -> None:
    products = products_of(
        Theme={"scriptSrc": "theme", "requires": "Shop"},
        Shop={"scriptSrc": "shop", "implies": [r"Language\;confidence:50"], "excludes": "Blog"},
        Blog={"scriptSrc": "blog"},
        Language={"implies": "Shop"},
    )
    assert set(found(products, Evidence(script_urls=["theme", "blog"]))) == {"Blog"}
    everything = found(products, Evidence(script_urls=["theme", "blog", "shop"]))
    assert set(everything) == {"Theme", "Shop", "Language"}
    assert everything["Language"].confidence == 50
    assert everything["Language"].evidence == ("implied by Shop",)


@pytest.mark.parametrize(
    "dom",
    [
        "a[href*='shop.example']",
        ["a[href*='shop.example']"],
        {"a[href*='shop.example']": {"exists": ""}},
        {"a[href*='shop.example']": {"attributes": {"href": r"shop\.example/([\d.]+)\;version:\1"}}},
        {"a[href*='shop.example']": {"text": "buy"}},
        "b[x-none], a[href*='shop.example']:not(.other)",
    ],
)
def test_rules_look_at_elements(products_of: Any, dom: Any) -> None:
    products = products_of(Shop={"dom": dom})
    assert set(found(products, page('<a href="https://shop.example/1.2/">Buy here</a>'))) == {"Shop"}
    assert (
        found(products, page("<p>a[href*='shop.example']</p><a href='https://other.example/1.2/'>x</a>"))
        == {}
    )


def test_an_attribute_tells_a_version(products_of: Any) -> None:
    rule = {"attributes": {"ng-version": r"^([\d.]+)$\;version:\1"}}
    products = products_of(Framework={"dom": {"[ng-version]": rule}})
    assert found(products, page('<main ng-version="16.2"></main>'))["Framework"].version == "16.2"


@pytest.mark.parametrize("selector", ["a[href*=", "main:unknown(shop-front)", "[shop-front]::x"])
def test_a_selector_that_nobody_understands_finds_nothing(products_of: Any, selector: str) -> None:
    products = products_of(Shop={"dom": selector})
    assert found(products, page(f"<main shop-front>{selector}</main>")) == {}


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("a[href*='shop.example/']", ["shop.example/"]),
        ("#main-shop .x", ["main-shop"]),
        ("shop-front, div.the-shop", ["shop-front", "the-shop"]),
        ("[data-shop]", ["data-shop"]),
        ('link[href="a,b]shop"], [data-shop]', ["a,b]shop", "data-shop"]),
        ("div:not([data-shop]) > img[src^=/Media/]", ["/media/"]),
        ("a[href*='x?a=1&shopping=2']", ["shopping=2"]),
        ("div, shop-front", []),
        ("script", []),
    ],
)
def test_what_must_stand_in_the_source_for_a_selector(selector: str, texts: list[str]) -> None:
    assert required_texts(selector) == texts


def test_a_product_in_both_files_has_the_rules_and_relations_of_both() -> None:
    own = Product("Shop", categories=("Ecommerce",), implies=())
    other = Product("Shop", categories=("Ecommerce", "CMS"), requires=("Language",))
    assert joined([own], [other, Product("Blog")]) == [
        Product("Shop", categories=("Ecommerce", "CMS"), requires=("Language",)),
        Product("Blog"),
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"not json", b"\x1f\x8b broken"])
def test_a_file_without_technologies_is_refused(content: bytes, tmp_path: Any) -> None:
    (tmp_path / "technologies.json").write_bytes(content)
    with pytest.raises(SettingsError):
        load_technologies(fingerprints=tmp_path / "technologies.json")


def test_a_folder_of_files_with_categories_is_read(tmp_path: Any) -> None:
    (tmp_path / "categories.json").write_bytes(orjson.dumps({"7": {"name": "Shops"}}))
    (tmp_path / "a.json").write_bytes(orjson.dumps({"A": {"cats": [7]}}))
    (tmp_path / "b.json").write_bytes(orjson.dumps({"B": {"cats": [7, 8], "scriptSrc": "(broken"}}))
    assert [(p.name, p.categories) for p in products_from(tmp_path)] == [
        ("A", ("Shops",)),
        ("B", ("Shops", "8")),
    ]


WORDPRESS = Product("WordPress", categories=("CMS",))
KNOWN = Product("Slides", wordpress=("plugins/slides-pro",))


def parts(*urls: str, inline: str = "", core: str = "6.4.2") -> dict[str, str | None]:
    products = products_with_core(core)
    seen = found(products, Evidence(script_urls=urls, scripts=inline, metas={"generator": ["WordPress"]}))
    return {name: technology.version for name, technology in seen.items() if name != "WordPress"}


def products_with_core(version: str) -> list[Product]:
    rule = Rule(Channel.META, pattern_of(rf"WordPress\;version:{version}"), key="generator")
    return [Product("WordPress", rules=(rule,)), KNOWN]


def test_plugins_and_themes_are_named_with_their_versions() -> None:
    assert parts(
        "https://example.org/wp-content/plugins/slides-pro/js/a.js?ver=3.2.1",
        "/wp-content/plugins/nobody-knows/a.js?x=1&ver=1.5",
        "/blog/wp-content/themes/my-theme/main.js?ver=2.0",
    ) == {"Slides": "3.2.1", "WordPress plugin nobody-knows": "1.5", "WordPress theme my-theme": "2.0"}


@pytest.mark.parametrize(
    "urls",
    [
        ["/wp-content/plugins/slides-pro/a.js"],
        ["/wp-content/plugins/slides-pro/a.js?ver=6.4.2"],
        ["/wp-content/plugins/slides-pro/a.js?ver=1.1", "/wp-content/plugins/slides-pro/b.js?ver=1.2"],
        ["/wp-content/plugins/slides-pro/assets/lib/swiper.js?ver=8.4"],
        ["/wp-content/plugins/slides-pro/a.js?ver=1700000000"],
        ["/wp-content/plugins/slides-pro/a.js?ver=1.2.3-beta"],
    ],
    ids=["none", "of WordPress", "two", "of a library", "a time", "more than numbers"],
)
def test_a_version_that_is_not_surely_the_plugins_own_is_none(urls: list[str]) -> None:
    assert parts(*urls) == {"Slides": None}


def test_a_version_that_three_parts_share_is_nobodys() -> None:
    urls = [f"/wp-content/plugins/{name}/a.js?ver=1.2" for name in ("slides-pro", "b", "c")]
    assert set(parts(*urls).values()) == {None}


def test_inline_scripts_betray_plugins_too() -> None:
    inline = r'{"assets":"https:\/\/example.org\/wp-content\/plugins\/slides-pro\/assets\/"}'
    assert parts(inline=inline) == {"Slides": None}


def test_an_unknown_plugin_is_reported_on_wordpress_sites_only() -> None:
    elsewhere = Evidence(script_urls=["/wp-content/plugins/nobody-knows/a.js"])
    assert found([WORDPRESS, KNOWN], elsewhere) == {}


@pytest.mark.parametrize(
    ("theme", "named"),
    [
        (
            '{"name":"Acme","id":1,"schema_name":"Dawn","schema_version":"15.0.1"}',
            "Shopify theme Dawn 15.0.1",
        ),
        ('{"name":"Acme","schema_name":"Turbo","schema_version":"v2"}', "Shopify theme Turbo 2"),
        ('{"name":"Acme","schema_name":"Debut","schema_version":null}', "Shopify theme Debut None"),
        ('{"name":"Acme","schema_name":null}', None),
        ('{"name":"Acme","schema_name":5}', None),
        ('{"name":', None),
        ("{broken}", None),
    ],
)
def test_the_theme_of_a_shopify_shop_is_named(theme: str, named: str | None) -> None:
    shop = Product("Shopify", rules=(Rule(Channel.SCRIPTS, pattern_of(r"\bShopify\.shop\b")),))
    script = f"Shopify.shop = 'acme.myshopify.com'; Shopify.theme = {theme};"
    seen = {f"{t.name} {t.version}" for t in found([shop], Evidence(scripts=script)).values()}
    assert seen - {"Shopify None"} == ({named} if named else set())
    assert not found([], Evidence(scripts=script))


def test_what_dns_certificate_and_robots_txt_tell_counts_with_its_trace(products_of: Any) -> None:
    products = products_of(
        Mail={"dns": {"MX": [r"mail\.example\.net$"]}},
        Names={"dns": {"NS": r"\.names\.example\.", "SOA": r"\.names\.example\."}},
        Token={"dns": {"TXT": "^token="}},
        Authority={"certIssuer": "A Certificate Authority"},
        Look={"css": r"\.shop-cart"},
        Shop={"robots": "^# Powered by Shop"},
    )
    details = {
        "dns": {"mx": ["10 mail.example.net"], "ns": ["ns1.names.example.org"], "txt": ["token=1"]},
        "tls": {"issuer": "A Certificate Authority Ltd"},
    }
    fetched = Fetched(details=details, robots_txt="# Powered by Shop 2\nUser-agent: *")
    seen = evidence(
        read(
            b"<style>.shop-cart{}</style>", headers=[], url="https://a.org/", beside=Surroundings.of(fetched)
        )
    )
    assert {name: technology.evidence for name, technology in found(products, seen).items()} == {
        "Mail": ("dns:mx",),
        "Names": ("dns:ns",),
        "Token": ("dns:txt",),
        "Authority": ("certificate",),
        "Look": ("styles",),
        "Shop": ("robots",),
    }


@pytest.mark.parametrize(
    ("key", "cookie", "is_named"),
    [
        ("SESS[a-f0-9]{8}", "SESS0123abcd", True),
        ("SESS[a-f0-9]{8}", "SESSION", False),
        ("_shop_*", "_shop_AB12", True),
        ("shop\\.sid", "shop.sid", True),
        ("shop[visit]", "shop[visit]", True),
        ("shop(", "shop", False),
    ],
)
def test_the_name_of_a_cookie_may_be_a_pattern(
    products_of: Any, key: str, cookie: str, is_named: bool
) -> None:
    products = products_of(Shop={"cookies": {key: ""}})
    seen = evidence(read(b"", headers=[("Set-Cookie", f"{cookie}=1")], url="https://a.org/"))
    assert set(found(products, seen)) == ({"Shop"} if is_named else set())


@pytest.mark.parametrize(
    ("header", "value", "named"),
    [
        ("server", "JengineD/1.7.2.1", {"JengineD": "1.7.2.1"}),
        (
            "server",
            "Shop/2.0 (Linux) mod_gzip/1.3.26.1a mod_log/1.2",
            {"Shop": "2.0", "mod_gzip": "1.3.26", "mod_log": "1.2"},
        ),
        ("x-powered-by", "HPX/3.6.5", {"HPX": "3.6.5"}),
        ("server", "UPnP/1.0 HTTP/1.1", {}),
        ("server", "My Own Server/1.0", {}),
        ("server", "mw1373.eqiad.example", {}),
        ("server", "web/main", {}),
        ("x-powered-by", "Some Cache/0.9.2", {}),
    ],
)
def test_what_a_server_calls_itself_with_a_version_is_taken_at_its_word(
    products_of: Any, header: str, value: str, named: dict[str, str]
) -> None:
    products = products_of(Shop={"headers": {"Server": r"^Shop/([\d.]+)\;version:\1"}})
    seen = found(products, evidence(read(b"", headers=[(header, value)], url="https://a.org/")))
    assert {name: technology.version for name, technology in seen.items()} == named
