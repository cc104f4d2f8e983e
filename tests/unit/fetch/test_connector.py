"""The last moment: the connector asks the guard itself, whoever granted the connection."""

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.guard import IPAddress
from domain_scheduler.scan.fetch.routes import Endpoint, Route, Routes
from domain_scheduler.scan.fetch.urls import plain_address
from domain_scheduler.settings import FetchSettings
from tests.support.traps import attempted_connections, trap


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"])
async def test_a_private_endpoint_gets_no_socket_even_if_a_route_leads_there(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    private: IPAddress | None = plain_address(address)
    assert private is not None
    async with trap() as caught:

        async def find(*_: object, **__: object) -> Route:
            return Route((Endpoint(private, caught.port),))

        monkeypatch.setattr(Routes, "find", find)
        with attempted_connections() as attempts:
            async with Fetcher(FetchSettings(robots=False)) as fetcher:
                fetched = await fetcher.download("http://site.example.com/")
        assert caught.connections == 0
    assert attempts == []
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS
