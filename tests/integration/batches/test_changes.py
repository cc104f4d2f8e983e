"""What changed is in every form of the results, and in each of them the same."""

import csv
import io
import json

import pyarrow.parquet
import pytest

from domain_scheduler.batches.exports.result_file import ResultFormat, stream_results
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import finish_domains, retry_domains
from tests.support.queue_rows import claim, completed, failed, new_batch

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
