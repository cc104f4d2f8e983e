"""Whatever is sent, the answer is a problem that says what is wrong, never a fault of the service."""

import errno
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.conftest import Serve

DEEP = b"[" * 100_000 + b"]" * 100_000
BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe\x00",
    b"\x80abc",
    b'{"domains": null}',
    b'{"domains": "example.com"}',
    b'{"domains": [5]}',
    b'{"domains": [null]}',
    b'{"domains": [["example.com"]]}',
    b'{"domains": ["example.com"], "name": "a\\u0000b"}',
    b'{"domains": ["example.com"], "name": "\\ud83d"}',
    b'{"domains": ["\\ud83d"]}',
    b'{"domains": [{"domain": "\\ud83d", "priority": 1}]}',
    b'{"domains": ["example.com"], "name": "' + b"x" * 201 + b'"}',
    b'{"domains": ["' + b"x" * 3_000 + b'"]}',
    b'{"domains": ["example.com"], "priority": 11}',
    b'{"domains": ["example.com"], "priority": 1.5}',
    b'{"domains": ["example.com"], "priority": 1e400}',
    b'{"domains": ["example.com"], "priority": NaN}',
    b'{"domains": ["example.com"], "priority": ' + b"9" * 5_000 + b"}",
    b'{"domains": ["example.com"], "max_attempts": 0}',
    b'{"domains": ["example.com"], "colour": "red"}',
    b'{"domains": ' + DEEP + b"}",
    DEEP,
]
IDS = ["0", "-1", "9223372036854775808", "9" * 400, "1.5", "x", "%00", "%FF", "١", "1e3", "null", "upload"]
QUERIES = [
    {"limit": "0"},
    {"limit": "1001"},
    {"limit": "-5"},
    {"limit": "9" * 50},
    {"limit": "x"},
    {"cursor": "nonsense"},
    {"cursor": ""},
    {"cursor": "é"},
    {"cursor": "\0"},
    {"cursor": "A" * 5_000},
    {"text": "\0"},
    {"text": ""},
    {"text": "x" * 201},
    {"status": "finished"},
]


def assert_problem(response: httpx.Response) -> None:
    assert 400 <= response.status_code < 500, (response.status_code, response.text[:300])
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code and body["code"] and body["detail"] and body["title"]
    assert len(response.content) < 20_000


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:40]))
async def test_a_body_that_does_not_fit_is_a_problem(client: httpx.AsyncClient, body: bytes) -> None:
    assert_problem(await client.post("/batches", content=body, headers={"Content-Type": "application/json"}))


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", "", "\xff"])
async def test_a_body_of_another_type_is_a_problem(client: httpx.AsyncClient, content_type: str) -> None:
    headers = {"Content-Type": content_type.encode("latin-1")}
    response = await client.post("/batches", content=b'{"domains": ["example.com"]}', headers=headers)  # type: ignore[arg-type]
    assert_problem(response)


async def test_ids_that_are_none_are_problems(client: httpx.AsyncClient) -> None:
    paths = [
        "/batches/{}",
        "/batches/{}/domains",
        "/batches/{}/results",
        "/batches/{}/throughput",
        "/domains/{}",
    ]
    verbs = ["/batches/{}/cancel", "/batches/{}/retry", "/batches/{}/domains", "/domains/{}/retry"]
    for id_ in IDS:
        for path in paths:
            assert_problem(await client.get(path.format(id_)))
        for path in verbs:
            assert_problem(await client.post(path.format(id_), json={"domains": ["example.com"]}))
        assert_problem(await client.patch(f"/batches/{id_}", json={"name": "x"}))


async def test_queries_that_do_not_fit_are_problems(client: httpx.AsyncClient) -> None:
    for query in QUERIES:
        assert_problem(await client.get("/batches", params=query))
        assert_problem(await client.get("/batches/1/domains", params=query))
    assert_problem(await client.get("/batches/1/domains", params={"error_kind": "bad_luck"}))
    assert_problem(await client.get("/batches/1/throughput", params={"minutes": "0"}))
    assert_problem(await client.post("/dev-tools/process-pending-domains", params={"limit": "-1"}))
    assert_problem(await client.post("/dev-tools/process-pending-domains", params={"wait_seconds": "NaN"}))


async def test_a_cursor_of_another_list_is_a_problem(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post("/batches", json={"domains": ["example.com"]})
    cursor = (await client.get("/batches", params={"limit": 1})).json()["next_cursor"]
    response = await client.get("/batches/1/domains", params={"cursor": cursor})
    assert_problem(response)
    assert response.json()["code"] == "cursor_invalid"


async def test_a_full_disk_for_temporary_files_is_told_in_words(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.write", full)
    for sent in ({"content": b"a.com"}, {"files": {"file": b"a.com"}}):
        answer = await client.post("/batches/upload", **sent)  # type: ignore[arg-type]
        assert answer.status_code == 503 and "No space left on device" in answer.json()["detail"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\0b"])
async def test_a_key_that_cannot_be_kept_is_a_problem(client: httpx.AsyncClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode()), (b"Content-Type", b"application/json")]
    assert_problem(await client.post("/batches", content=b'{"domains": ["example.com"]}', headers=headers))


async def test_a_request_beyond_the_bounds_is_a_problem(serve: Serve) -> None:
    async with serve(max_list=3, max_json_bytes=2_000) as client:
        long = await client.post("/batches", json={"domains": ["example.com"] * 4})
        large = await client.post("/batches", json={"domains": ["example.com"], "name": "x" * 3_000})
    for response in (long, large):
        assert_problem(response)
        assert response.status_code == 413


async def test_a_rejected_value_is_told_whatever_it_holds(client: httpx.AsyncClient) -> None:
    odd = ["a\0b", "\u202egpj.exe", "💥" * 500, "<script>alert(1)</script>", "x" * 2_000, "\x1b[31m"]
    response = await client.post("/batches", json={"domains": ["example.com", *odd]})
    assert response.status_code == 201, response.text
    assert response.json()["rejected_count"] == len(odd)


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "domains": JSON_VALUES | st.lists(st.text(max_size=30) | JSON_VALUES, max_size=4),
        "name": JSON_VALUES,
        "priority": JSON_VALUES,
        "sealed": JSON_VALUES,
        "max_attempts": JSON_VALUES,
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(REQUESTS | JSON_VALUES)
async def test_any_json_is_taken_or_a_problem(client: httpx.AsyncClient, value: Any) -> None:
    body = json.dumps(value).encode()
    response = await client.post("/batches", content=body, headers={"Content-Type": "application/json"})
    if response.status_code != 201:
        assert_problem(response)
