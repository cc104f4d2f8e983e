"""Batches over HTTP: submitted, listed, steered, retried."""

from typing import Any

import httpx
import pytest

from domain_scheduler.db.database import Database
from tests.integration.api.answering import answer_all

LIST = ["example.com", "https://www.example.org/about", "EXAMPLE.com", "localhost", "10.0.0.1"]


async def submit(
    client: httpx.AsyncClient, domains: list[Any] | None = None, **options: Any
) -> dict[str, Any]:
    response = await client.post(
        "/batches", json={"domains": LIST if domains is None else domains, **options}
    )
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_list_is_taken_and_what_is_no_domain_is_told(client: httpx.AsyncClient) -> None:
    response = await client.post("/batches", json={"domains": LIST, "name": "spring"})
    body = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/api/v3/batches/{body['id']}"
    assert (body["accepted"], body["duplicates"], body["rejected_count"]) == (2, 1, 2)
    assert [(one["line"], one["value"]) for one in body["rejected"]] == [(4, "localhost"), (5, "10.0.0.1")]
    assert all(one["reason"] for one in body["rejected"])


async def test_a_batch_says_what_its_domains_say(client: httpx.AsyncClient, database: Database) -> None:
    made = await submit(client, ["a.example.com", "b.example.com", "c.example.com"], name="three", priority=2)
    await answer_all(database, errors={"b.example.com": "dns_not_found"})
    batch = (await client.get(f"/batches/{made['id']}")).json()
    assert batch["name"] == "three" and batch["priority"] == 2 and batch["status"] == "completed"
    assert batch["counts"] == {
        "total": 3,
        "pending": 0,
        "processing": 0,
        "completed": 2,
        "error": 1,
        "cancelled": 0,
    }
    assert batch["errors_by_kind"] == {"dns_not_found": 1}


async def test_a_batch_says_whether_it_asks_for_contact_pages(client: httpx.AsyncClient) -> None:
    wanted = await submit(client, ["a.example.com"], contact_pages=True)
    plain = await submit(client, ["a.example.com"])
    assert (await client.get(f"/batches/{wanted['id']}")).json()["options"] == {"contact_pages": True}
    assert (await client.get(f"/batches/{plain['id']}")).json()["options"] == {}


@pytest.mark.parametrize("options", [{"contact_pages": "perhaps"}, {"contact_page": True}, {"options": {}}])
async def test_an_option_that_nobody_knows_is_refused(
    client: httpx.AsyncClient, options: dict[str, Any]
) -> None:
    response = await client.post("/batches", json={"domains": LIST, **options})
    assert response.status_code == 422


