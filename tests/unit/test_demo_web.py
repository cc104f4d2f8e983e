"""The made-up web of `domain-scheduler demo`, site by site, as a plain client meets it."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.demo import DEMO_DOMAINS, SITES, DemoSite, DemoWeb, demo_web
from domain_scheduler.demo.made_up_sites import Certificate
from tests.support.independent_title import title_of
from tests.support.visitor import Visitor, visitor_of

RESERVED = re.compile(r".*\bexample\.(com|net|org)")


@pytest.fixture
async def web() -> AsyncIterator[DemoWeb]:
    async with demo_web() as web:
        yield web


@pytest.fixture
async def visitor(web: DemoWeb) -> AsyncIterator[Visitor]:
    async with visitor_of(web.connect_to, web.ca_file) as visitor:
        yield visitor


def site_that(shows: str) -> DemoSite:
    return next(site for site in SITES if shows in site.shows)


def with_page(suffix: str = ".html") -> list[DemoSite]:
    return [site for site in SITES if site.page and site.page.endswith(suffix) and not site.endless]


@pytest.mark.parametrize(
    "site",
    [site for site in with_page() if not (site.delay or site.busy_at_first)],
    ids=lambda site: site.host,
)
async def test_a_page_arrives_in_its_charset_with_its_title(visitor: Visitor, site: DemoSite) -> None:
    response = await visitor.get(f"http://{site.host}/")
    assert (response.status_code, response.headers["content-type"]) == (site.status, site.content_type)
    response.content.decode(site.charset)
    title = title_of(response.content, content_type=site.content_type)
    assert title
    assert "�" not in title


async def test_every_charset_that_the_demo_promises_is_there() -> None:
    charsets = {"utf-8", "windows-1251", "shift_jis", "iso-8859-1", "euc-kr", "gb18030"}
    assert {site.charset for site in SITES} == charsets


@pytest.mark.parametrize(
    "site",
    [site for site in SITES if site.certificate is Certificate.TRUSTED][:8],
    ids=lambda site: site.host,
)
async def test_a_good_certificate_is_good_for_its_name(visitor: Visitor, site: DemoSite) -> None:
    assert (await visitor.get(f"https://{site.host}/")).status_code in (site.status, 301)


@pytest.mark.parametrize(
    ("shows", "complaint"),
    [
        ("expired certificate", "certificate has expired"),
        ("signed itself", "self-signed certificate"),
        ("for another name", "Hostname mismatch"),
    ],
)
async def test_a_broken_certificate_is_broken_in_its_one_way(
    visitor: Visitor, shows: str, complaint: str
) -> None:
    with pytest.raises(httpx.ConnectError, match=complaint):
        await visitor.get(f"https://{site_that(shows).host}/")


async def test_the_bare_name_leads_to_www(visitor: Visitor) -> None:
    url, response = await visitor.visit(f"https://{site_that('leads to www').host}/")
    assert url.startswith("https://www.")
    assert "wp-content" in response.text


async def test_the_imprint_of_the_wordpress_site_can_be_read(visitor: Visitor) -> None:
    site = site_that("WordPress")
    assert "Telefon" in (await visitor.get(f"https://{site.host}/impressum/")).text


async def test_a_moved_site_ends_at_another_domain(visitor: Visitor) -> None:
    url, response = await visitor.visit(f"https://{site_that('another domain').host}/")
    assert (url, response.status_code) == (f"https://{site_that('where the hotel is').host}/", 200)


async def test_the_circle_of_redirects_has_no_end(visitor: Visitor) -> None:
    _, response = await visitor.visit(f"https://{site_that('in a circle').host}/")
    assert response.status_code == 301


async def test_robots_are_asked_to_stay_out_of_one_site_only(visitor: Visitor) -> None:
    denied = site_that("stay out")
    assert "Disallow: /\n" in (await visitor.get(f"https://{denied.host}/robots.txt")).text
    assert (await visitor.get(f"https://{site_that('Shopify').host}/robots.txt")).status_code == 404


async def test_the_compressed_page_is_compressed_on_the_wire(visitor: Visitor) -> None:
    response = await visitor.get(f"https://{site_that('gzip').host}/")
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < len(response.content)


@pytest.mark.slow
async def test_the_slow_site_takes_its_time(visitor: Visitor) -> None:
    site = site_that("two and a half seconds")
    start = asyncio.get_running_loop().time()
    assert (await visitor.get(f"https://{site.host}/")).status_code == 200
    assert asyncio.get_running_loop().time() - start >= site.delay


async def test_the_endless_page_goes_on_until_the_visitor_hangs_up(visitor: Visitor) -> None:
    received = 0
    async with visitor.open(f"https://{site_that('without an end').host}/") as response:
        async for chunk in response.aiter_raw():
            received += len(chunk)
            if received > 1024**2:
                break
    assert received > 1024**2


async def test_the_pdf_is_one(visitor: Visitor) -> None:
    response = await visitor.get(f"https://{site_that('PDF').host}/")
    assert response.headers["content-type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-1.4") and response.content.endswith(b"%%EOF\n")


async def test_the_challenge_says_so_in_header_and_body(visitor: Visitor) -> None:
    response = await visitor.get(f"https://{site_that('challenge').host}/")
    assert (response.status_code, response.headers["cf-mitigated"]) == (403, "challenge")
    assert "_cf_chl_opt" in response.text


async def test_the_busy_site_asks_to_come_back_and_then_answers(visitor: Visitor) -> None:
    url = f"https://{site_that('too busy at first').host}/"
    first, second = await visitor.get(url), await visitor.get(url)
    assert (first.status_code, first.headers["retry-after"]) == (429, "2")
    assert (second.status_code, title_of(second.content)) == (
        200,
        "Popular Recipes: what everybody cooks this week",
    )


async def test_the_empty_page_is_empty(visitor: Visitor) -> None:
    assert (await visitor.get(f"https://{site_that('empty page').host}/")).content == b""


async def test_closed_ports_refuse_at_once(visitor: Visitor) -> None:
    for url in (f"https://{site_that('http only').host}/", f"http://{site_that('dead name').host}/"):
        with pytest.raises(httpx.ConnectError):
            await visitor.get(url)


async def test_a_name_outside_the_demo_is_not_found(visitor: Visitor) -> None:
    assert (await visitor.get("http://elsewhere.example.com/")).status_code == 404


async def test_a_path_outside_a_site_is_not_found(visitor: Visitor) -> None:
    assert (await visitor.get(f"https://{site_that('Shopify').host}/nowhere")).status_code == 404


def test_the_list_has_a_good_number_of_names_one_doubled_and_two_that_are_none() -> None:
    good, bad = [], []
    for text in DEMO_DOMAINS:
        try:
            good.append(normalize_domain(text).ascii)
        except InvalidDomainError:
            bad.append(text)
    assert bad == ["localhost", "not a domain"]
    assert len(good) - len(set(good)) == 1
    assert 25 <= len(set(good)) <= 35


def test_no_name_could_belong_to_somebody() -> None:
    assert all(RESERVED.fullmatch(site.host) for site in SITES)


async def test_the_web_leaves_nothing_behind() -> None:
    async with demo_web() as web:
        port = int(web.connect_to[-1].rpartition(":")[2])
    assert not web.ca_file.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
