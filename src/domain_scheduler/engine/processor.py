"""The user's own work per domain: an async function of the report, whose JSON is stored with the result.

It runs under the same lease, fence and retry rules as the scan. What it does wrong (raise, take too long,
return something that is not JSON or too large) is the domain's error, never the engine's.
Not here: when it runs (flight.py).
"""

import asyncio
import importlib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

import orjson

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.errors import SettingsError

Processor = Callable[[dict[str, Any]], Awaitable[Any]]
MAX_RESULT_BYTES: Final = 256 * 1024


def load_processor(name: str) -> Processor:
    """The async function that `package.module:function` names; raises SettingsError with what is wrong."""
    module_name, _, function_name = name.partition(":")
    try:
        found: object = importlib.import_module(module_name)
        for part in function_name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as exc:
        raise SettingsError(f"processor {name!r} cannot be loaded: {exc}") from exc
    if not callable(found) or not (_is_async(found) or _is_async(type(found).__call__)):
        raise SettingsError(f"processor {name!r} must be an async function of one argument, the report")
    return found


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function)


def report_of(outcome: ScanOutcome) -> dict[str, Any]:
    """The report as the processor gets it: the columns of a result row and `details`, JSON-ready."""
    fetched, page = outcome.fetched, outcome.page
    report: dict[str, Any] = asdict(page) if page is not None else {}
    report |= {
        "domain": outcome.domain,
        "http_status": fetched.http_status,
        "final_url": fetched.final_url,
        "redirects": [{"url": hop.url, "status": hop.status, "ip": hop.ip} for hop in fetched.hops],
        "details": {**fetched.details, **report.get("details", {})},
        "duration_ms": outcome.duration_ms,
    }
    copied: dict[str, Any] = orjson.loads(orjson.dumps(report, default=_plain))
    return copied


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


class ProcessorHook:
    """A processor with its bounds."""

    def __init__(self, processor: Processor, *, timeout: float) -> None:
        """`timeout` is seconds for one domain."""
        self._processor = processor
        self._timeout = timeout

    async def apply(self, outcome: ScanOutcome) -> ScanOutcome:
        """`outcome` with the processor's result, or the error that the processor made of it."""
        task = asyncio.ensure_future(self._run(report_of(outcome)))
        try:
            await asyncio.wait({task}, timeout=self._timeout)
        finally:
            task.cancel()
        if not task.done():
            task.add_done_callback(_retrieve)
            return _failed(
                outcome, ErrorKind.PROCESSOR_TIMEOUT, f"the processor took more than {self._timeout:g} s"
            )
        return _settled(outcome, task)

    async def _run(self, report: dict[str, Any]) -> Any:
        return await self._processor(report)


def _settled(outcome: ScanOutcome, task: "asyncio.Future[Any]") -> ScanOutcome:
    if task.cancelled():
        return _failed(outcome, ErrorKind.PROCESSOR_FAILED, "the processor cancelled itself")
    if (error := task.exception()) is not None:
        return _failed(outcome, ErrorKind.PROCESSOR_FAILED, f"{type(error).__name__}: {error}")
    try:
        encoded = orjson.dumps(task.result())
    except TypeError as exc:
        return _failed(
            outcome, ErrorKind.PROCESSOR_FAILED, f"the processor's result cannot be stored as JSON: {exc}"
        )
    if len(encoded) > MAX_RESULT_BYTES:
        size = f"{len(encoded):,} bytes of JSON, {MAX_RESULT_BYTES:,} may be"
        return _failed(outcome, ErrorKind.PROCESSOR_FAILED, f"the processor's result is too large: {size}")
    return replace(outcome, processor_result=orjson.loads(encoded))


def _failed(outcome: ScanOutcome, kind: ErrorKind, message: str) -> ScanOutcome:
    return replace(outcome, error_kind=kind, error_message=message, page=None)


def _retrieve(task: "asyncio.Future[Any]") -> None:
    """Look at a late end, so that nobody complains that it was never looked at."""
    if not task.cancelled():
        task.exception()
