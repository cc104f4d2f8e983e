"""What changed is in every form of the results, and in each of them the same."""

import csv
import io
import json

import pyarrow.parquet
import pytest

from domain_scheduler.batches.domains_store import list_domains
from domain_scheduler.batches.exports.result_file import ResultFormat, stream_results
from domain_scheduler.batches.store import get_batch
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import finish_domains, fold_ledger, retry_domains
from tests.support.queue_rows import claim, completed, drifts, failed, new_batch

FIRST = {"title": "=before()", "technologies": ("PHP 8.1", "nginx")}
SECOND = {"title": "after", "technologies": ("PHP 8.2", "Apache")}


@pytest.fixture
async def batch_id(database: Database) -> int:
    """A batch that was scanned twice: one changed, one did not, one failed."""
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=["changed.com", "same.com", "gone.com"])
        await finish_domains(connection, answers=[completed(c, **FIRST) for c in await claim(connection, 3)])
        await retry_domains(connection, batch_id=batch_id, statuses=[DomainStatus.COMPLETED])
        changed, same, gone = await claim(connection, 3)
        answers = [completed(changed, **SECOND), completed(same, **FIRST), failed(gone)]
        await finish_domains(connection, answers=answers)
    return batch_id


async def test_the_batch_counts_what_changed(database: Database, batch_id: int) -> None:
    async with database.get_background_session() as connection:
        batch = await get_batch(connection, batch_id=batch_id)
        assert (batch.compared, batch.changed) == (3, 2)
        await retry_domains(connection, batch_id=batch_id)
        batch = await get_batch(connection, batch_id=batch_id)
        assert (batch.compared, batch.changed) == (2, 1), "what waits for its answer counts for nothing"
        await fold_ledger(connection)
        assert await drifts(connection) == []


@pytest.mark.parametrize("small", [True, False])
async def test_only_what_changed_is_listed_or_only_what_did_not(
    database: Database, batch_id: int, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not small:
        monkeypatch.setattr("domain_scheduler.batches.domain_walk._SMALL", 0)
    wanted = {
        (None, None): ["changed.com", "same.com", "gone.com"],
        (True, None): ["changed.com", "gone.com"],
        (False, None): ["same.com"],
        (True, DomainStatus.ERROR): ["gone.com"],
        (False, DomainStatus.ERROR): [],
        (True, DomainStatus.COMPLETED): ["changed.com"],
    }
    async with database.get_background_session() as connection:
        for (changed, status), names in wanted.items():
            page = await list_domains(connection, batch_id=batch_id, changed=changed, status=status)
            assert [domain.result["domain"] for domain in page.domains] == names
        first = await list_domains(connection, batch_id=batch_id, changed=True, limit=1)
        rest = await list_domains(
            connection, batch_id=batch_id, changed=True, limit=1, cursor=first.next_cursor
        )
    assert [domain.result["domain"] for domain in (*first.domains, *rest.domains)] == wanted[True, None]


async def test_a_first_scan_is_neither_changed_nor_unchanged(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=2)
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 2)])
        for changed in (True, False):
            page = await list_domains(connection, batch_id=batch_id, changed=changed)
            assert page.domains == ()
        batch = await get_batch(connection, batch_id=batch_id)
    assert (batch.compared, batch.changed) == (0, 0)


async def test_a_file_may_hold_only_what_changed(database: Database, batch_id: int) -> None:
    blocks = stream_results(database, batch_id=batch_id, format=ResultFormat.JSONL, changed=True)
    lines = b"".join([block async for block in blocks]).splitlines()
    assert [json.loads(line)["domain"] for line in lines] == ["changed.com", "gone.com"]


async def whole(database: Database, batch_id: int, format: ResultFormat) -> bytes:
    return b"".join([block async for block in stream_results(database, batch_id=batch_id, format=format)])


async def test_jsonl_says_what_changed(database: Database, batch_id: int) -> None:
    rows = [json.loads(line) for line in (await whole(database, batch_id, ResultFormat.JSONL)).splitlines()]
    assert [row["changed"] for row in rows] == [["title", "technologies"], [], ["status"]]
    assert rows[0]["changes"]["fields"] == {
        "title": {"from": "=before()", "to": "after"},
        "technologies": {
            "added": ["Apache"],
            "removed": ["nginx"],
            "updated": [{"name": "PHP", "from": "8.1", "to": "8.2"}],
        },
    }
    assert rows[1]["changes"]["since"] < rows[1]["fetched_at"]


async def test_csv_names_it_in_a_cell_and_holds_the_rest_as_json(database: Database, batch_id: int) -> None:
    text = (await whole(database, batch_id, ResultFormat.CSV)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["changed"] for row in rows] == ["title; technologies", "", "status"]
    assert [json.loads(row["changes"])["content"] for row in rows] == ["same", "same", None]


async def test_parquet_holds_the_same_as_jsonl(database: Database, batch_id: int) -> None:
    lines = [json.loads(line) for line in (await whole(database, batch_id, ResultFormat.JSONL)).splitlines()]
    data = await whole(database, batch_id, ResultFormat.PARQUET)
    table = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    assert [row["changed"] for row in table] == [row["changed"] for row in lines]
    assert [json.loads(row["changes"]) for row in table] == [row["changes"] for row in lines]
