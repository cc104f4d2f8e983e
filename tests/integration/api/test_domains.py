"""Domains over HTTP: in pages, one with everything that is known, and another try."""

import httpx

from domain_scheduler.core.report import Page
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.db.database import Database
from tests.integration.api.answering import answer_all

NAMES = [f"s{number}.example.com" for number in range(5)]


async def submitted(client: httpx.AsyncClient) -> str:
    return f"/batches/{(await client.post('/batches', json={'domains': NAMES})).json()['id']}"


async def test_every_domain_is_on_exactly_one_page(client: httpx.AsyncClient) -> None:
    url, seen, cursor = await submitted(client), [], None
    while True:
        parameters = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(f"{url}/domains", params=parameters)).json()
        seen += [one["domain"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == NAMES


async def test_domains_are_found_by_status_kind_and_text(
    client: httpx.AsyncClient, database: Database
) -> None:
    url = f"{await submitted(client)}/domains"
    await answer_all(database, errors={NAMES[1]: "http_4xx", NAMES[2]: "http_5xx"})

    async def found(**parameters: str) -> list[str]:
        return [one["domain"] for one in (await client.get(url, params=parameters)).json()["items"]]

    assert await found(status="error") == NAMES[1:3]
    assert await found(error_kind="http_5xx") == NAMES[2:3]
    assert await found(text="S3.") == NAMES[3:4]
    assert await found(status="pending") == []


async def test_a_domain_is_shown_with_result_and_attempts(
    client: httpx.AsyncClient, database: Database
) -> None:
    url = await submitted(client)
    page = Page(
        title="Hello",
        emails=("a@example.com",),
        social={"github": "https://github.com/x"},
        details={"k": [1]},
    )
    await answer_all(database, page=page)
    first = (await client.get(f"{url}/domains", params={"limit": 1})).json()["items"][0]
    assert set(RESULT_COLUMNS) < set(first)
    shown = (await client.get(f"/domains/{first['id']}")).json()
    assert shown["title"] == "Hello" and shown["emails"] == ["a@example.com"]
    assert shown["details"] == {"k": [1]} and shown["redirects"][0]["status"] == 200
    assert [one["attempt"] for one in shown["history"]] == [1]


async def test_a_domain_is_tried_again_and_keeps_its_history(
    client: httpx.AsyncClient, database: Database
) -> None:
    url = await submitted(client)
    await answer_all(database, errors={NAMES[0]: "http_5xx"})
    domain_id = (await client.get(f"{url}/domains")).json()["items"][0]["id"]
    retried = await client.post(f"/domains/{domain_id}/retry")
    assert retried.status_code == 200 and retried.json()["status"] == "pending"
    again = await client.post(f"/domains/{domain_id}/retry")
    assert again.status_code == 409 and again.json()["code"] == "conflict"
    await answer_all(database)
    shown = (await client.get(f"/domains/{domain_id}")).json()
    assert shown["status"] == "completed" and len(shown["history"]) == 2


async def test_an_unknown_domain_or_batch_is_not_found(client: httpx.AsyncClient) -> None:
    domain = await client.get("/domains/123456789")
    assert domain.status_code == 404 and domain.json()["code"] == "domain_not_found"
    batch = await client.get("/batches/123456789/domains")
    assert batch.status_code == 404 and batch.json()["code"] == "batch_not_found"
