"""A client that reads slowly, or goes away, holds nothing of the database."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import Message

from domain_scheduler.api import create_app
from domain_scheduler.settings import SchedulerSettings, Settings


@pytest.fixture
def app(database_url: str) -> FastAPI:
    settings = Settings(database_url=SecretStr(database_url), scheduler=SchedulerSettings(enabled=False))
    return create_app(settings, with_engine=False)


async def submitted(app: FastAPI, count: int) -> int:
    names = [f"s{number}.example.com" for number in range(count)]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v3") as client:
        made: int = (await client.post("/batches", json={"domains": names})).json()["id"]
        return made


def scope(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"format=jsonl",
        "headers": [(b"host", b"localhost")],
        "http_version": "1.1",
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }


async def test_between_two_blocks_no_connection_is_held(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        batch_id = await submitted(app, 2_500)
        pool: Any = app.state.domain_scheduler.runtime.database.engine.pool
        held: list[int] = []
        blocks = bytearray()

        async def receive() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            held.append(pool.checkedout())
            blocks.extend(message.get("body", b""))

        await app(scope(f"/api/v3/batches/{batch_id}/results"), receive, send)
    assert bytes(blocks).count(b"\n") == 2_500
    assert len(held) > 3 and set(held) == {0}


async def test_a_reader_that_goes_away_ends_the_export(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        batch_id = await submitted(app, 2_500)
        pool: Any = app.state.domain_scheduler.runtime.database.engine.pool
        gone = asyncio.Event()
        bodies = 0

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal bodies
            bodies += message["type"] == "http.response.body"
            gone.set()
            await asyncio.sleep(0)

        await asyncio.wait_for(app(scope(f"/api/v3/batches/{batch_id}/results"), receive, send), 10)
        assert bodies < 4 and pool.checkedout() == 0
