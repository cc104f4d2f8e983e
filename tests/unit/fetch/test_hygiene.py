"""Nothing grows with the number of domains seen: descriptors, tasks, sockets, memory of endpoints.

Caches of names, robots.txt and addresses have their bounds tested where they live.
bench/fetch_soak.py runs long.
"""

import asyncio
from ipaddress import ip_address

import psutil
import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.breaker import MAX_ENDPOINTS, Breaker
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.routes import Endpoint
from tests.support.eventually import eventually
from tests.support.hostile_server import HostileServer
from tests.support.time_wait import left_by_clients_of
from tests.unit.fetch.conftest import quick_settings

KINDS = (
    "good",
    "expired",
    "resets",
    "nevergzip",
    "badchunks",
    "longbody",
    "endless",
    "bigpicture",
    "shortbody",
)


async def test_descriptors_and_tasks_are_given_back_whatever_sites_do(server: HostileServer) -> None:
    process = psutil.Process()

    async def fetch_some(fetcher: Fetcher, start: int) -> None:
        names = [f"{KINDS[number % len(KINDS)]}{number}.example.com" for number in range(start, start + 45)]
        await asyncio.gather(*(fetcher.fetch(normalize_domain(name)) for name in names))

    async with Fetcher(quick_settings(server)) as fetcher:
        await fetch_some(fetcher, 0)
        most = process.num_fds()

        async def nothing_more_is_held() -> bool:
            return process.num_fds() <= most and not _tasks_of_the_client()

        for start in (100, 200, 300):
            await fetch_some(fetcher, start)
        await eventually(nothing_more_is_held)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_connection_is_left_in_time_wait_whoever_closes_first(
    server: HostileServer, scheme: str
) -> None:
    kinds = (*KINDS, "stays", "silent", "robotsdeny", "loop", "hangsup")
    urls = [f"{scheme}://{kind}{number}.example.com/" for kind in kinds for number in range(5)]
    async with Fetcher(quick_settings(server)) as fetcher:
        fetched = await asyncio.gather(*map(fetcher.fetch_page, urls))
    assert {found.http_status for found in fetched} >= {200, 302, None}
    assert left_by_clients_of((server.http, server.https)) == 0


def _tasks_of_the_client() -> list[str]:
    """What still runs beside this test and the server's handlers."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    return [repr(task) for task in others if "_Handler" not in repr(task.get_coro())]


def test_what_is_remembered_of_dead_endpoints_is_bounded() -> None:
    breaker = Breaker()
    for number in range(MAX_ENDPOINTS + 500):
        breaker.trip(Endpoint(ip_address(number + 2**27), 443), FetchError(ErrorKind.CONNECT_TIMEOUT, "dead"))
    assert len(breaker._failed) == MAX_ENDPOINTS
