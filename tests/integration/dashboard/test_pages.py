"""Every page renders, whatever the sites say, and says exactly what the stores say."""

from typing import Any
from uuid import uuid4

import httpx
import lxml.html
import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Page, ScanOutcome
from domain_scheduler.db.database import Database
from domain_scheduler.queue.claims import Answer
from domain_scheduler.queue.store import claim_domains, finish_domains
from tests.integration.api.answering import answer_all

NAMES = ["a.example.com", "b.example.com", "c.example.com"]
SCRIPT = "<script>alert(1)</script>"
HOSTILE = Page(
    title=f"{SCRIPT}\u202e" + "x" * 10_000,
    description='" onmouseover="alert(1)" {{ 7 * 7 }} {% raw %}',
    canonical_url="javascript:alert(1)",
    icon_url="data:text/html,<script>alert(1)</script>",
    logo_url="http://[",
    emails=(f"{SCRIPT}@example.com",),
    phones=("+4930123456",),
    social={f"x{SCRIPT}": "javascript:alert(1)"},
    technologies=(f"WordPress {SCRIPT}",),
    site_kind=SCRIPT,
    details={
        "sources": {"title": SCRIPT},
        "deep": [{"a": SCRIPT}],
        "contacts": {"emails": [{"value": SCRIPT, "source": SCRIPT, "page": "javascript:alert(1)"}]},
        "contact_pages": [
            {"url": "javascript:alert(1)", "kind": SCRIPT, "error_kind": "http_4xx", "error_message": SCRIPT}
        ],
    },
)
WITH_CONTACTS = Page(
    emails=("info@a.example.com",),
    details={
        "contacts": {
            "emails": [
                {"value": "info@a.example.com", "source": "mailto", "page": "https://a.example.com/contact"}
            ]
        },
        "contact_pages": [
            {
                "url": "https://a.example.com/contact",
                "kind": "contact",
                "error_kind": None,
                "error_message": None,
            },
            {
                "url": "https://a.example.com/legal",
                "kind": "imprint",
                "error_kind": "robots_denied",
                "error_message": "no",
            },
        ],
    },
)


async def submit(browser: httpx.AsyncClient, text: str = "\n".join(NAMES), **fields: str) -> str:
    response = await browser.post("/submit", data={"domains": text, **fields}, files={"file": ("", b"")})
    assert response.status_code == 303, response.text
    return response.headers["location"]


