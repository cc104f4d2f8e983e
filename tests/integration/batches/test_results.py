"""Results: the same row in lists, details, CSV, JSONL and Parquet, shown exactly while it is an answer."""

import csv
import io
import json
import sys
from datetime import UTC, datetime
from uuid import uuid4

import pyarrow.parquet
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.domains_store import get_domain, list_domains
from domain_scheduler.batches.exports.csv_file import CsvWriter
from domain_scheduler.batches.exports.result_file import ResultFormat, stream_results
from domain_scheduler.batches.exports.rows import results_as_rows
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.errors import BatchNotFoundError, DomainNotFoundError, MissingExtraError
from domain_scheduler.queue.store import finish_domains, promote_domains, retry_domains
from tests.support.queue_rows import claim, completed, domain_id_of, failed, new_batch

PAGE = {
    "title": '=cmd|"/C calc"!A0',
    "description": "two\nlines, and a comma",
    "language": "de",
    "emails": ("a@a.com", "b@a.com"),
    "phones": ("+493012345", "+4989123"),
    "social": {"github": "https://github.com/a"},
    "technologies": ("WordPress 6.4",),
}


async def three_domains(connection: AsyncConnection) -> int:
    """A batch with a completed, a failed and a pending domain."""
    batch_id = await new_batch(connection, domains=["a.com", "b.com", "c.com"])
    first, second = await claim(connection, 2, batch_id=batch_id)
    await finish_domains(connection, answers=[completed(first, **PAGE), failed(second)])
    return batch_id


async def whole(database: Database, batch_id: int, format: ResultFormat) -> bytes:
    return b"".join([block async for block in stream_results(database, batch_id=batch_id, format=format)])


async def test_a_page_of_domains_comes_in_the_order_of_the_list_with_results(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=["other.com"])
        batch_id = await three_domains(connection)
        page = await list_domains(connection, batch_id=batch_id, limit=2)
        rest = await list_domains(connection, batch_id=batch_id, limit=2, cursor=page.next_cursor)
    rows = [domain.result for domain in (*page.domains, *rest.domains)]
    assert [row["domain"] for row in rows] == ["a.com", "b.com", "c.com"]
    assert [row["status"] for row in rows] == ["completed", "error", "pending"]
    assert all(tuple(row) == RESULT_COLUMNS for row in rows)
    assert (rows[0]["title"], rows[0]["emails"]) == (PAGE["title"], ["a@a.com", "b@a.com"])
    assert (rows[1]["error_kind"], rows[1]["error_message"]) == ("connect_timeout", "it was connect_timeout")
    assert rest.next_cursor is None


async def test_domains_are_found_by_status_error_kind_and_text(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await three_domains(connection)
        pending = await list_domains(connection, batch_id=batch_id, status=DomainStatus.PENDING)
        failed_ones = await list_domains(connection, batch_id=batch_id, error_kind=ErrorKind.CONNECT_TIMEOUT)
        named = await list_domains(connection, batch_id=batch_id, text="A.C")
    pages = (pending, failed_ones, named)
    assert [[domain.result["domain"] for domain in page.domains] for page in pages] == [
        ["c.com"],
        ["b.com"],
        ["a.com"],
    ]


async def test_a_domain_that_waits_for_another_attempt_shows_no_result_but_its_attempts(
    database: Database,
) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["a.com"])
        (first,) = await claim(connection, 1)
        await finish_domains(connection, answers=[failed(first, retry_in=60.0)])
        detail = await get_domain(connection, domain_id=first.id, batch_id=batch_id)
    shown = detail.domain.result
    assert (shown["status"], shown["attempts"], shown["error_kind"], shown["error_message"]) == (
        "pending",
        1,
        None,
        None,
    )
    assert shown["fetched_at"] is None and detail.domain.next_attempt_at is not None
    assert detail.domain.waiting_because == "connect_timeout"
    assert [(one.attempt, one.error_kind, one.duration_ms) for one in detail.attempts] == [
        (1, "connect_timeout", 7)
    ]


async def test_every_attempt_is_shown_oldest_first_also_of_earlier_cycles(database: Database) -> None:
    worker = uuid4()
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["a.com"])
        (first,) = await claim(connection, 1, worker_id=worker)
        await finish_domains(connection, answers=[failed(first, ErrorKind.DNS_TIMEOUT, retry_in=0.0)])
        await promote_domains(connection)
        (second,) = await claim(connection, 1)
        await finish_domains(connection, answers=[failed(second)])
        await retry_domains(connection, batch_id=batch_id)
        (third,) = await claim(connection, 1)
        await finish_domains(connection, answers=[completed(third)])
        detail = await get_domain(connection, domain_id=first.id)
    attempts = [(one.attempt, one.error_kind) for one in detail.attempts]
    assert attempts == [(1, "dns_timeout"), (2, "connect_timeout"), (1, None)]
    assert detail.attempts[0].worker_id == str(worker)


