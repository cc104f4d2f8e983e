"""The support server that shows the corpus' pages as a web."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.corpus_archive import MADE_UP, page_rows
from tests.support.corpus_web import CorpusSite, CorpusWeb, corpus_homepages, corpus_web, independent_title
from tests.support.independent_title import title_of
from tests.support.visitor import Visitor, visitor_of
from tests.support.warc import read_responses


@pytest.fixture(scope="module")
def web() -> Iterator[CorpusWeb]:
    with corpus_web() as web:
        yield web


@pytest.fixture
async def visitor(web: CorpusWeb) -> AsyncIterator[Visitor]:
    async with visitor_of(web.connect_to.split(","), web.ca_file) as visitor:
        yield visitor


def sites_by_host(*, recorded: bool) -> Iterator[CorpusSite]:
    """Sites whose front page answers on the domain itself, with or without recorded headers."""
    for site in corpus_homepages():
        own = urlsplit(site.final_url).hostname == site.domain
        if own and site.status == 200 and recorded == (len(site.answer.headers) > 1):
            yield site


@pytest.mark.slow
async def test_every_domain_ends_where_the_archive_says(visitor: Visitor) -> None:
    async def check(site: CorpusSite) -> None:
        url, response = await visitor.visit(f"https://{site.domain}/")
        assert (url, response.status_code) == (site.final_url, site.status)
        assert response.content == site.page()

    sites = corpus_homepages()
    assert len(sites) > 400
    for start in range(0, len(sites), 50):
        await asyncio.gather(*map(check, sites[start : start + 50]))


async def test_http_and_https_answer_alike(visitor: Visitor) -> None:
    site = next(sites_by_host(recorded=False))
    plain, secure = [await visitor.get(f"{scheme}://{site.domain}/") for scheme in ("http", "https")]
    assert plain.content == secure.content == site.page()
    assert plain.headers == secure.headers


async def test_a_saved_page_claims_no_charset_that_is_not_known(visitor: Visitor) -> None:
    site = next(sites_by_host(recorded=False))
    response = await visitor.get(site.final_url)
    assert dict(response.headers) == {"content-type": "text/html", "content-length": str(len(site.page()))}


async def test_a_recorded_page_keeps_its_headers_but_not_its_hops(visitor: Visitor) -> None:
    for site in list(sites_by_host(recorded=True))[:10]:
        response = await visitor.get(site.final_url)
        assert {"server", "date", "set-cookie"} & set(response.headers)
        assert not {"transfer-encoding", "connection", "keep-alive"} & set(response.headers)


async def test_a_compressed_page_stays_compressed_on_the_wire(visitor: Visitor) -> None:
    site = next(site for site in sites_by_host(recorded=True) if site.answer.header("content-encoding"))
    response = await visitor.get(site.final_url)
    assert int(response.headers["content-length"]) == len(site.answer.content()) < len(site.page())
    assert response.content == site.page()


async def test_a_bare_name_leads_to_its_www_and_says_that_it_is_made_up(visitor: Visitor) -> None:
    response = await visitor.get("https://" + next(filter(None, map(bare_name, corpus_homepages()))) + "/")
    assert response.status_code == 301
    assert response.headers["location"].startswith("https://www.")
    assert response.headers[MADE_UP[0]] == MADE_UP[1]


def bare_name(site: CorpusSite) -> str | None:
    saved = len(site.answer.headers) == 1
    return site.domain if saved and urlsplit(site.final_url).hostname == f"www.{site.domain}" else None


async def test_what_is_not_archived_is_a_clear_404(visitor: Visitor) -> None:
    for url in ("https://nothing.example/", "http://nothing.example/robots.txt"):
        response = await visitor.get(url)
        assert (response.status_code, response.headers[MADE_UP[0]]) == (404, MADE_UP[1])
        assert "nothing archived" in response.text


async def test_other_archived_pages_of_a_site_answer_too(visitor: Visitor) -> None:
    row = next(row for row in page_rows() if row["is_homepage"] == "no" and row["url"].startswith("https:"))
    assert len((await visitor.get(row["url"])).content) == int(row["bytes"])


async def test_a_numbered_copy_answers_as_its_domain_does(visitor: Visitor) -> None:
    site = corpus_homepages()[0]
    response = await visitor.get(f"https://copy-17.{site.domain}/")
    assert (response.status_code, response.content) == (site.status, site.page())


async def test_a_delayed_web_answers_late() -> None:
    with corpus_web(delay=0.2) as web:
        loop = asyncio.get_running_loop()
        async with httpx.AsyncClient(trust_env=False) as client:
            start = loop.time()
            await client.get(f"http://127.0.0.1:{web.http_port}/")
            assert loop.time() - start >= 0.2


def test_the_settings_name_both_ports_and_the_ca(web: CorpusWeb) -> None:
    targets = f":80:127.0.0.1:{web.http_port},:443:127.0.0.1:{web.https_port}"
    assert web.environment["DOMAIN_SCHEDULER_FETCH__CONNECT_TO"] == targets
    assert web.environment["DOMAIN_SCHEDULER_FETCH__CA_FILE"] == str(web.ca_file)
    assert web.ca_file.read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_nearly_every_page_has_an_independent_title() -> None:
    pages = [site for site in corpus_homepages() if site.status == 200]
    assert sum(independent_title(site) is None for site in pages) <= len(pages) // 100


@pytest.mark.parametrize(
    ("page", "content_type", "title"),
    [
        ("\ufeff<title>Größe</title>".encode(), "text/html; charset=iso-8859-1", "Größe"),
        (
            "<meta charset=utf-8><title>Москва</title>".encode("cp1251"),
            "text/html; charset=windows-1251",
            "Москва",
        ),
        ("<meta charset='shift_jis'><title>日本</title>".encode("cp932"), "text/html", "日本"),
        ("<!-- <meta charset=koi8-r> --><title>Größe</title>".encode(), "", "Größe"),
        ("<title>Größe</title>".encode("cp1252"), "text/html", "Größe"),
        (b"<title> a\n  b </title><svg><title>c</title></svg>", "", "a b"),
        (b"<svg><title>c</title></svg><p>no title", "", None),
        (b"", "", None),
    ],
)
def test_the_independent_title_follows_the_browsers_order_of_charsets(
    page: bytes, content_type: str, title: str | None
) -> None:
    assert title_of(page, content_type=content_type) == title


def test_a_chunked_response_is_joined_and_its_lying_coding_dropped(tmp_path: Path) -> None:
    block = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nServer: a\r\n folded\r\n"
    )
    block += b"\r\n4;x=1\r\nplai\r\n1\r\nn\r\n0\r\n\r\n"
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://a.example/>\r\nContent-Length: %d\r\n"
    )
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(head % len(block) + b"\r\n" + block + b"\r\n\r\n"))
    (response,) = read_responses(tmp_path / "a.warc.gz")
    assert (response.url, response.status, response.body) == ("http://a.example/", 200, b"plain")
    assert response.headers == (("Server", "a folded"),)
