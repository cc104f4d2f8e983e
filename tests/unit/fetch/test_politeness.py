"""Politeness, seen from the servers: how many connections and requests came to one address, and when."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from heapq import heappop, heappush
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch import Fetcher, politeness
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.politeness import Limits, Politeness, neighbourhood
from domain_scheduler.settings import FetchSettings
from tests.support.dns_stub import dns_stub
from tests.support.hostile_server import HostileServer, Seen, hostile_server
from tests.unit.fetch.conftest import QUICK

ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.1.1"]


@pytest.fixture
async def shared_host(tmp_path: Path) -> AsyncIterator[HostileServer]:
    """A hoster's machines: two in one neighbourhood and one in another."""
    async with hostile_server(tmp_path, addresses=ADDRESSES) as running:
        yield running


async def fetch_all(
    server: HostileServer, where: Sequence[str], *, at_once: int = 100, **changed: Any
) -> list[Fetched]:
    """Fetches as many names as `where` has addresses, `at_once` at a time, each from its address."""
    table = {f"site{number}.example.com": [f"A {address}"] for number, address in enumerate(where)}
    async with dns_stub(table) as dns:
        settings = FetchSettings(
            **{
                **QUICK,
                "connect_to": server.port_only,
                "ca_file": server.ca_file,
                "allow_networks": "127.0.0.0/8",
                "resolvers": dns.address,
                "dns_records": False,
                "dns_timeout": 5.0,
                "robots": False,
                **changed,
            }
        )
        turns = asyncio.Semaphore(at_once)

        async def fetch(name: str) -> Fetched:
            async with turns:
                return await fetcher.fetch(normalize_domain(name))

        async with Fetcher(settings) as fetcher:
            return await asyncio.gather(*map(fetch, table))


def most_at_once(log: Sequence[Seen]) -> int:
    events = sorted([(seen.opened, 1) for seen in log] + [(seen.closed, -1) for seen in log])
    at_once = most = 0
    for _, change in events:
        at_once += change
        most = max(most, at_once)
    return most


def most_in_a_second(log: Sequence[Seen]) -> int:
    # a busy loop notes a connection late, and the next one right after it
    second = 0.8
    moments = sorted(seen.opened for seen in log)
    return max(sum(start <= moment < start + second for moment in moments) for start in moments)


async def test_one_address_sees_two_connections_at_most(shared_host: HostileServer) -> None:
    fetched = await fetch_all(
        shared_host, ["127.0.0.1"] * 30 + ["127.0.1.1"] * 30, address_rate=1000, group_rate=1000
    )
    assert {found.error_kind for found in fetched} == {None}
    for address in ("127.0.0.1", "127.0.1.1"):
        log = [seen for seen in shared_host.log if seen.address == address]
        assert len(log) == 30
        assert most_at_once(log) <= 2


async def test_one_address_sees_no_more_requests_a_second_than_allowed(shared_host: HostileServer) -> None:
    fetched = await fetch_all(shared_host, ["127.0.0.1"] * 12, address_rate=5, burst=3)
    assert {found.error_kind for found in fetched} == {None}
    assert most_in_a_second(shared_host.log) <= 3 + 5
    lasted = shared_host.log[-1].opened - shared_host.log[0].opened
    assert lasted >= (12 - 3) / 5 * 0.8  # the first connections take their time to be made


async def test_neighbours_share_the_rate_of_their_group(shared_host: HostileServer) -> None:
    where = ["127.0.0.1", "127.0.0.2"] * 6
    await fetch_all(shared_host, where, address_rate=1000, group_rate=5, burst=3)
    assert most_in_a_second(shared_host.log) <= 3 + 5