async def test_a_domain_never_tried_has_no_attempts(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["a.com"])
        detail = await get_domain(connection, domain_id=await domain_id_of(connection, batch_id, "a.com"))
    assert detail.attempts == ()


async def test_a_domain_of_another_batch_is_not_found(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["a.com"])
        domain_id = await domain_id_of(connection, batch_id, "a.com")
        with pytest.raises(DomainNotFoundError):
            await get_domain(connection, domain_id=domain_id, batch_id=1)


async def test_csv_has_the_columns_and_keeps_formulas_from_running(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await three_domains(connection)
    data = await whole(database, batch_id, ResultFormat.CSV)
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert tuple(rows[0]) == RESULT_COLUMNS
    first, second, third = rows
    assert (first["title"], first["description"]) == ("'" + PAGE["title"], PAGE["description"])
    assert (first["emails"], first["phones"]) == ("a@a.com; b@a.com", "+493012345; +4989123")
    assert json.loads(first["social"]) == PAGE["social"]
    assert json.loads(first["redirects"]) == [{"url": "https://a.com/", "status": 200, "ip": "192.0.2.1"}]
    assert datetime.fromisoformat(first["fetched_at"]).utcoffset() == datetime.now(UTC).utcoffset()
    assert (second["error_kind"], second["title"], third["status"], third["attempts"]) == (
        "connect_timeout",
        "",
        "pending",
        "0",
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("-1+2", "-1+2"),
        ("+49 (30) 12", "+49 (30) 12"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("+1+cmd", "'+1+cmd"),
        ("a=1", "a=1"),
    ],
)
def test_csv_guards_what_a_spreadsheet_would_run_and_nothing_else(value: str, written: str) -> None:
    row = dict.fromkeys(RESULT_COLUMNS) | {"title": value}
    (cells,) = csv.reader(io.StringIO(CsvWriter().rows([row]).decode()))
    assert cells[RESULT_COLUMNS.index("title")] == written


async def test_jsonl_and_parquet_hold_the_same_exact_values(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await three_domains(connection)
    lines = (await whole(database, batch_id, ResultFormat.JSONL)).splitlines()
    from_lines = [json.loads(line) for line in lines]
    data = await whole(database, batch_id, ResultFormat.PARQUET)
    table = pyarrow.parquet.read_table(io.BytesIO(data))
    assert tuple(table.column_names) == RESULT_COLUMNS
    from_table = table.to_pylist()
    for row in from_table:
        row["social"] = dict(row["social"]) or None
        row["fetched_at"] = row["fetched_at"].isoformat() if row["fetched_at"] else None
    for row in from_lines:
        row["social"] = row["social"] or None
    assert from_table == from_lines
    assert from_lines[0]["title"] == PAGE["title"]


@pytest.mark.parametrize("format", list(ResultFormat))
async def test_an_empty_batch_gives_a_valid_file(database: Database, format: ResultFormat) -> None:
    data = await whole(database, 1, format)
    if format is ResultFormat.PARQUET:
        assert pyarrow.parquet.read_table(io.BytesIO(data)).num_rows == 0
    else:
        assert data == (",".join(RESULT_COLUMNS) + "\n" if format is ResultFormat.CSV else "").encode()


async def test_all_rows_come_in_chunks_with_filters(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=[f"{n}.com" for n in range(7)])
        await new_batch(connection, domains=["later.com"])
        claims = await claim(connection, 7, batch_id=batch_id)
        await finish_domains(connection, answers=[failed(one) for one in claims[:3]])
    everything = [len(rows) async for rows in results_as_rows(database, batch_id=batch_id, chunk=3)]
    options = {"batch_id": batch_id, "chunk": 2}
    errors = [rows async for rows in results_as_rows(database, status=DomainStatus.ERROR, **options)]
    by_kind = results_as_rows(database, error_kind=ErrorKind.CONNECT_TIMEOUT, **options)
    assert everything == [3, 3, 1]
    assert [row["domain"] for rows in errors for row in rows] == ["0.com", "1.com", "2.com"]
    assert [len(rows) async for rows in by_kind] == [2, 1]
    assert [len(rows) async for rows in results_as_rows(database, text="6.C", **options)] == [1]


async def test_results_of_an_unknown_batch_are_not_found(database: Database) -> None:
    with pytest.raises(BatchNotFoundError):
        await whole(database, 404, ResultFormat.CSV)


async def test_parquet_without_its_package_says_how_to_get_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'domain-scheduler\[parquet\]'"):
        await whole(database, 1, ResultFormat.PARQUET)
