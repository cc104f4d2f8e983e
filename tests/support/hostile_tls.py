"""TLS servers that leave, lie or fall silent at every moment of a connection, byte by byte.

Each behaviour has two ports, one with a good certificate and one (`untrusted-...`) with one of nobody's. They
run in a thread of their own, so that what a client's event loop complains about is the client's.
Not here: what is wrong with certificates (certificates.py), HTTP that is wrong (hostile_server.py).
"""

import asyncio
import random
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from tests.support.certificates import Authority

_PAGE = b"<!doctype html><html><head><title>A good page</title></head></html>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
_NO_APPLICATION_PROTOCOL = bytes.fromhex("15030300020278")
_PROTOCOL_VERSION = bytes.fromhex("15030300020246")
_SSL_3_HELLO = bytes.fromhex("160300002a020000260300" + "00" * 32 + "00002f00")
_PLAIN_ALERT = bytes.fromhex("15030300020228")
_FOREVER = 3600


class Side:
    """The server's side of one connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext
    ) -> None:
        self.reader, self.writer = reader, writer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def first_flight(self) -> bytes:
        """What a good server would answer to the client's hello."""
        while not self._outgoing.pending:
            await self._step(self.tls.do_handshake)
        return self._outgoing.read()

    async def shake_hands(self) -> None:
        """The whole handshake."""
        while not await self._step(self.tls.do_handshake):
            await self.flush()
        await self.flush()

    async def request(self) -> None:
        """The handshake, and everything up to the end of a request's head."""
        await self.shake_hands()
        got = bytearray()
        while b"\r\n\r\n" not in got:
            await self._step(lambda: got.extend(self._read()))

    async def say(self, data: bytes) -> None:
        """Sends something encrypted."""
        self.tls.write(data)
        await self.flush()

    async def say_goodbye(self) -> None:
        """Sends the close of TLS."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        await self.flush()

    async def flush(self) -> None:
        """Sends what is ready, as long as somebody listens."""
        self.writer.write(self._outgoing.read())
        await self.writer.drain()
        await asyncio.sleep(0)
        if self.writer.is_closing():
            raise ConnectionError

    def _read(self) -> bytes:
        if not (data := self.tls.read(65536)):
            raise ConnectionError
        return data

    async def _step(self, action: Callable[[], object]) -> bool:
        """Whether it is done; if not, what it needed has come meanwhile."""
        try:
            action()
        except ssl.SSLWantReadError:
            if self._outgoing.pending:
                return False
            if not (data := await self.reader.read(65536)):
                raise ConnectionError from None
            self._incoming.write(data)
            return False
        return True


Behaviour = Callable[[Side], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(function: Behaviour) -> Behaviour:
    """Registers a function under its name, with hyphens."""
    BEHAVIOURS[function.__name__.replace("_", "-")] = function
    return function


def _instead_of_hello(data: bytes) -> Behaviour:
    async def answer(side: Side) -> None:
        await side.reader.read(1)
        side.writer.write(data)
        await side.reader.read()

    return answer


BEHAVIOURS["two-only"] = _instead_of_hello(_NO_APPLICATION_PROTOCOL)
BEHAVIOURS["old-alert"] = _instead_of_hello(_PROTOCOL_VERSION)
BEHAVIOURS["older"] = _instead_of_hello(_SSL_3_HELLO)
BEHAVIOURS["babble"] = _instead_of_hello(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@behaviour
async def good(side: Side) -> None:
    await side.request()
    await side.say(_HEAD % len(_PAGE) + _PAGE)
    await side.say_goodbye()


@behaviour
async def reset_at_once(side: Side) -> None:
    side.writer.transport.abort()


@behaviour
async def silent(side: Side) -> None:
    await side.reader.read()


@behaviour
async def half_hello(side: Side) -> None:
    flight = await side.first_flight()
    side.writer.write(flight[: len(flight) // 2])
    await side.writer.drain()
    side.writer.transport.abort()


@behaviour
async def half_hello_and_silence(side: Side) -> None:
    flight = await side.first_flight()
    side.writer.write(flight[: len(flight) // 2])
    await side.reader.read()


@behaviour
async def corrupt_hello(side: Side) -> None:
    flight = await side.first_flight()
    side.writer.write(flight[:200] + bytes(byte ^ 0x55 for byte in flight[200:260]) + flight[260:])
    await side.reader.read()


@behaviour
async def reset_after_handshake(side: Side) -> None:
    await side.shake_hands()
    side.writer.transport.abort()


@behaviour
async def close_after_handshake(side: Side) -> None:
    await side.shake_hands()


@behaviour
async def goodbye_after_handshake(side: Side) -> None:
    await side.shake_hands()
    await side.say_goodbye()
    await side.reader.read()


@behaviour
async def garbage_after_handshake(side: Side) -> None:
    await side.shake_hands()
    side.writer.write(b"\x17\x03\x03\x00\x20" + random.randbytes(32))
    await asyncio.sleep(_FOREVER)


@behaviour
async def alert_after_handshake(side: Side) -> None:
    await side.shake_hands()
    side.writer.write(_PLAIN_ALERT)
    await asyncio.sleep(_FOREVER)


@behaviour
async def garbage_in_body(side: Side) -> None:
    await side.request()
    await side.say(_HEAD % 100_000 + _PAGE)
    side.writer.write(b"\x17\x03\x03\x40\x20" + random.randbytes(0x4020))
    await asyncio.sleep(_FOREVER)


@behaviour
async def goodbye_in_body(side: Side) -> None:
    await side.request()
    await side.say(_HEAD % 100_000 + _PAGE)
    await side.say_goodbye()
    await asyncio.sleep(_FOREVER)


@behaviour
async def stall_in_body(side: Side) -> None:
    await side.request()
    await side.say(_HEAD % 100_000 + _PAGE)
    await asyncio.sleep(_FOREVER)


@behaviour
async def endless_body(side: Side) -> None:
    await side.request()
    await side.say(_HEAD % 10**12 + _PAGE)
    while True:
        await side.say(b"x" * 16_000)


@behaviour
async def endless_head(side: Side) -> None:
    await side.request()
    await side.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        await side.say(b"x: y\r\n" * 2_000)


def _served(behave: Behaviour, context: ssl.SSLContext) -> Callable[..., Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behave(Side(reader, writer, context))
        except (OSError, asyncio.CancelledError):
            pass  # the client has gone, or the server ends
        finally:
            writer.close()

    return serve


@asynccontextmanager
async def _listening(authority: Authority) -> AsyncIterator[tuple[str, ...]]:
    """Rules of `connect_to` for `<behaviour>.example.com` and `untrusted-<behaviour>.example.com`."""
    rules = []
    async with AsyncExitStack() as stack:
        for prefix, wrong in (("", ""), ("untrusted-", "untrusted")):
            context = authority.context("*.example.com", wrong=wrong)
            for name, behave in BEHAVIOURS.items():
                server = await asyncio.start_server(_served(behave, context), "127.0.0.1", 0, backlog=1024)
                stack.callback(server.close)
                port = server.sockets[0].getsockname()[1]
                rules.append(f"{prefix}{name}.example.com:443:127.0.0.1:{port}")
        yield tuple(rules)


@contextmanager
def hostile_tls(folder: Path) -> Iterator[tuple[tuple[str, ...], Path]]:
    """The rules that lead to each behaviour, and the authority's file, until the end of the block."""
    authority = Authority(folder)
    ready, rules = threading.Event(), list[str]()
    end: list[Callable[[], object]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)
        end.append(lambda: loop.call_soon_threadsafe(ended.set))
        async with _listening(authority) as listening:
            rules.extend(listening)
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield tuple(rules), authority.ca_file
    finally:
        end[0]()
        thread.join()
