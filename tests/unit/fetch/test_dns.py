"""Looking names up: what each answer means, how long it is believed, and what bounds it."""

import asyncio
import time
from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any
from unittest.mock import Mock

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch import dns as dns_module
from domain_scheduler.scan.fetch.dns import Dns
from domain_scheduler.scan.fetch.failures import FetchError
from tests.support.dns_stub import DnsStub, dns_stub
from tests.support.eventually import eventually

TABLE: dict[str, Any] = {
    "both.example.com": ["A 192.0.2.1", "A 192.0.2.2", "AAAA 2001:db8::1"],
    "four.example.com": ["A 192.0.2.1"],
    "six.example.com": ["AAAA 2001:db8::1"],
    "alias.example.com": ["CNAME shop.example.net", "A 192.0.2.9"],
    "none.example.com": ["MX 10 mail.example.com"],
    "servfail.example.com": "servfail",
    "refused.example.com": "refused",
    "silent.example.com": "silence",
    "garbage.example.com": "garbage",
    "large.example.com": ["truncated", *(f"A 192.0.2.{number}" for number in range(1, 200))],
    "huge.example.com": [
        "truncated",
        *(f"A 192.{number >> 8}.{number & 255}.1" for number in range(1_000)),
        *(f"TXT text {number}" for number in range(1_000)),
    ],
    "winding.example.com": [*(f"CNAME host{number}.example.net" for number in range(15)), "A 192.0.2.1"],
    "mail.example.com": ["MX 20 b.example.net", "MX 10 a.example.net", "NS ns1.example.net"],
    "circle.example.com": ["CNAME circle.example.com"],
    "dangling.example.com": ["CNAME nowhere.example.net"],
    "wrongid.example.com": "wrongid",
    "wrongname.example.com": "wrongname",
    "nomail.example.com": ["MX 0 ."],
    "texts.example.com": ["TXT v=spf1 include:_spf.example.net", "SOA ns1.example.net"],
}


@pytest.fixture
async def stub() -> AsyncIterator[DnsStub]:
    async with dns_stub(TABLE) as running:
        yield running


@pytest.fixture
async def dns(stub: DnsStub) -> AsyncIterator[Dns]:
    """Patient enough for a busy machine, where nobody is silent."""
    resolver = Dns(servers=[stub.address], timeout=5)
    yield resolver
    await resolver.close()


@pytest.fixture
async def impatient(stub: DnsStub) -> AsyncIterator[Dns]:
    resolver = Dns(servers=[stub.address], timeout=0.3)
    yield resolver
    await resolver.close()


async def test_a_name_has_the_addresses_of_both_families_in_order(dns: Dns) -> None:
    found = await dns.addresses("both.example.com")
    assert found.v4 == (ip_address("192.0.2.1"), ip_address("192.0.2.2"))
    assert found.v6 == (ip_address("2001:db8::1"),)


@pytest.mark.parametrize("name", ["four.example.com", "six.example.com"])
async def test_one_family_is_enough(dns: Dns, name: str) -> None:
    found = await dns.addresses(name)
    assert len(found.v4) + len(found.v6) == 1


async def test_aliases_are_kept_for_the_report(dns: Dns) -> None:
    assert (await dns.addresses("alias.example.com")).aliases == ("shop.example.net",)


async def test_an_answer_too_large_for_udp_is_asked_for_over_tcp(dns: Dns) -> None:
    assert (await dns.addresses("large.example.com")).v4[0] == ip_address("192.0.2.1")


async def test_of_an_answer_with_a_thousand_records_few_are_kept(dns: Dns) -> None:
    assert len((await dns.addresses("huge.example.com")).v4) == dns_module.MAX_RECORDS
    assert len(await dns.records("huge.example.com", "TXT")) == dns_module.MAX_RECORDS
    kept = [len(answer.records) for _, answer in dns._cache.values()]
    assert max(kept) == dns_module.MAX_KEPT


async def test_aliases_do_not_crowd_out_the_addresses_behind_them(dns: Dns) -> None:
    found = await dns.addresses("winding.example.com")
    assert (len(found.aliases), found.v4) == (15, (ip_address("192.0.2.1"),))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("missing.example.com", ErrorKind.DNS_NOT_FOUND),
        ("none.example.com", ErrorKind.DNS_NO_ADDRESS),
        ("servfail.example.com", ErrorKind.DNS_SERVFAIL),
        ("refused.example.com", ErrorKind.DNS_SERVFAIL),
        ("garbage.example.com", ErrorKind.DNS_SERVFAIL),
        ("circle.example.com", ErrorKind.DNS_NO_ADDRESS),
        ("dangling.example.com", ErrorKind.DNS_NO_ADDRESS),
        ("a" * 64 + ".example.com", ErrorKind.DNS_NOT_FOUND),
    ],
)
async def test_every_way_of_having_no_address_has_its_kind(dns: Dns, name: str, kind: ErrorKind) -> None:
    with pytest.raises(FetchError) as failed:
        await dns.addresses(name)
    assert failed.value.kind is kind
    assert name in failed.value.message


@pytest.mark.parametrize("name", ["silent.example.com", "wrongid.example.com", "wrongname.example.com"])
async def test_what_answers_nothing_that_was_asked_is_silence(impatient: Dns, name: str) -> None:
    with pytest.raises(FetchError, match=name) as failed:
        await impatient.addresses(name)
    assert failed.value.kind is ErrorKind.DNS_TIMEOUT


async def test_silence_is_asked_twice_and_then_given_up(impatient: Dns, stub: DnsStub) -> None:
    async with asyncio.timeout(10):
        with pytest.raises(FetchError):
            await impatient.addresses("silent.example.com")
    # a third packet leaves 0.3 s after the end, and before it where the machine is busy
    assert 2 <= stub.asked["silent.example.com", "A"] <= 3


@pytest.mark.parametrize("seconds", [0.5, 1.2])
async def test_a_resolver_that_is_quick_as_a_rule_may_take_its_time_for_a_rare_name(
    stub: DnsStub, seconds: float
) -> None:
    """c-ares would give up after 250 ms, since it has learned that this server answers in one."""
    stub.table["*.example.org"] = ["A 192.0.2.1"]
    stub.table["rare.example.com"] = [f"late {seconds}", "A 192.0.2.1"]
    dns = Dns(servers=[stub.address], timeout=3)
    for number in range(10):
        await dns.addresses(f"n{number}.example.org")
    assert (await dns.addresses("rare.example.com")).v4
    assert stub.asked["rare.example.com", "A"] <= 4, "each packet waits twice as long as the one before"
    await dns.close()


async def test_silence_on_one_family_does_not_keep_the_other_waiting(
    stub: DnsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_module, "AAAA_PATIENCE", 0.1)
    stub.table["four.example.com"] = ["silence AAAA", "A 192.0.2.1"]
    stub.table["six.example.com"] = ["silence A", "AAAA 2001:db8::1"]
    dns = Dns(servers=[stub.address], timeout=30)
    async with asyncio.timeout(20):
        assert (await dns.addresses("four.example.com")).v4
    await dns.close()
    dns = Dns(servers=[stub.address], timeout=0.3)
    assert (await dns.addresses("six.example.com")).v6, "only IPv4 is preferred to a quick end"
    await dns.close()


