"""The whole service in this process, without an engine, as a browser sees it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from domain_scheduler.service import create_service
from domain_scheduler.settings import ApiSettings, SchedulerSettings, Settings

Browse = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def browse(database_url: str) -> Browse:
    """Serves everything with the given settings of the API; gives a client that asks for HTML."""

    @asynccontextmanager
    async def browsing(**api: Any) -> AsyncIterator[httpx.AsyncClient]:
        settings = Settings(
            database_url=SecretStr(database_url),
            api=ApiSettings(**api),
            scheduler=SchedulerSettings(enabled=False),
        )
        app = create_service(settings, with_engine=False)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client,
        ):
            yield client

    return browsing


@pytest.fixture
async def browser(browse: Browse) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the service with its default settings."""
    async with browse() as opened:
        yield opened