async def test_a_crowded_address_does_not_stop_the_others(shared_host: HostileServer) -> None:
    """Far too many for one address: those that cannot be served soon are put off, in the order of turns."""
    where = ["127.0.0.1"] * 40 + ["127.0.1.1"]
    started = time.monotonic()
    *crowd, other = await fetch_all(
        shared_host, where, address_rate=10, group_rate=1000, burst=1, patience=0.5
    )
    assert time.monotonic() - started < 5
    assert other.error_kind is None
    busy = [found for found in crowd if found.error_kind is ErrorKind.ADDRESS_BUSY]
    served = [found for found in crowd if found.error_kind is None]
    assert len(busy) + len(served) == 40
    assert served
    waits = sorted(found.retry_after or 0 for found in busy)
    assert all(later - sooner > 0.05 for sooner, later in pairwise(waits))


async def test_other_domains_move_on_at_once_while_a_crowd_waits_for_its_address(
    shared_host: HostileServer,
) -> None:
    """Twenty workers, as an engine has them, and the others come last: the crowd takes no worker for long."""
    where = ["127.0.0.1"] * 1_000 + ["127.0.1.1"] * 3
    started = time.monotonic()
    fetched = await fetch_all(
        shared_host, where, at_once=20, address_rate=5, group_rate=1000, burst=5, patience=1.0
    )
    assert {found.error_kind for found in fetched[1_000:]} == {None}
    assert {found.error_kind for found in fetched[:1_000]} == {None, ErrorKind.ADDRESS_BUSY}
    log = [seen for seen in shared_host.log if seen.address == "127.0.0.1"]
    assert most_at_once(log) <= 2
    assert most_in_a_second(log) <= 5 + 5
    assert time.monotonic() - started < 20  # if each waited for its second in vain: 50


async def test_an_address_that_says_too_many_slows_its_neighbourhood(shared_host: HostileServer) -> None:
    shared_host.answer("site0.example.com", "/", 429, retry_after="30")
    first, *_ = await fetch_all(shared_host, ["127.0.0.1"])
    assert first.error_kind is ErrorKind.HTTP_429
    assert first.retry_after == 30


async def test_a_trusted_target_is_asked_without_limits(shared_host: HostileServer) -> None:
    connect_to = (f":80:127.0.0.1:{shared_host.http}", f":443:127.0.0.1:{shared_host.https}")
    fetched = await fetch_all(
        shared_host, ["127.0.0.1"] * 40, connect_to=connect_to, address_rate=0.1, burst=1
    )
    assert {found.error_kind for found in fetched} == {None}


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def wait_of(polite: Politeness, address: str) -> float:
    """The seconds that a request would be told to come back after; 0 when it is served."""
    try:
        async with polite.turn(ip_address(address)):
            return 0.0
    except FetchError as failure:
        return failure.retry_after or 0.0


def waits_of(polite: Politeness, address: str, count: int) -> list[float]:
    """The same for `count` requests in a row."""

    async def ask() -> list[float]:
        return [await wait_of(polite, address) for _ in range(count)]

    return asyncio.run(ask())


def test_those_put_off_come_back_one_after_the_other() -> None:
    polite = Politeness(Limits(address_rate=2, burst=1, patience=0), clock=Clock())
    assert waits_of(polite, "192.0.2.1", 4) == [0.0, 1.0, 1.5, 2.0]


def test_a_slowed_neighbourhood_is_asked_four_times_slower_until_its_time_is_over() -> None:
    clock = Clock()
    polite = Politeness(Limits(address_rate=2, group_rate=2, burst=1, patience=0), clock=clock)
    polite.slow_down(ip_address("192.0.2.1"), 120)
    assert waits_of(polite, "192.0.2.9", 2) == [0.0, 4.0]
    assert waits_of(polite, "192.0.3.9", 2) == [0.0, 1.0]
    clock.now += 121
    assert waits_of(polite, "192.0.2.10", 2) == [0.0, 1.0]


