"""Inside somebody's own application: three lines, and everything else of theirs stays theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import SecretStr

from domain_scheduler.api import domain_scheduler_lifespan, domain_scheduler_router
from domain_scheduler.settings import ApiSettings, SchedulerSettings, Settings

OWN_HOST = "http://shop.example"


@pytest.fixture
def own_settings(database_url: str) -> Settings:
    return Settings(database_url=SecretStr(database_url), scheduler=SchedulerSettings(enabled=False))


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=OWN_HOST) as client,
    ):
        yield client


async def test_three_lines_are_enough(own_settings: Settings) -> None:
    app = FastAPI(lifespan=domain_scheduler_lifespan(own_settings, with_engine=False))
    app.include_router(domain_scheduler_router, prefix="/scan")
    async with running(app) as client:
        made = await client.post("/scan/batches", json={"domains": ["example.com"]})
        assert made.status_code == 201 and made.headers["location"] == f"/scan/batches/{made.json()['id']}"
        assert (await client.get(made.headers["location"])).json()["counts"]["pending"] == 1


async def test_their_lifespan_enters_ours(own_settings: Settings) -> None:
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with domain_scheduler_lifespan(own_settings, with_engine=False)(app):
            events.append("started")
            yield
            events.append("stopped")

    app = FastAPI(lifespan=lifespan)
    app.include_router(domain_scheduler_router, prefix="/api/v3")
    async with running(app) as client:
        assert (await client.get("/api/v3/batches")).status_code == 200
    assert events == ["started", "stopped"]
    assert not hasattr(app.state, "domain_scheduler")


async def test_only_our_routes_answer_with_our_problems(own_settings: Settings) -> None:
    app = FastAPI(lifespan=domain_scheduler_lifespan(own_settings, with_engine=False))
    app.include_router(domain_scheduler_router, prefix="/scan")

    @app.get("/shop/{number}")
    async def shop(number: int) -> int:
        return number

    async with running(app) as client:
        ours = await client.get("/scan/batches/987654321")
        theirs = await client.get("/shop/x")
        unknown = await client.get("/nothing")
    assert ours.status_code == 404 and ours.headers["content-type"] == "application/problem+json"
    assert theirs.status_code == 422 and theirs.headers["content-type"] == "application/json"
    assert unknown.json() == {"detail": "Not Found"}


async def test_the_key_guards_our_routes_alone(own_settings: Settings) -> None:
    keyed = own_settings.model_copy(update={"api": ApiSettings(key=SecretStr("right"))})
    app = FastAPI(lifespan=domain_scheduler_lifespan(keyed, with_engine=False))
    app.include_router(domain_scheduler_router, prefix="/scan")

    @app.get("/shop")
    async def shop() -> str:
        return "open"

    async with running(app) as client:
        assert (await client.get("/scan/batches")).status_code == 401
        assert (await client.get("/scan/batches", headers={"X-API-Key": "right"})).status_code == 200
        assert (await client.get("/shop")).json() == "open"


async def test_their_own_guard_stands_before_our_routes(own_settings: Settings) -> None:
    def login(request: Request) -> None:
        if "their-session" not in request.cookies:
            raise HTTPException(status_code=418, detail="log in to the shop")

    app = FastAPI(lifespan=domain_scheduler_lifespan(own_settings, with_engine=False))
    app.include_router(domain_scheduler_router, prefix="/scan", dependencies=[Depends(login)])
    async with running(app) as client:
        refused = await client.get("/scan/batches")
        assert (refused.status_code, refused.json()) == (418, {"detail": "log in to the shop"})
        assert (await client.get("/scan/batches", headers={"Cookie": "their-session=1"})).status_code == 200


async def test_a_router_without_its_lifespan_says_what_is_missing() -> None:
    app = FastAPI()
    app.include_router(domain_scheduler_router, prefix="/scan")
    async with running(app) as client:
        response = await client.get("/scan/batches")
    assert response.status_code == 500 and response.json()["code"] == "settings_invalid"
    assert "domain_scheduler_lifespan" in response.json()["detail"]
