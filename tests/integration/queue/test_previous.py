"""A new answer knows the last completed scan of its name, whichever way the name came round again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.domains_store import get_domain, list_domains
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.queue.claims import Claim
from domain_scheduler.queue.store import (
    finish_domains,
    promote_domains,
    reap_domains,
    release_domains,
    retry_domains,
)
from tests.support.queue_rows import claim, completed, domain_row, failed, new_batch

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
NAME = ["site.example"]


def day(number: int) -> datetime:
    return NOON + timedelta(days=number)


async def new_scan(connection: AsyncConnection, number: int) -> Claim:
    """A claim of the name in a batch of its own, on that day."""
    batch_id = await new_batch(connection, domains=NAME)
    (claimed,) = await claim(connection, batch_id=batch_id, now=day(number))
    return claimed


async def again(connection: AsyncConnection, before: Claim, number: int) -> Claim:
    """A claim of the same domain after a retry, on that day."""
    await retry_domains(
        connection, batch_id=before.batch_id, statuses=[DomainStatus.COMPLETED, DomainStatus.ERROR]
    )
    (claimed,) = await claim(connection, batch_id=before.batch_id, now=day(number))
    return claimed


async def finish(connection: AsyncConnection, claimed: Claim, title: str) -> None:
    assert await finish_domains(connection, answers=[completed(claimed, title=title)]) == {claimed.id}


async def result(connection: AsyncConnection, claimed: Claim) -> dict[str, Any]:
    (domain,) = (await list_domains(connection, batch_id=claimed.batch_id)).domains
    detail = await get_domain(connection, domain_id=claimed.id)
    assert detail.domain == domain, "lists and details say the same"
    if domain.result["status"] in ("completed", "error"):
        words = domain.result["changed"]
        kept = (await domain_row(connection, claimed.id))["changed"]
        assert kept == (None if words is None else bool(words)), "and so does what is counted"
    return domain.result


def title(row: dict[str, Any]) -> Any:
    return row["changes"]["fields"]["title"]["from"]


async def test_a_first_scan_has_nothing_to_compare_with(connection: AsyncConnection) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    row = await result(connection, first)
    assert (row["changed"], row["changes"]) == (None, None)
    assert (await get_domain(connection, domain_id=first.id)).last_completed is None


async def test_a_retry_of_what_was_completed_says_what_changed(connection: AsyncConnection) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    second = await again(connection, first, 1)
    await finish(connection, second, "two")
    row = await result(connection, second)
    assert row["changed"] == ["title"]
    assert row["changes"]["fields"] == {"title": {"from": "one", "to": "two"}}
    assert row["changes"]["since"].startswith("2030-01-01T12:00:00.12")
    assert row["changes"]["domain_id"] == first.id
    third = await again(connection, second, 2)
    await finish(connection, third, "two")
    assert (await result(connection, third))["changed"] == []


async def test_the_same_name_in_a_new_batch_says_what_changed(connection: AsyncConnection) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    second = await new_scan(connection, 1)
    await finish(connection, second, "two")
    row = await result(connection, second)
    assert (title(row), row["changes"]["domain_id"]) == ("one", first.id)
    assert (await result(connection, first))["changes"] is None


async def test_a_new_batch_is_compared_with_the_latest_scan_and_not_the_latest_batch(
    connection: AsyncConnection,
) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    second = await new_scan(connection, 1)
    await finish(connection, second, "two")
    retried = await again(connection, first, 2)
    await finish(connection, retried, "one again")
    last = await new_scan(connection, 3)
    await finish(connection, last, "three")
    assert title(await result(connection, last)) == "one again"


async def test_other_names_and_unfinished_scans_are_never_compared(connection: AsyncConnection) -> None:
    other = await new_batch(connection, domains=["sites.example"])
    (claimed,) = await claim(connection, batch_id=other, now=day(0))
    await finish(connection, claimed, "other")
    await new_scan(connection, 0)
    last = await new_scan(connection, 1)
    await finish(connection, last, "mine")
    assert (await result(connection, last))["changes"] is None


async def test_a_failed_scan_keeps_what_was_known(connection: AsyncConnection) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    for scan_again in (new_scan(connection, 1), again(connection, first, 2)):
        second = await scan_again
        await finish_domains(connection, answers=[failed(second, ErrorKind.DNS_NOT_FOUND)])
        row = await result(connection, second)
        assert (row["title"], row["error_kind"], row["changed"]) == (None, "dns_not_found", ["status"])
        known = (await get_domain(connection, domain_id=second.id)).last_completed
        assert known is not None and known["title"] == "one"
    third = await again(connection, second, 3)
    assert (await get_domain(connection, domain_id=third.id)).last_completed == known
    await finish(connection, third, "two")
    assert title(await result(connection, third)) == "one"


async def test_attempts_in_between_change_nothing_of_it(connection: AsyncConnection) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    second = await again(connection, first, 1)
    await finish_domains(connection, answers=[failed(second, retry_in=1)], now=day(1))
    await promote_domains(connection, now=day(2))
    await claim(connection, batch_id=first.batch_id, now=day(2))
    await reap_domains(connection, now=day(3))
    (released,) = await claim(connection, batch_id=first.batch_id, now=day(3))
    await release_domains(connection, claims=[released])
    (last,) = await claim(connection, batch_id=first.batch_id, now=day(4))
    await finish(connection, last, "two")
    assert title(await result(connection, last)) == "one"


@pytest.mark.parametrize("max_attempts", [1, 3])
async def test_a_lost_first_attempt_knows_it_too(connection: AsyncConnection, max_attempts: int) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    batch_id = await new_batch(connection, domains=NAME, max_attempts=max_attempts)
    (lost,) = await claim(connection, batch_id=batch_id, now=day(1))
    await reap_domains(connection, now=day(2))
    known = (await get_domain(connection, domain_id=lost.id)).last_completed
    assert known is not None and known["title"] == "one"
    if max_attempts == 1:
        assert (await result(connection, lost))["changed"] == ["status"]
    else:
        (second,) = await claim(connection, batch_id=batch_id, now=day(2))
        await finish(connection, second, "two")
        assert title(await result(connection, second)) == "one"


async def test_a_domain_on_its_way_shows_when_it_was_last_fine(connection: AsyncConnection) -> None:
    first = await new_scan(connection, 0)
    await finish(connection, first, "one")
    second = await again(connection, first, 1)
    known = (await get_domain(connection, domain_id=second.id)).last_completed
    assert known is not None and known["title"] == "one"
    row = await result(connection, second)
    assert (row["title"], row["changes"]) == (None, None)


async def test_every_compared_fact_is_taken_from_the_report(connection: AsyncConnection) -> None:
    details = {
        "content_hash": "aa",
        "simhash": "ff",
        "extractor_version": 2,
        "final_domain": "site.example",
        "tls": {"issuer": "An Authority", "not_after": "2030-03-01T00:00:00+00:00"},
        "dns": {"ns": ["a.ns.example"], "a": ["192.0.2.1"]},
    }
    page = {
        "title": "t",
        "description": "d",
        "language": "de",
        "emails": ("a@site.example",),
        "phones": ("+4930123456",),
        "social": {"x": "https://x.com/site"},
        "technologies": ("nginx 1.26",),
        "site_kind": "shop",
        "organization": "Shop Ltd",
        "details": details,
    }
    first = await new_scan(connection, 0)
    await finish_domains(connection, answers=[completed(first, **page)])
    second = await new_scan(connection, 1)
    await finish_domains(connection, answers=[completed(second)])
    row = await result(connection, second)
    assert row["changes"]["content"] == "rewritten" and not row["changes"]["same_extractor"]
    unseen = {"status", "http_status", "final_url", "certificate_issuer", "certificate_not_after"}
    assert set(row["changed"]) == {*page, "content", "final_domain"} - {"details"} - unseen
    known = (await get_domain(connection, domain_id=second.id)).last_completed
    assert known is not None
    assert (known["certificate_issuer"], known["name_servers"]) == ("An Authority", ["a.ns.example"])


@pytest.mark.parametrize("details", [[1], "text", None, {"tls": "none", "dns": [1]}])
async def test_odd_details_break_no_answer(connection: AsyncConnection, details: Any) -> None:
    first = await new_scan(connection, 0)
    answer = completed(first, title="one", details={"tls": details, "dns": details, "simhash": details})
    assert await finish_domains(connection, answers=[answer]) == {first.id}
    second = await new_scan(connection, 1)
    await finish(connection, second, "two")
    assert title(await result(connection, second)) == "one"
