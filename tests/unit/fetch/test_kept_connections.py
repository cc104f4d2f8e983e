"""A site's page comes on the connection of its robots.txt, and its redirects too, where that is safe."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings
from tests.support.certificates import Authority
from tests.support.dns_stub import dns_stub
from tests.unit.fetch.conftest import QUICK

NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<title>a page</title>"


@dataclass
class KeepingServer:
    """Answers many requests on a connection; `connections` holds what was asked on each."""

    ca_file: Path
    robots: bytes = NO_ROBOTS
    page: bytes = PAGE
    second_page: bytes = PAGE
    """What is answered in place of the page on a connection that was used before."""
    closes_after_robots: bool = False
    port: int = 0
    connections: list[list[str]] = field(default_factory=list)
    open: int = 0
    most_open: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked: list[str] = []
        self.connections.append(asked)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while not writer.is_closing():
                request = await reader.readuntil(b"\r\n\r\n")
                asked.append(request.split(b" ")[1].decode())
                self._answer(asked, writer)
                if b"\r\nconnection: close\r\n" in request.lower():
                    return
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.open -= 1
            writer.close()

    def _answer(self, asked: list[str], writer: asyncio.StreamWriter) -> None:
        if asked[-1] != "/robots.txt":
            writer.write(self.page if len(asked) == 1 else self.second_page)
        elif self.robots:
            writer.write(self.robots)
        if asked[-1] == "/robots.txt" and self.closes_after_robots:
            writer.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Signs the server's certificate."""
    return Authority(tmp_path)


@asynccontextmanager
async def serving(authority: Authority, **behaviour: Any) -> AsyncIterator[KeepingServer]:
    """The server over https, until the end of the block."""
    server = KeepingServer(authority.ca_file, **behaviour)
    listening = await asyncio.start_server(
        server, "127.0.0.1", 0, ssl=authority.context("*.example.com"), backlog=256
    )
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


async def fetch(server: KeepingServer, name: str = "site.example.com", **changed: Any) -> Fetched:
    """The page, and every connection closed."""
    connect_to = (f":443:127.0.0.1:{server.port}",)
    settings = FetchSettings(**{**QUICK, "connect_to": connect_to, "ca_file": server.ca_file, **changed})
    async with Fetcher(settings) as fetcher:
        return await fetcher.fetch(normalize_domain(name))


async def test_robots_and_page_come_on_one_connection(authority: Authority) -> None:
    async with serving(authority) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is None
    assert server.connections == [["/robots.txt", "/"]]
    assert set(fetched.details["timings"]) == {"connect", "tls", "first_byte"}
    assert fetched.details["tls"]["verified"] is True


async def test_a_connection_is_closed_after_the_page(authority: Authority) -> None:
    async with serving(authority) as server:
        settings = FetchSettings(
            **QUICK, connect_to=(f":443:127.0.0.1:{server.port}",), ca_file=server.ca_file
        )
        async with Fetcher(settings) as fetcher:
            for number in range(5):
                await fetcher.fetch(normalize_domain(f"site{number}.example.com"))
            again = await fetcher.fetch(normalize_domain("site0.example.com"))
    assert again.error_kind is None
    assert server.connections == [["/robots.txt", "/"]] * 5 + [["/"]]
    assert server.most_open <= 2


@pytest.mark.parametrize(
    "robots",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nno header\r\n\r\nnone",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone and more",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 40\r\n\r\nnone",
        NO_ROBOTS + PAGE,
    ],
    ids=["told to close", "HTTP/1.0", "two lengths", "mended", "too much", "too little", "a second answer"],
)
async def test_a_connection_in_doubt_is_not_used_again(authority: Authority, robots: bytes) -> None:
    async with serving(authority, robots=robots) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is None
    assert server.connections == [["/robots.txt"], ["/"]]


async def test_a_server_that_closes_without_a_word_is_asked_on_a_new_connection(authority: Authority) -> None:
    async with serving(authority, closes_after_robots=True) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is None
    assert server.connections == [["/robots.txt"], ["/"]]


async def test_nonsense_on_a_kept_connection_is_asked_once_more_on_a_new_one(authority: Authority) -> None:
    async with serving(authority, second_page=b"late words of robots.txt\r\n\r\n" + PAGE) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is None
    assert server.connections == [["/robots.txt", "/"], ["/"]]


async def test_nonsense_on_a_new_connection_is_not_asked_again(authority: Authority) -> None:
    nonsense = b"this is no HTTP\r\n\r\n"
    async with serving(authority, closes_after_robots=True, page=nonsense) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is ErrorKind.HTTP_INVALID
    assert ["/"] in server.connections
    assert server.connections.count(["/"]) == 1


async def test_redirects_are_followed_on_one_connection(authority: Authority) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /there\r\nContent-Length: 5\r\n\r\nmoved"
    async with serving(authority, second_page=moved) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is ErrorKind.REDIRECT_LOOP
    assert server.connections == [["/robots.txt", "/", "/there"]]


async def test_nonsense_on_a_new_connection_after_a_kept_one_is_not_asked_again(authority: Authority) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /there\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    nonsense = b"this is no HTTP\r\n\r\n"
    async with serving(authority, second_page=moved, page=nonsense) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is ErrorKind.HTTP_INVALID
    assert server.connections == [["/robots.txt", "/"], ["/there"]]


async def test_another_host_gets_its_own_connection_at_the_same_address(authority: Authority) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: https://other.example.com/there\r\nContent-Length: 0\r\n\r\n"
    async with serving(authority, second_page=moved) as server:
        fetched = await fetch(server)
    assert fetched.error_kind is ErrorKind.REDIRECT_LOOP
    assert server.connections == [["/robots.txt", "/"], ["/robots.txt", "/there"]]


@asynccontextmanager
async def crowding(server: KeepingServer, count: int, **changed: Any) -> AsyncIterator[list[Fetched]]:
    """As many sites fetched at once, all at one address that takes one connection at a time."""
    names = [f"site{number}.example.com" for number in range(count)]
    async with dns_stub({name: ["A 127.0.0.1"] for name in names}) as dns:
        settings = FetchSettings(
            **{
                **QUICK,
                "connect_to": (f":443::{server.port}",),
                "ca_file": server.ca_file,
                "allow_networks": "127.0.0.0/8",
                "resolvers": dns.address,
                "dns_records": False,
                "address_connections": 1,
                "address_rate": 1000,
                "group_rate": 1000,
                **changed,
            }
        )
        async with Fetcher(settings) as fetcher:
            yield await asyncio.gather(*(fetcher.fetch(normalize_domain(name)) for name in names))


async def test_kept_connections_count_among_those_of_their_address(authority: Authority) -> None:
    async with serving(authority) as server, crowding(server, 12) as found:
        assert {fetched.error_kind for fetched in found} == {None}
    assert server.connections == [["/robots.txt", "/"]] * 12
    assert server.most_open <= 2  # the server sees the end of one after the beginning of the next


async def test_a_site_that_closes_after_robots_keeps_its_place_at_a_crowded_address(
    authority: Authority,
) -> None:
    async with serving(authority, closes_after_robots=True) as server, crowding(server, 12) as found:
        assert {fetched.error_kind for fetched in found} == {None}
    assert server.connections == [["/robots.txt"], ["/"]] * 12
