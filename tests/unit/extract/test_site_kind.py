"""A placeholder is told from a site, with the reasons."""

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.extract.site_kind_signs import signs_in
from domain_scheduler.scan.surroundings import Surroundings
from tests.unit.extract.reading import page_of

SIGNS = files("domain_scheduler.scan.extract") / "site_kind_signs.toml"
PLACEHOLDERS = json.loads(Path(__file__).with_name("placeholders.json").read_text(encoding="utf-8"))
"""Kind and markup: what servers, registrars and protections show, and sites that only sound like it."""


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


@pytest.mark.parametrize(("kind", "html"), PLACEHOLDERS)
def test_what_servers_registrars_and_protections_show_is_told_from_sites(kind: str, html: str) -> None:
    assert page_of(html, url="https://www.acme.com/").site_kind == kind


@pytest.mark.parametrize("where", ["title", "text", "source"])
def test_signs_are_those_that_their_patterns_find_one_by_one(where: str) -> None:
    rows = tomllib.loads(SIGNS.read_text("utf-8"))["sign"]
    own = [row for row in rows if row["where"] == where]
    for _, html in PLACEHOLDERS:
        text = html.lower().replace("<p>", "\n")
        assert [sign.name for sign in signs_in(where, text)] == [
            row["name"] for row in own if shows(row, text)
        ]


def shows(row: dict[str, Any], text: str) -> bool:
    found = any(re.search(pattern, text, re.MULTILINE) for pattern in row.get("patterns", ()))
    return found or any(word in text for word in row.get("words", ()))


@pytest.mark.parametrize(
    ("server", "kind"),
    [
        ("ns1.sedoparking.com", "parked"),
        ("ns2.domainhasexpired.com", "suspended"),
        ("ns1.notsedoparking.com", "website"),
        ("dns1.registrar-servers.com", "website"),
    ],
)
def test_name_servers_of_parking_services_tell_a_parked_domain(server: str, kind: str) -> None:
    beside = Surroundings(dns={"ns": [server]})
    html = b"<title>Acme</title>" + b"<p>Offers and links of all kinds about everything. " * 60
    page = extract_page(html, headers=[("Content-Type", "text/html")], url="https://acme.com/", beside=beside)
    assert page.site_kind == kind
