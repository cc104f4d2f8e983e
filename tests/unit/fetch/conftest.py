"""A hostile web server, and a way to fetch from it with limits that are short enough to wait for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from domain_scheduler.core.names import normalize_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings
from tests.support.hostile_server import HostileServer, hostile_server

QUICK: dict[str, Any] = {
    "connect_timeout": 1.0,
    "tls_timeout": 1.0,
    "first_byte_timeout": 1.0,
    "idle_timeout": 1.3,
    "response_timeout": 2.0,
    "budget": 10.0,
    "dns_timeout": 0.5,
}

Fetch = Callable[..., Awaitable[Fetched]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[HostileServer]:
    """A hostile server of this test's own."""
    async with hostile_server(tmp_path) as running:
        yield running


@pytest.fixture
def fetch(server: HostileServer) -> Fetch:
    """Fetches a name from the hostile server; settings may be given as keywords."""

    async def fetch_it(name: str, **changed: Any) -> Fetched:
        async with Fetcher(quick_settings(server, **changed)) as fetcher:
            return await fetcher.fetch(normalize_domain(name))

    return fetch_it


def quick_settings(server: HostileServer, **changed: Any) -> FetchSettings:
    """Settings that lead every host to `server` and have little patience."""
    return FetchSettings(**{"connect_to": server.connect_to, "ca_file": server.ca_file, **QUICK, **changed})