async def test_questions_in_flight_are_bounded(stub: DnsStub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine silent names, three at a time, take three times as long as one."""
    monkeypatch.setattr(dns_module, "MAX_IN_FLIGHT", 3)
    stub.table["*"] = "silence"
    dns = Dns(servers=[stub.address], timeout=0.1)
    started = time.monotonic()
    await asyncio.gather(*(dns.records(f"n{number}.example.org", "NS") for number in range(9)))
    assert time.monotonic() - started >= 3 * 0.2
    await dns.close()


async def test_mail_and_name_servers_are_text_in_order(dns: Dns) -> None:
    assert await dns.records("mail.example.com", "MX") == ["10 a.example.net", "20 b.example.net"]
    assert await dns.records("mail.example.com", "NS") == ["ns1.example.net"]
    assert await dns.records("missing.example.com", "NS") == []
    assert await dns.records("nomail.example.com", "MX") == ["0 ."]


async def test_texts_and_the_first_name_server_are_read(dns: Dns) -> None:
    assert await dns.records("texts.example.com", "TXT") == ["v=spf1 include:_spf.example.net"]
    assert await dns.records("texts.example.com", "SOA") == ["ns1.example.net"]


async def test_an_answer_is_asked_for_once_while_it_lasts(dns: Dns, stub: DnsStub) -> None:
    await asyncio.gather(*(dns.addresses("four.example.com") for _ in range(50)))
    await dns.addresses("four.example.com")
    assert stub.asked["four.example.com", "A"] == 1


async def test_a_denial_is_believed_for_a_while_too(dns: Dns, stub: DnsStub) -> None:
    for _ in range(3):
        with pytest.raises(FetchError):
            await dns.addresses("missing.example.com")
    assert stub.asked["missing.example.com", "A"] == 1


@pytest.mark.parametrize(
    ("name", "ttl", "lasts"),
    [
        ("four.example.com", 0, dns_module.MIN_TTL),
        ("four.example.com", 100, 100),
        ("four.example.com", 10**6, dns_module.MAX_TTL),
        ("missing.example.com", 100, dns_module.NEGATIVE_TTL),
        ("none.example.com", 100, dns_module.NEGATIVE_TTL),
        ("dangling.example.com", 10**6, dns_module.NEGATIVE_TTL),
        ("servfail.example.com", 100, dns_module.FAILURE_TTL),
        ("silent.example.com", 100, dns_module.FAILURE_TTL),
    ],
)
async def test_an_answer_lasts_as_long_as_it_says_within_bounds(
    stub: DnsStub, monkeypatch: pytest.MonkeyPatch, name: str, ttl: int, lasts: float
) -> None:
    stub.ttl = ttl
    now = [1_000.0]
    monkeypatch.setattr(dns_module, "time", Mock(monotonic=lambda: now[0]))
    patience = 0.3 if name == "silent.example.com" else 5
    dns = Dns(servers=[stub.address], timeout=patience)
    await dns.records(name, "A")
    asked = stub.asked[name, "A"]
    later = Dns(servers=[stub.address], timeout=patience)  # c-ares has a cache and a clock of its own
    later._cache = dns._cache
    now[0] += lasts - 1
    await later.records(name, "A")
    assert stub.asked[name, "A"] == asked
    now[0] += 2
    await later.records(name, "A")
    assert stub.asked[name, "A"] > asked
    await later.close()
    await dns.close()


async def test_an_answer_is_asked_for_again_when_its_time_is_over(
    stub: DnsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_module, "MIN_TTL", 0.0)
    stub.ttl = 0
    dns = Dns(servers=[stub.address], timeout=5)
    assert (await dns.addresses("four.example.com")).v4 == (ip_address("192.0.2.1"),)
    stub.table["four.example.com"] = ["A 192.0.2.7"]
    assert (await dns.addresses("four.example.com")).v4 == (ip_address("192.0.2.7"),)
    await dns.close()


async def test_the_caches_are_bounded(stub: DnsStub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours in number; the one inside c-ares by being emptied, seen by a question that comes again."""
    monkeypatch.setattr(dns_module, "CACHE_SIZE", 10)
    monkeypatch.setattr(dns_module, "FLUSH_AFTER", 40)
    stub.table["*.example.org"] = ["A 192.0.2.1"]
    dns = Dns(servers=[stub.address], timeout=5)
    await dns.addresses("first.example.org")
    for number in range(30):
        await dns.addresses(f"n{number}.example.org")
    assert len(dns._cache) == 10
    asked = stub.asked["first.example.org", "A"]

    async def is_asked_again() -> bool:  # c-ares empties its cache in a thread of its own, which may be late
        dns._cache.clear()
        await dns.addresses("first.example.org")
        return stub.asked["first.example.org", "A"] > asked

    await eventually(is_asked_again)
    await dns.close()


async def test_one_who_gives_up_does_not_take_the_answer_from_the_others(dns: Dns, stub: DnsStub) -> None:
    first = asyncio.create_task(dns.addresses("four.example.com"))
    second = asyncio.create_task(dns.addresses("four.example.com"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).v4
    assert stub.asked["four.example.com", "A"] == 1
