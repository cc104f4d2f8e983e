"""TLS that breaks at any moment has its kind, and leaves nothing behind: no complaint, no connection."""

import asyncio
import gc
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
import uvloop

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings
from tests.support.eventually import eventually
from tests.support.hostile_tls import BEHAVIOURS, hostile_tls
from tests.unit.fetch.conftest import QUICK

KINDS = {
    "good": None,
    "two-only": ErrorKind.TLS_HANDSHAKE_FAILED,
    "old-alert": ErrorKind.TLS_TOO_OLD,
    "older": ErrorKind.TLS_TOO_OLD,
    "babble": ErrorKind.TLS_HANDSHAKE_FAILED,
    "reset-at-once": ErrorKind.CONNECTION_RESET,
    "silent": ErrorKind.READ_TIMEOUT,
    "half-hello": ErrorKind.CONNECTION_RESET,
    "half-hello-and-silence": ErrorKind.READ_TIMEOUT,
    "corrupt-hello": ErrorKind.TLS_HANDSHAKE_FAILED,
    "reset-after-handshake": ErrorKind.CONNECTION_RESET,
    "close-after-handshake": ErrorKind.CONNECTION_RESET,
    "goodbye-after-handshake": ErrorKind.CONNECTION_RESET,
    "garbage-after-handshake": ErrorKind.CONNECTION_RESET,
    "alert-after-handshake": ErrorKind.CONNECTION_RESET,
    "garbage-in-body": ErrorKind.CONNECTION_RESET,
    "goodbye-in-body": None,
    "stall-in-body": ErrorKind.READ_TIMEOUT,
    "endless-body": None,
    "endless-head": ErrorKind.HEADERS_TOO_LARGE,
}
"""Behaviour -> its kind; the beginning of a page is a page."""

COUNT = 300
NAMES = [f"{prefix}{name}" for name in BEHAVIOURS for prefix in ("", "untrusted-")]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FetchSettings]:
    with hostile_tls(tmp_path_factory.mktemp("tls")) as (rules, ca_file):
        patient = {**QUICK, "response_timeout": 10.0, "budget": 30.0}
        yield FetchSettings(**{**patient, "connect_to": rules, "ca_file": ca_file, "robots": False})


def test_every_behaviour_is_tried() -> None:
    assert KINDS.keys() == BEHAVIOURS.keys()


@pytest.mark.parametrize("name", NAMES)
async def test_every_moment_has_its_kind(settings: FetchSettings, name: str) -> None:
    async with Fetcher(settings) as fetcher:
        fetched = await fetcher.fetch_page(f"https://{name}.example.com/")
    assert fetched.error_kind is KINDS[name.removeprefix("untrusted-")], fetched.error_message


async def all_closed(settings: FetchSettings) -> bool:
    """Whether this process has no connection to the hostile servers; what they hold does not count."""
    ports = {int(rule.rpartition(":")[2]) for rule in settings.connect_to}
    connections = psutil.Process().net_connections("tcp")
    return not any(each.raddr and each.raddr.port in ports for each in connections)


async def give_up_now_and_then(settings: FetchSettings, complaints: Counter[str]) -> None:
    """Asks all of them often and at once, and leaves some at a random moment."""

    def complain(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        complaints[f"{context['message']}: {context.get('exception')!r}"] += 1

    async def ask(fetcher: Fetcher, number: int) -> None:
        patience = None if number % 3 else random.random() / 2
        try:
            async with asyncio.timeout(patience):
                await fetcher.fetch_page(f"https://{NAMES[number % len(NAMES)]}.example.com/")
        except TimeoutError:
            pass

    asyncio.get_running_loop().set_exception_handler(complain)
    async with Fetcher(settings) as fetcher:
        await asyncio.gather(*(ask(fetcher, number) for number in range(COUNT)))
        gc.collect()
        await eventually(lambda: all_closed(settings))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # other tests' garbage
@pytest.mark.parametrize("run", [uvloop.run, asyncio.run], ids=["uvloop", "asyncio"])
@pytest.mark.parametrize("tls_timeout", [0.2, 5.0])
def test_what_is_given_up_leaves_nothing_behind(
    settings: FetchSettings, run: Any, tls_timeout: float
) -> None:
    """With little time most handshakes are given up in their middle; with enough, whatever comes after."""
    complaints: Counter[str] = Counter()
    impatient = settings.model_copy(update={"tls_timeout": tls_timeout})
    run(give_up_now_and_then(impatient, complaints))
    gc.collect()
    assert complaints == Counter()
