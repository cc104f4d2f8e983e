"""The line to an extractor process, over a real pair of sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain_scheduler.engine.extractor_line import ExtractorLine, LineBrokenError
from domain_scheduler.engine.extractor_process import LENGTH


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[ExtractorLine, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A line and the streams at its other end."""
    ours, theirs = socket.socketpair()
    _, line = await asyncio.get_running_loop().create_unix_connection(ExtractorLine, sock=ours)
    reader, writer = await asyncio.open_unix_connection(sock=theirs)
    try:
        yield line, reader, writer
    finally:
        line.abort()
        writer.transport.abort()


async def test_an_answer_may_come_in_any_pieces() -> None:
    async with opened() as (line, reader, writer):
        for answer in (b"R", b"P" * 300_000):
            asked = asyncio.ensure_future(line.ask(b"page", seconds=60))
            assert await reader.readexactly(LENGTH.size + 4) == LENGTH.pack(4) + b"page"
            frame = LENGTH.pack(len(answer)) + answer
            for piece in (frame[:2], frame[2:5], frame[5:]):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            assert await asked == answer


@pytest.mark.parametrize("size", [0, 2**31])
async def test_a_size_that_no_answer_has_breaks_the_line(size: int) -> None:
    async with opened() as (line, _, writer):
        writer.write(LENGTH.pack(size))
        with pytest.raises(LineBrokenError, match=f"{size} bytes"):
            await line.ask(b"page", seconds=60)


async def test_who_asks_is_told_that_the_other_side_has_gone_at_once_or_later() -> None:
    async with opened() as (line, _, writer):
        asked = asyncio.ensure_future(line.ask(b"page", seconds=60))
        await asyncio.sleep(0)
        writer.transport.abort()
        for ask in (asked, line.ask(b"page", seconds=60)):
            with pytest.raises(LineBrokenError, match="died"):
                await ask


async def test_an_answer_that_does_not_come_is_not_waited_for_longer_than_allowed() -> None:
    async with opened() as (line, _, _), asyncio.timeout(30):
        with pytest.raises(TimeoutError):
            await line.ask(b"page", seconds=0.001)
