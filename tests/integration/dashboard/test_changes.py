"""The page of a domain that was scanned before says what changed, or when it was last fine."""

from dataclasses import replace

import httpx
import lxml.html
import pytest

from domain_scheduler.batches.exports.result_file import available_formats
from domain_scheduler.core.report import Page
from domain_scheduler.db.database import Database
from tests.integration.api.answering import answer_all

SCRIPT = "<script>alert(1)</script>"
BEFORE = Page(
    title=f"Before {SCRIPT}",
    emails=(f"{SCRIPT}@example.com",),
    technologies=("PHP 8.1", "nginx"),
    details={"content_hash": "aa", "simhash": "0" * 16},
)
AFTER = Page(
    title="After",
    technologies=("PHP 8.2", SCRIPT),
    details={"content_hash": "bb", "simhash": "7".zfill(16)},
)


async def scanned(browser: httpx.AsyncClient, database: Database, *pages: Page | None) -> str:
    """The text of a domain's page after a scan for each of `pages`; None is one that fails."""
    await browser.post("/submit", data={"domains": "example.com"}, files={"file": ("", b"")})
    for number, page in enumerate(pages):
        errors = {"example.com": "dns_not_found"} if page is None else None
        (claimed,) = await answer_all(database, errors=errors, page=page)
        if number < len(pages) - 1:
            await browser.post(f"/domains/{claimed.id}/retry")
    response = await browser.get(f"/domains/{claimed.id}")
    assert response.status_code == 200 and SCRIPT not in response.text
    return " ".join(lxml.html.fromstring(response.text).text_content().split())


async def test_a_first_scan_speaks_of_no_change(browser: httpx.AsyncClient, database: Database) -> None:
    assert "Changed since" not in await scanned(browser, database, BEFORE)


async def test_a_second_scan_shows_before_and_now(browser: httpx.AsyncClient, database: Database) -> None:
    text = await scanned(browser, database, BEFORE, AFTER)
    assert "Changed since" in text and "The text is edited (3 of 64 bits of its hash differ)" in text
    assert f"title Before {SCRIPT} After" in text
    assert f"technologies nginx PHP 8.1 {SCRIPT} PHP 8.2" in text


async def test_a_scan_that_found_the_same_says_so(browser: httpx.AsyncClient, database: Database) -> None:
    text = await scanned(browser, database, BEFORE, BEFORE)
    assert "The text is the same. All main facts are as they were." in text


async def test_a_batch_leads_to_what_changed_and_to_files_of_it(
    browser: httpx.AsyncClient, database: Database
) -> None:
    await scanned(browser, database, BEFORE, AFTER)
    await browser.post("/submit", data={"domains": "example.org"}, files={"file": ("", b"")})
    batch = (await browser.get("/batches/2")).text
    assert '<a href="/batches/2?changed=true#domains-title">1</a> of 1 scanned before' in batch
    changed = (await browser.get("/batches/2?changed=true")).text
    assert "changed: content, title, emails, technologies" in changed
    assert "results?format=csv&amp;changed=true" in changed
    assert "No domain of this batch fits" in (await browser.get("/batches/2?changed=false")).text
    assert "scanned before" not in (await browser.get("/batches/3")).text


async def test_only_files_that_can_be_made_are_offered(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "format=parquet" in (await browser.get("/batches/1")).text
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert [str(form) for form in available_formats()] == ["csv", "jsonl"]


async def test_a_failed_scan_shows_the_error_and_when_it_was_last_fine(
    browser: httpx.AsyncClient, database: Database
) -> None:
    text = await scanned(browser, database, replace(BEFORE, organization="Example GmbH"), None)
    assert "dns_not_found" in text and "When it was last fine" in text
    assert "Who is behind itExample GmbH" in text
    assert f"Before {SCRIPT}" in text and "Changed since" not in text


async def test_a_domain_that_waits_for_another_scan_shows_the_last_one(
    browser: httpx.AsyncClient, database: Database
) -> None:
    await scanned(browser, database, BEFORE)
    retried = await browser.post("/domains/1/retry", follow_redirects=True)
    assert "When it was last fine" in retried.text and "Before" in retried.text