def words(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return " ".join(lxml.html.fromstring(response.text).text_content().split())


async def test_the_first_page_says_what_to_do(browser: httpx.AsyncClient) -> None:
    assert "Nothing submitted yet" in words(await browser.get("/"))


async def test_pasted_domains_become_a_batch(browser: httpx.AsyncClient) -> None:
    url = await submit(browser, "example.com\nlocalhost\n", name="pasted")
    text = words(await browser.get(url))
    assert "pasted" in text and "1 pending" in text
    assert "1 of the entries sent were no public domain names" in text and "localhost" in text


async def test_the_box_asks_for_contact_pages(browser: httpx.AsyncClient) -> None:
    assert "asked for too" in words(await browser.get(await submit(browser, contact_pages="on")))
    assert "asked for too" not in words(await browser.get(await submit(browser)))


async def test_a_file_becomes_a_batch(browser: httpx.AsyncClient) -> None:
    files = {"file": ("list.csv", b"id;site\n1;example.com\n2;example.org\n")}
    response = await browser.post("/submit", data={"domains": "", "priority": "5"}, files=files)
    text = words(await browser.get(response.headers["location"]))
    assert "2 pending" in text and "Priorityhigh" in text.replace(" ", "")


async def test_what_cannot_be_submitted_is_told_on_a_page(browser: httpx.AsyncClient) -> None:
    empty = await browser.post("/submit", data={"domains": ""}, files={"file": ("", b"")})
    assert empty.status_code == 422 and "the list is empty" in empty.text
    priority = await browser.post("/submit", data={"domains": "example.com", "priority": "soon"})
    assert priority.status_code == 422
    alone = await browser.post("/submit", data={"domains": "localhost"})
    assert "the only entry is no public domain name; line 1: " in alone.text


async def test_of_pasted_domains_and_a_file_none_is_dropped_in_silence(browser: httpx.AsyncClient) -> None:
    files = {"file": ("list.csv", b"example.com\n")}
    both = await browser.post("/submit", data={"domains": "example.org"}, files=files)
    assert both.status_code == 422 and "submit them one by one" in both.text


async def test_a_batch_shows_exact_counts_and_why_errors_came(
    browser: httpx.AsyncClient, database: Database
) -> None:
    url = await submit(browser)
    await answer_all(database, errors={NAMES[0]: "dns_not_found"})
    text = words(await browser.get(url))
    assert "3 of 3 answered (100 %)" in text and "2 completed" in text and "1 error" in text
    assert "the name does not exist (NXDOMAIN)" in text and "completed" in text


async def test_domains_are_filtered_and_paged(browser: httpx.AsyncClient, database: Database) -> None:
    url = await submit(browser, "\n".join(f"s{number}.example.com" for number in range(60)))
    await answer_all(database, errors={"s7.example.com": "http_5xx"})
    first = lxml.html.fromstring((await browser.get(f"{url}/domains")).text)
    assert len(first.xpath("//tbody/tr")) == 50
    following = first.xpath("//a[text()='Next page']/@href")[0]
    second = lxml.html.fromstring((await browser.get(following)).text)
    assert len(second.xpath("//table[contains(@class, 'domains')]/tbody/tr")) == 10
    filtered = words(await browser.get(f"{url}?status=error&error_kind=http_5xx&text=s7&cursor="))
    assert "s7.example.com" in filtered and "s8.example.com" not in filtered
    assert "No domain of this batch fits" in words(await browser.get(f"{url}?text=nothing"))


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
async def test_a_button_steers_the_batch(browser: httpx.AsyncClient, verb: str) -> None:
    url = await submit(browser)
    plain = await browser.post(f"{url}/{verb}")
    assert (plain.status_code, plain.headers["location"]) == (303, url)
    if verb == "pause":
        assert "paused" in words(await browser.get(url))


async def test_a_button_of_a_live_page_gets_the_changed_part(browser: httpx.AsyncClient) -> None:
    url = await submit(browser)
    response = await browser.post(f"{url}/pause", headers={"HX-Request": "true"})
    assert "Resume" in response.text and "<html" not in response.text
    again = await browser.post(f"{url}/cancel", headers={"HX-Request": "true"})
    refused = await browser.post(f"{url}/resume", headers={"HX-Request": "true"})
    assert again.status_code == 200
    assert refused.status_code == 409 and refused.headers["hx-retarget"] == "#notice"
    assert "is cancelled" in refused.text


async def test_errors_are_tried_again_by_a_button(browser: httpx.AsyncClient, database: Database) -> None:
    url = await submit(browser)
    await answer_all(database, errors={NAMES[1]: "http_5xx"})
    await browser.post(f"{url}/retry")
    assert "1 pending" in words(await browser.get(url))


async def test_errors_of_one_kind_are_tried_again(browser: httpx.AsyncClient, database: Database) -> None:
    url = await submit(browser)
    await answer_all(database, errors={NAMES[0]: "dns_timeout", NAMES[1]: "http_5xx"})
    assert "/retry?error_kind=http_5xx" in (await browser.get(url)).text
    await browser.post(f"{url}/retry?error_kind=http_5xx")
    text = words(await browser.get(url))
    assert "1 pending" in text and "1 error" in text


async def hostile_pages(browser: httpx.AsyncClient, database: Database) -> list[httpx.Response]:
    url = await submit(browser, "\n".join(NAMES), name=SCRIPT)
    await answer_all(database, errors={NAMES[1]: "http_4xx"}, page=HOSTILE)
    listed: dict[str, Any] = (await browser.get(f"/api/v3{url}/domains")).json()
    domains = [f"/domains/{one['id']}" for one in listed["items"]]
    return [
        await browser.get(path) for path in ("/", "/live", url, f"{url}/live", f"{url}/domains", *domains)
    ]


async def test_nothing_that_a_site_says_becomes_code(browser: httpx.AsyncClient, database: Database) -> None:
    for response in await hostile_pages(browser, database):
        assert response.status_code == 200, response.text[:500]
        tree = lxml.html.fromstring(response.text)
        assert all(script.get("src", "").startswith("/static/") for script in tree.xpath("//script"))
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
        assert not [
            href for href in tree.xpath("//@href | //@src") if href.startswith(("javascript:", "data:"))
        ]
        assert "49" not in tree.text_content().split()


async def test_no_inline_code_is_allowed_and_none_is_there(
    browser: httpx.AsyncClient, database: Database
) -> None:
    for response in await hostile_pages(browser, database):
        policy = response.headers["content-security-policy"]
        assert (
            "script-src 'self';" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        )
        tree = lxml.html.fromstring(response.text)
        assert tree.xpath("//style | //@style") == []


async def test_links_to_sites_tell_them_nothing(browser: httpx.AsyncClient, database: Database) -> None:
    for response in await hostile_pages(browser, database):
        for link in lxml.html.fromstring(response.text).xpath("//a[starts-with(@href, 'http')]"):
            assert {"noreferrer", "nofollow"} <= set(link.get("rel").split())


async def test_a_domain_says_on_which_page_each_contact_stood(
    browser: httpx.AsyncClient, database: Database
) -> None:
    url = await submit(browser, NAMES[0])
    await answer_all(database, page=WITH_CONTACTS)
    listed: dict[str, Any] = (await browser.get(f"/api/v3{url}/domains")).json()
    response = await browser.get(f"/domains/{listed['items'][0]['id']}")
    row = [
        cell.text_content().strip() for cell in lxml.html.fromstring(response.text).xpath("//tr[td][1]/td")
    ]
    assert row[:4] == ["e-mail", "info@a.example.com", "mailto", "https://a.example.com/contact"]
    assert "https://a.example.com/legal (imprint), which gave nothing: robots_denied no" in words(response)


async def test_a_domain_shows_attempts_and_is_tried_again(
    browser: httpx.AsyncClient, database: Database
) -> None:
    url = await submit(browser)
    await answer_all(database, errors={NAMES[0]: "connect_timeout"})
    listed = (await browser.get(f"/api/v3{url}/domains")).json()["items"]
    page = f"/domains/{listed[0]['id']}"
    assert "the address does not answer the connection" in words(await browser.get(page))
    assert (await browser.post(f"{page}/retry")).status_code == 303
    assert "Waits for its turn" in words(await browser.get(page))


async def test_the_scheduler_shows_passes_and_runs_one(browser: httpx.AsyncClient) -> None:
    assert "No pass yet" in words(await browser.get("/scheduler"))
    assert (await browser.post("/scheduler/pass")).status_code == 303
    assert "request" in words(await browser.get("/scheduler"))
    assert "request" in (await browser.post("/scheduler/pass", headers={"HX-Request": "true"})).text


async def test_problems_are_none_or_named(browser: httpx.AsyncClient) -> None:
    assert "Nothing stands still" in words(await browser.get("/problems"))
    url = await submit(browser, name="halted")
    await browser.post(f"{url}/pause")
    assert "halted is paused with 3 domains unanswered" in words(await browser.get("/problems"))


async def test_retries_that_wait_and_claims_that_are_overdue_are_named(
    browser: httpx.AsyncClient, database: Database
) -> None:
    url = await submit(browser)
    async with database.get_background_session() as connection:
        claims = await claim_domains(connection, limit=3, worker_id=uuid4(), lease=0.001)
        outcome = ScanOutcome(domain=claims[0].domain, error_kind=ErrorKind.DNS_TIMEOUT)
        await finish_domains(connection, answers=[Answer(claim=claims[0], outcome=outcome, retry_in=9_030)])
    text = words(await browser.get("/problems"))
    assert "Overdue claims" in text and claims[1].domain in text and "lease" in text
    assert "Waiting for another attempt" in text and "dns_timeout 1" in text
    assert "next attempt in 2 h 30 min dns_timeout" in words(await browser.get(url))
    listed = (await browser.get(f"/api/v3{url}/domains")).json()["items"]
    assert [one["waiting_because"] for one in listed] == ["dns_timeout", None, None]
    alone = words(await browser.get(f"/domains/{listed[0]['id']}"))
    assert "The reason is dns_timeout: the name's servers do not answer." in alone


@pytest.mark.parametrize(
    "path",
    [
        "/batches/987654",
        "/batches/0",
        "/batches/x",
        "/domains/99",
        "/nothing",
        "/?cursor=x",
        "/batches/1?status=odd",
    ],
)
async def test_what_is_not_there_is_told_on_a_page(browser: httpx.AsyncClient, path: str) -> None:
    response = await browser.get(path)
    assert 400 <= response.status_code < 500
    assert "Back to the batches" in response.text and "content-security-policy" in response.headers


async def test_the_api_is_explained_with_examples(browser: httpx.AsyncClient) -> None:
    text = words(await browser.get("/api"))
    document = (await browser.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        assert path in text
        assert all(operation["summary"] in text for operation in methods.values())


async def test_static_files_are_there(browser: httpx.AsyncClient) -> None:
    page = lxml.html.fromstring((await browser.get("/")).text)
    paths = page.xpath("//script/@src | //link/@href | //img/@src")
    assert len(paths) >= 6
    for path in paths:
        assert (await browser.get(path)).status_code == 200
