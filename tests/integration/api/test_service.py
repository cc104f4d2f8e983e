"""The service around the batches: scheduler, passes, error kinds, health, metrics, guards."""

import asyncio

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from domain_scheduler.core.error_kinds import ErrorKind
from tests.integration.api.conftest import Serve
from tests.support.postgres import TestServer


async def test_a_pass_runs_on_request_and_is_listed(client: httpx.AsyncClient) -> None:
    await client.post("/batches", json={"domains": ["example.com"]})
    done = await client.post("/dev-tools/process-pending-domains")
    assert done.status_code == 200
    assert done.json()["cause"] == "request" and done.json()["found"]["pending"] == 1
    passes = (await client.get("/scheduler")).json()["passes"]
    assert passes[0]["id"] == done.json()["id"]


async def test_every_error_kind_is_explained(client: httpx.AsyncClient) -> None:
    items = (await client.get("/error-kinds")).json()["items"]
    assert [one["kind"] for one in items] == list(ErrorKind)
    assert all(one["meaning"] for one in items)
    assert all(one["transient"] == (one["retry"]["retries"] > 0 or one["retry"]["puts_off"]) for one in items)


async def test_the_service_is_live_and_ready(client: httpx.AsyncClient) -> None:
    live = await client.get("http://localhost/health/live")
    ready = await client.get("http://localhost/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()["status"]) == (200, "ready"), ready.text


async def test_metrics_are_served_as_text(client: httpx.AsyncClient) -> None:
    response = await client.get("http://localhost/metrics")
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/plain")
    assert "domain_scheduler_drift" in response.text


async def test_a_key_guards_everything_but_health(serve: Serve) -> None:
    async with serve(key=SecretStr("right")) as client:
        refused = await client.get("/batches")
        assert refused.status_code == 401 and refused.json()["code"] == "api_key_invalid"
        assert refused.headers["www-authenticate"] == "Bearer"
        assert (await client.get("http://localhost/metrics")).status_code == 401
        assert (await client.get("http://localhost/health/ready")).status_code == 200
        assert (await client.get("/batches", headers={"X-API-Key": "right"})).status_code == 200
        assert (await client.get("/batches", headers={"Authorization": "Bearer right"})).status_code == 200


async def test_a_foreign_host_name_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/batches", headers={"Host": "rebound.example"})
    assert response.status_code == 403 and response.json()["code"] == "host_refused"


async def test_a_foreign_page_cannot_submit(client: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    response = await client.post("/batches", json={"domains": ["example.com"]}, headers=headers)
    assert response.status_code == 403 and response.json()["code"] == "cross_site_refused"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nothing", 404, "path_unknown"), ("DELETE", "/batches", 405, "method_not_allowed")],
)
async def test_unknown_paths_and_methods_are_problems(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_unexpected_fault_tells_nothing_of_itself(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("domain_scheduler.api.batches.store.get_batch", fail)
    response = await client.get("/batches/1")
    assert response.status_code == 500 and response.json()["code"] == "unexpected_error"
    assert "secret" not in response.text


async def test_an_outage_of_the_database_says_when_to_come_back(
    client: httpx.AsyncClient, postgres_server: TestServer, database_url: str
) -> None:
    name = make_url(database_url).database
    assert name is not None
    await asyncio.to_thread(postgres_server.drop_database, name)
    response = await client.get("/batches")
    assert response.status_code == 503 and response.json()["code"] == "database_unavailable"
    assert response.headers["retry-after"] == "5"
    assert (await client.get("http://localhost/health/live")).status_code == 200
    ready = await client.get("http://localhost/health/ready")
    assert ready.status_code == 503 and "database" in ready.json()["checks"]["database"]
