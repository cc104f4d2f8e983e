"""What one page is read as, end to end."""

import pickle

import orjson

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract import EXTRACTOR_VERSION, extract_page
from domain_scheduler.scan.extract.worker import extract_in_worker, initialise_extractor
from tests.support.compiled_rules import FOLDER, built_in_technologies
from tests.unit.extract.reading import page_of

SHOP = """<!doctype html><html lang="de-AT"><head><meta charset="utf-8">
<title> Gärtnerei
  Grün </title>
<meta name="description" content="Pflanzen aus eigener Zucht.">
<meta property="og:site_name" content="Gärtnerei Grün"><meta property="og:image" content="/bild.jpg">
<meta name="generator" content="WordPress 6.4.2">
<link rel="canonical" href="/start"><link rel="shortcut icon" href="/icon.png">
<link rel="alternate" type="application/rss+xml" title="Neues" href="/feed">
</head><body><svg><title>Logo</title></svg>
<a href="mailto:Office@gruen.at?subject=Hallo">Mail</a> <a href="tel:01 5138892">Telefon</a>
<a href="https://www.facebook.com/gaertnerei.gruen/">Facebook</a>
<a href="https://www.facebook.com/sharer.php?u=x">Teilen</a> <a href="/kontakt">Kontakt</a>
<p>© 2019–2024 Gärtnerei Grün GmbH</p></body></html>"""


def _page(html: str | bytes, *, url: str = "https://gruen.at/", content_type: str = "text/html") -> Page:
    body = html.encode() if isinstance(html, str) else html
    headers = [("Content-Type", content_type)]
    return extract_page(body, headers=headers, url=url, technologies=built_in_technologies())


def test_a_page_gives_its_fields() -> None:
    page = _page(SHOP)
    assert page.title == "Gärtnerei Grün"
    assert page.description == "Pflanzen aus eigener Zucht."
    assert page.language == "de"
    assert page.canonical_url == "https://gruen.at/start"
    assert page.icon_url == "https://gruen.at/icon.png"
    assert page.image_url == "https://gruen.at/bild.jpg"
    assert page.emails == ("office@gruen.at",)
    assert page.phones == ("+4315138892",)
    assert page.social == {"facebook": "https://www.facebook.com/gaertnerei.gruen"}
    assert "WordPress 6.4.2" in page.technologies
    assert page.site_kind == "website"
    assert page.organization == "Gärtnerei Grün GmbH"


def test_details_name_the_source_of_each_value() -> None:
    details = _page(SHOP).details
    assert details["extractor_version"] == EXTRACTOR_VERSION
    assert details["sources"]["title"] == "title"
    assert details["sources"]["canonical_url"] == "link:canonical"
    assert details["charset"] == {"name": "utf-8", "source": "meta"}
    assert details["declared_language"] == "de-AT"
    assert details["feeds"] == [
        {"url": "https://gruen.at/feed", "title": "Neues", "type": "application/rss+xml"}
    ]
    assert details["contact_links"] == [{"url": "https://gruen.at/kontakt", "kind": "contact"}]


def test_a_page_survives_pickle_and_json() -> None:
    page = _page(SHOP)
    assert pickle.loads(pickle.dumps(page)) == page
    assert orjson.loads(orjson.dumps(page.details)) == page.details


def test_what_a_database_refuses_never_comes_out() -> None:
    page = _page(
        '<title>a&#0;b\x00c</title><script type="application/ld+json">'
        '{"@type": "Organization", "name": "x\\u0000\\ud800y", "sameAs": ["https://x.com/a\\u0000b"]}</script>'
    )
    content = orjson.dumps(page.details).decode() + (page.title or "")
    assert "\x00" not in content
    assert "\\u0000" not in content


def test_an_empty_body_gives_an_empty_page() -> None:
    page = _page(b"")
    assert page.title is None
    assert page.emails == ()


def test_the_end_of_a_long_page_is_read_too() -> None:
    page = _page("<title>Long</title>" + "<p>x</p>" * 100_000 + '<a href="mailto:a@gruen.at">m</a>')
    assert page.title == "Long"
    assert page.emails == ("a@gruen.at",)


def test_a_page_is_read_without_its_long_scripts_before_anything_is_cut() -> None:
    data = '<script type="application/ld+json">{"@type": "Organization", "name": "Acme"}</script>'
    long = f"<SCRIPT>{'x = 1; ' * 2_000}</SCRIPT>" * 60
    page = page_of(f"<title>T</title>{long}{data}<p>Write to us: tea@acme-tools.org</p>{long}<p>End</p>")
    assert page.emails == ("tea@acme-tools.org",)
    assert (page.organization, page.site_kind) == ("Acme", "website")


def test_a_page_whose_text_was_cut_away_is_no_empty_shell() -> None:
    code = "<b data-x='" + "y" * 4_000 + "'></b>"
    html = "<script src=/app.js></script>" + code * 300 + "<p>All that there is to read</p>" + code * 20
    assert page_of(html).site_kind == "website"


def test_long_code_without_ends_is_passed_over_in_time() -> None:
    for html in (
        "<script>" * 100_000,
        "<script>" + "<style " * 100_000 + "</script>" + "<script><style>" * 9_000,
    ):
        assert page_of(html).title is None


def test_the_worker_reads_the_same_page() -> None:
    initialise_extractor(cache_dir=FOLDER)
    assert extract_in_worker(SHOP.encode(), [("Content-Type", "text/html")], "https://gruen.at/") == _page(
        SHOP
    )
