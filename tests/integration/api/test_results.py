"""Results as files over HTTP: every format, every domain, under a name that says what it is."""

import csv
import io
import json

import httpx
import pyarrow.parquet
import pytest

from domain_scheduler.core.report import Page
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.db.database import Database
from tests.integration.api.answering import answer_all

NAMES = ["a.example.com", "b.example.com", "c.example.com"]


@pytest.fixture
async def results_url(client: httpx.AsyncClient, database: Database) -> str:
    made = (await client.post("/batches", json={"domains": NAMES, "name": "Übung: März/April"})).json()
    page = Page(title='A "title",\nin two lines', emails=("x@example.com", "y@example.com"))
    await answer_all(database, errors={NAMES[1]: "http_4xx"}, page=page)
    return f"/batches/{made['id']}/results"


async def test_results_come_as_csv(client: httpx.AsyncClient, results_url: str) -> None:
    response = await client.get(results_url, params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["domain"] for row in rows] == NAMES and tuple(rows[0]) == RESULT_COLUMNS
    assert (
        rows[0]["title"] == 'A "title",\nin two lines' and rows[0]["emails"] == "x@example.com; y@example.com"
    )
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-disposition"].endswith('-bung-m-rz-april.csv"')


async def test_results_come_as_jsonl(client: httpx.AsyncClient, results_url: str) -> None:
    response = await client.get(results_url, params={"format": "jsonl", "status": "error"})
    rows = [json.loads(line) for line in response.text.splitlines()]
    assert [(row["domain"], row["error_kind"]) for row in rows] == [(NAMES[1], "http_4xx")]


async def test_results_come_as_parquet(client: httpx.AsyncClient, results_url: str) -> None:
    response = await client.get(results_url, params={"format": "parquet"})
    table = pyarrow.parquet.read_table(io.BytesIO(response.content))
    assert table.column("domain").to_pylist() == NAMES
    assert table.column("emails").to_pylist()[0] == ["x@example.com", "y@example.com"]


async def test_only_what_changed_is_listed_counted_and_downloaded(
    client: httpx.AsyncClient, database: Database, results_url: str
) -> None:
    batch = results_url.removesuffix("/results")
    await client.post(f"{batch}/retry", json={"statuses": ["completed", "error"]})
    await answer_all(database, errors={NAMES[0]: "http_4xx"})
    shown = (await client.get(batch)).json()
    assert (shown["compared"], shown["changed"]) == (2, 2)
    for changed, names in (("true", [NAMES[0], NAMES[2]]), ("false", [])):
        listed = (await client.get(f"{batch}/domains", params={"changed": changed})).json()["items"]
        assert [one["domain"] for one in listed] == names
        file = await client.get(results_url, params={"format": "jsonl", "changed": changed})
        assert [json.loads(line)["domain"] for line in file.text.splitlines()] == names


async def test_what_cannot_be_exported_is_a_problem(client: httpx.AsyncClient, results_url: str) -> None:
    assert (await client.get(results_url, params={"format": "xlsx"})).status_code == 422
    unknown = await client.get("/batches/987654321/results")
    assert unknown.status_code == 404 and unknown.json()["code"] == "batch_not_found"
