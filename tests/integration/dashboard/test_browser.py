"""The main path in a real browser: paste domains, see them answered; and no page breaks its own policy."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from pydantic import SecretStr

from domain_scheduler.service import create_service
from domain_scheduler.settings import ApiSettings, EngineSettings, FetchSettings, Settings
from tests.support.chromium import chromium_page
from tests.support.compiled_rules import with_compiled_rules
from tests.support.hostile_server import hostile_server

pytestmark = pytest.mark.slow


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[str]:
    """The whole service on a free port; gives its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_service(settings), log_level="warning", lifespan="on"))
        running = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


@pytest.fixture
async def service_url(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """A service whose web is a server on loopback."""
    async with hostile_server(tmp_path) as web:
        settings = Settings(
            database_url=SecretStr(database_url),
            data_dir=with_compiled_rules(tmp_path / "data"),
            api=ApiSettings(key=SecretStr("the right key")),
            fetch=FetchSettings(connect_to=web.connect_to, ca_file=web.ca_file),
            engine=EngineSettings(extract_processes=1, concurrency=8),
        )
        async with listening(settings) as url:
            yield url


async def test_pasted_domains_are_seen_answered(service_url: str) -> None:
    async with chromium_page() as page:
        await page.go(service_url)
        await page.until("location.pathname === '/login'")
        await page.run("document.querySelector('[name=key]').value = 'the right key'; 1")
        await page.run("document.querySelector('main form').requestSubmit()")
        await page.until("document.querySelector('textarea[name=domains]')")
        pasted = "a.example.com\\nb.example.com\\nstatus.404.example.com\\nlocalhost"
        await page.run(f"document.querySelector('textarea').value = '{pasted}'; 1")
        await page.run("document.querySelector('.submit').requestSubmit()")
        await page.until("location.pathname.startsWith('/batches/')")
        await page.until("document.querySelector('#live').innerText.includes('3 of 3 answered')")
        await page.until("document.querySelector('#live .badge.completed')")
        shown = await page.run("document.querySelector('#live').innerText")
        assert "2 completed" in shown and "1 error" in shown and "http_4xx" in shown
        assert "1 of the entries sent" in await page.run("document.body.innerText")

        await page.run("document.querySelector('[name=status]').value = 'error'; 1")
        await page.run(
            "document.querySelector('[name=status]').dispatchEvent(new Event('change', {bubbles: true}))"
        )
        await page.until("document.querySelectorAll('#domains tbody tr').length === 1")
        await page.until("document.querySelector('#pace canvas')")
        await page.resize(360, 800)
        await page.until(
            "document.querySelector('#pace canvas').clientWidth < 360"
            " && document.documentElement.scrollWidth <= 360"
        )
        await page.resize(1280, 800)
        await page.until("document.querySelector('#pace canvas').clientWidth > 700")

        await page.run("document.querySelector('[hx-post$=\"/retry\"]').click()")
        await page.until("document.querySelector('#live').innerText.includes('3 of 3 answered')")
        await page.run("document.querySelector('#domains tbody a').click()")
        await page.until("location.pathname.startsWith('/domains/') && document.querySelector('h1')")
        assert await page.run("document.querySelector('h1').innerText") == "status.404.example.com"
        for path in ("/scheduler", "/problems", "/"):
            await page.go(service_url + path)
            await page.until(
                f"location.pathname === '{path}' && document.querySelector('main').innerText.length > 20"
            )
        assert page.faults == []
