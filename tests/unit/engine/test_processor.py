"""The user's processor gets a report, gives JSON, and can harm nothing but its own domain's answer."""

import asyncio

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Fetched, Hop, Page, ScanOutcome
from domain_scheduler.engine.processor import ProcessorHook, load_processor
from domain_scheduler.errors import SettingsError

OUTCOME = ScanOutcome(
    domain="shop.example",
    duration_ms=31,
    fetched=Fetched(
        hops=(Hop(url="https://shop.example/", status=200, ip="192.0.2.1"),),
        final_url="https://shop.example/",
        http_status=200,
        details={"tls": {"version": "TLSv1.3"}},
    ),
    page=Page(title="Shop", emails=("a@shop.example",), details={"sources": {"title": "title"}}),
)


def hook(name: str, *, timeout: float = 5) -> ProcessorHook:
    return ProcessorHook(load_processor(f"tests.support.processors:{name}"), timeout=timeout)


async def test_its_result_is_kept_with_the_outcome() -> None:
    outcome = await hook("count_letters").apply(OUTCOME)
    assert (outcome.processor_result, outcome.error_kind, outcome.page) == (
        {"letters": 4},
        None,
        OUTCOME.page,
    )


async def test_it_gets_the_columns_of_a_result_row_and_the_details() -> None:
    report = (await hook("echo").apply(OUTCOME)).processor_result
    assert report["domain"] == "shop.example"
    assert report["title"] == "Shop"
    assert report["emails"] == ["a@shop.example"]
    assert report["redirects"] == [{"url": "https://shop.example/", "status": 200, "ip": "192.0.2.1"}]
    assert report["details"] == {"tls": {"version": "TLSv1.3"}, "sources": {"title": "title"}}
    assert (report["http_status"], report["duration_ms"]) == (200, 31)


async def test_an_object_with_an_async_call_will_do() -> None:
    assert (await hook("shop").apply(OUTCOME)).processor_result == "SHOP.EXAMPLE"


async def test_it_may_have_nothing_to_say() -> None:
    outcome = await hook("nothing").apply(OUTCOME)
    assert (outcome.processor_result, outcome.error_kind) == (None, None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fail", "KeyError: 'price'"),
        ("give_up", "the processor cancelled itself"),
        ("not_json", "cannot be stored as JSON"),
        ("too_much", "300,002 bytes"),
    ],
)
async def test_what_it_does_wrong_is_the_domains_error(name: str, message: str) -> None:
    outcome = await hook(name).apply(OUTCOME)
    assert outcome.error_kind is ErrorKind.PROCESSOR_FAILED
    assert message in (outcome.error_message or "")
    assert outcome.page is None


@pytest.mark.parametrize("name", ["hang", "hang_on"])
async def test_one_that_never_ends_is_timed_out(name: str) -> None:
    outcome = await hook(name, timeout=0.01).apply(OUTCOME)
    assert outcome.error_kind is ErrorKind.PROCESSOR_TIMEOUT
    assert outcome.error_message == "the processor took more than 0.01 s"


async def test_it_is_cancelled_with_its_domain() -> None:
    task = asyncio.create_task(hook("hang").apply(OUTCOME))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "name",
    ["", ":", "tests", "tests.support.processors", "tests.support.processors:", "no.such.module:f", "a b:c"],
)
def test_a_name_that_leads_nowhere_is_a_settings_error(name: str) -> None:
    with pytest.raises(SettingsError, match=r"cannot be loaded|async function"):
        load_processor(name)


@pytest.mark.parametrize("name", ["not_async", "Shop", "asyncio", "missing"])
def test_something_else_than_an_async_function_is_a_settings_error(name: str) -> None:
    with pytest.raises(SettingsError, match="processor"):
        load_processor(f"tests.support.processors:{name}")