def test_a_429_ends_a_burst_and_slows_for_as_long_as_retry_after_says() -> None:
    clock = Clock()
    polite = Politeness(Limits(address_rate=2, group_rate=2, burst=10, patience=0), clock=clock)
    polite.slow_down(ip_address("192.0.2.1"), 300)
    assert waits_of(polite, "192.0.2.1", 3) == [0.0, 8.5, 10.5]
    clock.now += 299
    assert waits_of(polite, "192.0.2.1", 4)[-1] > 0
    clock.now += 60
    assert waits_of(polite, "192.0.2.1", 10) == [0.0] * 10


@pytest.mark.parametrize(("asked", "lasts"), [(None, 60), (1.0, 60), (300.0, 300), (1e9, 600)])
def test_a_neighbourhood_stays_slow_for_a_minute_at_least_and_ten_at_most(
    asked: float | None, lasts: float
) -> None:
    clock = Clock()
    polite = Politeness(Limits(), clock=clock)
    polite.slow_down(ip_address("192.0.2.1"), asked)
    assert {lane.slow_until - clock.now for lane in polite._lanes.values()} == {lasts}


def test_no_wait_is_longer_than_ten_minutes() -> None:
    polite = Politeness(Limits(address_rate=0.001, burst=1, patience=0), clock=Clock())
    assert all(300 <= wait <= 600 for wait in waits_of(polite, "192.0.2.1", 50)[1:])


def test_turns_that_nobody_comes_for_are_given_anew() -> None:
    """A batch of a thousand behind one address is cancelled: the next finds the address free."""
    clock = Clock()
    polite = Politeness(Limits(address_rate=4, burst=1, patience=0), clock=clock)
    assert waits_of(polite, "192.0.2.1", 1_000)[-1] > 200
    clock.now += 31
    assert waits_of(polite, "192.0.2.1", 4) == [0.0, 0.5, 0.75, 1.0]


def test_turns_stay_given_while_somebody_comes() -> None:
    clock = Clock()
    polite = Politeness(Limits(address_rate=4, burst=1, patience=0), clock=clock)
    waits_of(polite, "192.0.2.1", 1_000)
    for _ in range(40):
        clock.now += 1
        assert waits_of(polite, "192.0.2.1", 1) == [0.0]
    assert waits_of(polite, "192.0.2.1", 1)[0] > 200


async def test_ten_thousand_behind_one_address_are_all_served_at_its_pace() -> None:
    """Each comes back when it was told to; none of the address's turns is lost, and none given twice."""
    clock = Clock()
    polite = Politeness(Limits(address_rate=4, burst=20, patience=0), clock=clock)
    start = clock.now
    coming = [(start, number) for number in range(10_000)]
    served: list[float] = []
    most_visits = Counter[int]()
    while coming:
        moment, number = heappop(coming)
        clock.now = max(clock.now, moment)
        most_visits[number] += 1
        if wait := await wait_of(polite, "192.0.2.1"):
            heappush(coming, (clock.now + wait, number))
        else:
            served.append(clock.now - start)
    in_a_second = Counter(int(moment) for moment in served)
    assert max(in_a_second.values()) <= 20 + 4
    assert served[-1] < 1.05 * 10_000 / 4
    assert max(most_visits.values()) < 15


async def test_what_is_remembered_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(politeness, "MAX_LANES", 100)
    clock = Clock()
    polite = Politeness(Limits(), clock=clock)
    for number in range(5_000):
        clock.now += 0.001
        async with polite.turn(ip_address(0x08000000 + number * 256)):
            pass
    assert len(polite._lanes) <= 110


def test_a_neighbourhood_is_a_24_or_a_48() -> None:
    assert neighbourhood(ip_address("192.0.2.1")) == neighbourhood(ip_address("192.0.2.254"))
    assert neighbourhood(ip_address("192.0.2.1")) != neighbourhood(ip_address("192.0.3.1"))
    assert neighbourhood(ip_address("2001:db8:1::1")) == neighbourhood(ip_address("2001:db8:1:ffff::1"))
    assert neighbourhood(ip_address("2001:db8:1::1")) != neighbourhood(ip_address("2001:db8:2::1"))
