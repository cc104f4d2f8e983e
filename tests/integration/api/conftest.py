"""The API in this process, on a database of its own, without an engine: nothing moves by itself."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from domain_scheduler.api import create_app
from domain_scheduler.settings import ApiSettings, SchedulerSettings, Settings

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(database_url: str) -> Serve:
    """Serves the API with the given settings of its group; gives a client."""

    @asynccontextmanager
    async def serving(**api: Any) -> AsyncIterator[httpx.AsyncClient]:
        settings = Settings(
            database_url=SecretStr(database_url),
            api=ApiSettings(**api),
            scheduler=SchedulerSettings(enabled=False),
        )
        app = create_app(settings, with_engine=False)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v3") as client,
        ):
            yield client

    return serving


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API with its default settings."""
    async with serve() as opened:
        yield opened
