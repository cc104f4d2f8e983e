"""Results: kept as they were found, replaced as a whole, with every earlier attempt."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.queue.store import finish_domains, promote_domains, reap_domains, retry_domains
from tests.support.queue_rows import claim, completed, failed, new_batch, result_row

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

FULL: dict[str, Any] = {
    "title": "Bücher & more",
    "description": 'It\'s "quoted" \\ and\ttabbed',
    "language": "de",
    "canonical_url": "https://site-0.example/",
    "icon_url": "https://site-0.example/favicon.ico",
    "logo_url": "https://site-0.example/logo.svg",
    "image_url": "https://site-0.example/og.png",
    "emails": ("info@site-0.example", "o'hara@site-0.example"),
    "phones": ("+49301234567",),
    "social": {"mastodon": "https://social.example/@site"},
    "technologies": ("WordPress 6.8", "PHP"),
    "site_kind": "shop",
    "organization": "Shop Ltd",
    "details": {"sources": {"title": "og:title"}},
}


async def test_a_report_comes_back_as_it_was_given(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await finish_domains(connection, answers=[completed(claimed, **FULL)])
    row = await result_row(connection, claimed.id)
    assert {name: row[name] for name in FULL} == FULL | {
        name: list(FULL[name]) for name in ("emails", "phones", "technologies")
    }
    assert row["redirects"] == [{"url": "https://site-0.example/", "status": 200, "ip": "192.0.2.1"}]
    assert row["final_url"] == "https://site-0.example/"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("nul \0 inside", "nul \ufffd inside"),
        ("half \ud800 a pair", "half \ufffd a pair"),
        ("text \\u0000 of a script", "text \\u0000 of a script"),
        ("'; DROP TABLE domains; --", "'; DROP TABLE domains; --"),
        ('{curly, "array"}', '{curly, "array"}'),
        ("right \u202e to left, 🦉, e\u0301", "right \u202e to left, 🦉, e\u0301"),
        ("x" * 100_000, "x" * 100_000),
        ("", ""),
    ],
    ids=["nul", "surrogate", "escaped", "injection", "braces", "unicode", "long", "empty"],
)
async def test_hostile_text_is_stored_and_spoils_nothing(
    connection: AsyncConnection, given: str, stored: str
) -> None:
    await new_batch(connection, domains=2)
    one, other = await claim(connection, 2)
    bad = completed(one, title=given, emails=(given,), social={"x": given}, details={given: [given]})
    assert len(await finish_domains(connection, answers=[bad, completed(other, title="fine")])) == 2
    row = await result_row(connection, one.id)
    assert (row["title"], row["emails"], row["social"]) == (stored, [stored], {"x": stored})
    assert row["details"] == {stored: [stored]}
    assert (await result_row(connection, other.id))["title"] == "fine"


async def test_odd_values_of_structured_data_are_stored(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    details = {"phone": 10**30, "nan": float("nan"), "deep": deep, "small": -(2**63), "yes": True}
    await finish_domains(connection, answers=[completed(claimed, details=details)])
    stored = (await result_row(connection, claimed.id))["details"]
    assert (stored["phone"], stored["nan"], stored["small"], stored["yes"]) == (
        str(10**30),
        None,
        -(2**63),
        True,
    )


@pytest.mark.parametrize("value", [None, 0, "text", [1, {"a": None}], {"k": "v"}])
async def test_what_a_processor_returns_is_stored(connection: AsyncConnection, value: Any) -> None:
    await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    answer = completed(claimed)
    answer = replace(answer, outcome=replace(answer.outcome, processor_result=value))
    await finish_domains(connection, answers=[answer])
    assert (await result_row(connection, claimed.id))["processor_result"] == value


async def test_a_later_attempt_replaces_every_column(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await finish_domains(connection, answers=[completed(claimed, **FULL)])
    before = await result_row(connection, claimed.id)
    await retry_domains(connection, batch_id=batch_id, statuses=[DomainStatus.COMPLETED])
    (again,) = await claim(connection)
    await finish_domains(connection, answers=[failed(again, ErrorKind.DNS_NOT_FOUND)])
    after = await result_row(connection, claimed.id)
    kept = {"domain_id", "attempt", "fetched_at", "attempt_started_at", "worker_id", "duration_ms"}
    told = {"error_kind", "error_message", "earlier_attempts", "previous"}
    assert {name for name in after if after[name] is not None} <= kept | told
    assert {name for name in before if before[name] is None} == {*told, "processor_result"}


async def test_a_lost_attempt_replaces_every_column(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await finish_domains(connection, answers=[completed(claimed, **FULL)])
    await retry_domains(connection, batch_id=batch_id, statuses=[DomainStatus.COMPLETED])
    await claim(connection, lease=-1)
    await reap_domains(connection)
    row = await result_row(connection, claimed.id)
    assert {name for name in row if row[name] is not None} == {
        "domain_id",
        "attempt",
        "attempt_started_at",
        "worker_id",
        "error_kind",
        "error_message",
        "earlier_attempts",
        "previous",
    }


async def test_every_attempt_is_kept_in_order(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1, max_attempts=9)
    (first,) = await claim(connection, now=NOON)
    await finish_domains(connection, answers=[failed(first, ErrorKind.DNS_TIMEOUT, retry_in=-1)])
    await promote_domains(connection)
    (second,) = await claim(connection, lease=-1)
    await reap_domains(connection)
    (third,) = await claim(connection)
    await finish_domains(connection, answers=[failed(third, ErrorKind.HTTP_5XX, retry_in=-1)])
    await promote_domains(connection)
    (fourth,) = await claim(connection)
    await finish_domains(connection, answers=[completed(fourth)])
    row = await result_row(connection, first.id)
    earlier = row["earlier_attempts"]
    assert [(attempt["attempt"], attempt["error_kind"]) for attempt in earlier] == [
        (1, "dns_timeout"),
        (2, "worker_lost"),
        (3, "http_5xx"),
    ]
    assert earlier[0] == {
        "attempt": 1,
        "started_at": "2030-01-01T12:00:00+00:00",
        "worker_id": earlier[0]["worker_id"],
        "duration_ms": 7,
        "http_status": None,
        "error_kind": "dns_timeout",
        "error_message": "it was dns_timeout",
    }
    assert len({attempt["worker_id"] for attempt in earlier}) == 3
    assert (row["attempt"], row["error_kind"]) == (4, None)
    assert second.attempt == 2
