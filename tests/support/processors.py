"""Processors as users might write them, good and bad; in settings `tests.support.processors:NAME`."""

import asyncio
from typing import Any


async def count_letters(report: dict[str, Any]) -> dict[str, int]:
    """Something useful."""
    return {"letters": len(report["title"])}


async def echo(report: dict[str, Any]) -> dict[str, Any]:
    """What it was given."""
    return report


async def nothing(_report: dict[str, Any]) -> None:
    """No result."""


async def fail(_report: dict[str, Any]) -> None:
    """A bug."""
    raise KeyError("price")


async def hang(_report: dict[str, Any]) -> None:
    """Never ends."""
    await asyncio.Event().wait()


async def hang_on(_report: dict[str, Any]) -> None:
    """Never ends, not even when told to."""
    for _ in range(100):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)


async def give_up(_report: dict[str, Any]) -> None:
    """Cancels itself."""
    raise asyncio.CancelledError


async def not_json(_report: dict[str, Any]) -> object:
    """Something that cannot be stored."""
    return object()


async def too_much(_report: dict[str, Any]) -> str:
    """More than may be stored."""
    return "x" * 300_000


def not_async(_report: dict[str, Any]) -> None:
    """An honest mistake."""


class Shop:
    """An object with an async call."""

    async def __call__(self, report: dict[str, Any]) -> str:
        """The domain in capitals."""
        return str(report["domain"]).upper()


shop = Shop()