async def test_every_page_of_a_list_is_reached_once(client: httpx.AsyncClient) -> None:
    made = [(await submit(client, [f"s{number}.example.com"]))["id"] for number in range(5)]
    seen, cursor = [], None
    while True:
        page = (
            await client.get("/batches", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [batch["id"] for batch in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [*reversed(made), 1]


async def test_batches_are_found_by_status_and_name(client: httpx.AsyncClient) -> None:
    made = await submit(client, name="Spring list")
    await submit(client, name="autumn")
    page = (await client.get("/batches", params={"status": "pending", "text": "spring"})).json()
    assert [batch["id"] for batch in page["items"]] == [made["id"]]


async def test_an_open_batch_takes_more_until_it_is_sealed(client: httpx.AsyncClient) -> None:
    made = await submit(client, [], sealed=False)
    url = f"/batches/{made['id']}"
    more = await client.post(f"{url}/domains", json={"domains": [{"domain": "example.com", "priority": 3}]})
    assert more.status_code == 200 and more.json()["accepted"] == 1
    assert (await client.post(f"{url}/seal")).json()["sealed"] is True
    refused = await client.post(f"{url}/domains", json={"domains": ["example.org"]})
    assert refused.status_code == 409 and refused.json()["code"] == "batch_sealed"


async def test_the_same_key_and_request_make_one_batch(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/batches", json={"domains": LIST}, headers=headers)
    again = await client.post("/batches", json={"domains": LIST}, headers=headers)
    other = await client.post("/batches", json={"domains": ["example.net"]}, headers=headers)
    assert again.json() == first.json() and again.status_code == 201
    assert other.status_code == 409 and other.json()["code"] == "idempotency_conflict"
    assert len((await client.get("/batches")).json()["items"]) == 2


async def test_a_batch_is_paused_resumed_and_cancelled(client: httpx.AsyncClient) -> None:
    url = f"/batches/{(await submit(client))['id']}"
    assert (await client.post(f"{url}/pause")).json()["status"] == "paused"
    assert (await client.post(f"{url}/resume")).json()["status"] == "pending"
    assert (await client.post(f"{url}/cancel")).json()["status"] == "cancelled"
    refused = await client.post(f"{url}/resume")
    assert refused.status_code == 409 and refused.json()["code"] == "batch_cancelled"


async def test_a_batch_gets_another_name_and_priority(client: httpx.AsyncClient) -> None:
    url = f"/batches/{(await submit(client, name='old'))['id']}"
    changed = (await client.patch(url, json={"name": "new", "priority": -4})).json()
    assert (changed["name"], changed["priority"]) == ("new", -4)
    assert (await client.patch(url, json={})).status_code == 422


async def test_errors_of_one_kind_are_tried_again(client: httpx.AsyncClient, database: Database) -> None:
    names = ["a.example.com", "b.example.com", "c.example.com"]
    url = f"/batches/{(await submit(client, names))['id']}"
    await answer_all(database, errors={names[0]: "http_5xx", names[1]: "dns_not_found"})
    retried = (await client.post(f"{url}/retry", json={"error_kinds": ["http_5xx"]})).json()
    assert retried["retried"] == 1 and retried["complete"] is True
    batch = (await client.get(url)).json()
    assert batch["status"] == "processing" and batch["counts"]["pending"] == 1
    assert batch["errors_by_kind"] == {"dns_not_found": 1}


async def test_without_a_body_every_error_is_tried_again(
    client: httpx.AsyncClient, database: Database
) -> None:
    url = f"/batches/{(await submit(client, ['a.example.com', 'b.example.com']))['id']}"
    await answer_all(database, errors={"a.example.com": "http_5xx"})
    assert (await client.post(f"{url}/retry")).json()["retried"] == 1
    only_answered = await client.post(f"{url}/retry", json={"statuses": ["pending"]})
    assert only_answered.status_code == 422


async def test_throughput_counts_the_answers_of_each_minute(
    client: httpx.AsyncClient, database: Database
) -> None:
    made = await submit(client, ["a.example.com", "b.example.com"])
    await answer_all(database, errors={"b.example.com": "http_4xx"})
    items = (await client.get(f"/batches/{made['id']}/throughput")).json()["items"]
    assert (sum(one["completed"] for one in items), sum(one["error"] for one in items)) == (1, 1)


@pytest.mark.parametrize("verb", ["seal", "pause", "resume", "cancel", "retry"])
async def test_an_unknown_batch_is_not_found(client: httpx.AsyncClient, verb: str) -> None:
    response = await client.post(f"/batches/987654321/{verb}")
    assert response.status_code == 404 and response.json()["code"] == "batch_not_found"


async def test_the_inbox_can_be_neither_sealed_nor_cancelled(client: httpx.AsyncClient) -> None:
    for verb in ("seal", "cancel"):
        response = await client.post(f"/batches/1/{verb}")
        assert response.status_code == 409 and response.json()["code"] == "batch_standing"


async def test_an_empty_list_is_refused_in_words(client: httpx.AsyncClient) -> None:
    empty = await client.post("/batches", json={"domains": []})
    assert empty.status_code == 422 and empty.json()["code"] == "no_domains"
    junk = await client.post("/batches", json={"domains": ["localhost", "\0", "💥"]})
    assert junk.status_code == 422 and junk.json()["code"] == "no_domains"
    assert [one["value"] for one in junk.json()["rejected"]] == [
        "localhost",
        "\N{REPLACEMENT CHARACTER}",
        "💥",
    ]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"domains": [5]}', "1 field does not fit; body.domains.0: Input should be a valid string"),
        (b'{"domains": [', "1 field does not fit; body: no JSON from character 13 on: Expecting value"),
        (b'{"none": 1, "NameIn": 2}', "2 fields do not fit; body.none: Extra inputs are not permitted"),
    ],
)
async def test_a_misfit_is_told_by_the_names_that_the_client_knows(
    client: httpx.AsyncClient, body: bytes, detail: str
) -> None:
    answer = await client.post("/batches", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["detail"] == detail


async def test_a_wrong_choice_is_one_misfit(client: httpx.AsyncClient) -> None:
    (misfit,) = (await client.get("/batches", params={"status": "odd"})).json()["fields"]
    assert misfit["field"] == "query.status" and "'paused'" in misfit["message"]
