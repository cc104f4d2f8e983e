"""Files over HTTP: in the body or a form, packed or not, bounded, and never half taken."""

import gzip
import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.integration.api.conftest import Serve

CSV = b"id;website;country\n1;https://example.com/;DE\n2;example.org;FR\n3;localhost;FR\n"


async def test_the_column_of_a_csv_is_found(client: httpx.AsyncClient) -> None:
    response = await client.post("/batches/upload", content=CSV, params={"name": "list", "priority": 2})
    body = response.json()
    assert response.status_code == 201, response.text
    assert (body["accepted"], body["rejected_count"], body["rejected"][0]["line"]) == (2, 1, 4)
    assert response.headers["location"] == f"/api/v3/batches/{body['id']}"
    batch = (await client.get(f"/batches/{body['id']}")).json()
    assert (batch["name"], batch["priority"], batch["sealed"]) == ("list", 2, True)


async def test_contact_pages_are_asked_for_by_query_or_field(client: httpx.AsyncClient) -> None:
    by_query = await client.post("/batches/upload", content=CSV, params={"contact_pages": "true"})
    by_field = await client.post(
        "/batches/upload", files={"file": ("list.csv", CSV)}, data={"contact_pages": "true"}
    )
    for answer in (by_query, by_field):
        assert answer.status_code == 201, answer.text
        batch = (await client.get(f"/batches/{answer.json()['id']}")).json()
        assert batch["options"] == {"contact_pages": True}


@pytest.mark.parametrize(
    "content",
    [
        b"example.com\nexample.org\n",
        b'["example.com", "example.org"]',
        "domain\r\nexample.com\r\nexample.org\r\n".encode("utf-16"),
        gzip.compress(CSV),
    ],
    ids=["lines", "json", "utf-16", "gzip"],
)
async def test_a_list_is_read_in_every_form(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/batches/upload", content=content)
    assert response.status_code == 201 and response.json()["accepted"] == 2, response.text


async def test_a_form_carries_the_file_and_options(client: httpx.AsyncClient) -> None:
    files = {"file": ("list.csv", CSV, "text/csv")}
    response = await client.post("/batches/upload", files=files, data={"name": "form", "sealed": "false"})
    assert response.status_code == 201, response.text
    batch = (await client.get(f"/batches/{response.json()['id']}")).json()
    assert (batch["name"], batch["sealed"]) == ("form", False)


async def test_the_same_key_and_file_make_one_batch(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "upload-1"}
    first = await client.post("/batches/upload", content=CSV, headers=headers)
    again = await client.post("/batches/upload", files={"file": CSV}, headers=headers)
    other = await client.post("/batches/upload", content=CSV, params={"name": "x"}, headers=headers)
    assert again.json() == first.json()
    assert other.status_code == 409 and other.json()["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "no_domains"),
        (b"\n\n", 422, "no_domains"),
        (b"a;b\n1;2\n", 422, None),
        (b"%PDF-1.7 ...", 422, "file_unreadable"),
        (bytes(range(256)) * 40, 422, None),
        (gzip.compress(CSV)[:-9], 422, "file_unreadable"),
    ],
    ids=["empty", "blank", "no column", "pdf", "binary", "cut gzip"],
)
async def test_a_file_without_domains_is_refused_in_words(
    client: httpx.AsyncClient, content: bytes, status: int, code: str | None
) -> None:
    response = await client.post("/batches/upload", content=content)
    assert response.status_code == status and response.json()["detail"], response.text
    assert code is None or response.json()["code"] == code
    assert [one["id"] for one in (await client.get("/batches")).json()["items"]] == [1]


@pytest.mark.parametrize(
    ("files", "data", "params"),
    [
        (None, None, {"priority": "11"}),
        (None, None, {"colour": "red"}),
        ({"file": CSV}, {"priority": "high"}, None),
        ({"file": CSV}, {"colour": "red"}, None),
        (None, {"name": "no file"}, None),
    ],
)
async def test_options_that_do_not_fit_are_named(
    client: httpx.AsyncClient,
    files: dict[str, bytes] | None,
    data: dict[str, str] | None,
    params: dict[str, str] | None,
) -> None:
    if files is None and data is not None:
        files = {"note": b""}
    request = {"files": files, "data": data} if files else {"content": CSV}
    response = await client.post("/batches/upload", params=params, **request)  # type: ignore[arg-type]
    assert response.status_code == 422 and response.json()["code"] in {"request_invalid", "no_domains"}


async def pieces(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 65_536):
        yield (b"example.com" + b" " * 8_180 + b"\n") * 8


async def test_a_file_beyond_the_bound_is_refused_while_it_arrives(serve: Serve) -> None:
    async with serve(max_upload_bytes=1024**2) as client:
        announced = await client.post("/batches/upload", content=b"x" * (2 * 1024**2))
        streamed = await client.post("/batches/upload", content=pieces(4 * 1024**2))
        packed = await client.post("/batches/upload", content=gzip.compress(b"example.com\n" * 200_000))
    for response in (announced, streamed, packed):
        assert response.status_code == 413 and response.json()["code"] == "input_too_large", response.text


@pytest.mark.slow
async def test_a_large_file_takes_little_memory(client: httpx.AsyncClient) -> None:
    tracemalloc.start()
    response = await client.post("/batches/upload", content=pieces(48 * 1024**2))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code == 201 and response.json()["accepted"] == 1
    assert peak < 40 * 1024**2
