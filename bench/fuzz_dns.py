"""Reads made-up DNS answers: a server on loopback sends them, our resolver asks it.

Ten bytes of an answer's head come first (all but its number), then what follows the question.
Not here: what the answers begin as (fuzz_seeds.py).
"""

import asyncio
import itertools
from contextlib import suppress
from functools import cache
from typing import Final, cast

from domain_scheduler.scan.fetch.dns import Dns
from domain_scheduler.scan.fetch.failures import FetchError

_HEAD: Final = 10
_PATIENCE: Final = 0.02
"""Seconds; what is no answer at all is waited for."""


class _Liar(asyncio.DatagramProtocol):
    """Answers every question with the same bytes."""

    def __init__(self) -> None:
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        head, records = self.answer[:_HEAD], self.answer[_HEAD:]
        self._transport.sendto(data[:2] + head.ljust(_HEAD, b"\0") + _question(data) + records, addr)


def _question(query: bytes) -> bytes:
    end = query.index(b"\0", 12)
    return query[12 : end + 5]


class _Asking:
    """One resolver and one server, for as long as the process lives."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._liar, self._dns = self._loop.run_until_complete(self._open())
        self._numbers = itertools.count()

    async def _open(self) -> tuple[_Liar, Dns]:
        loop = asyncio.get_running_loop()
        transport, liar = await loop.create_datagram_endpoint(_Liar, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        return liar, Dns(servers=[f"127.0.0.1:{port}"], timeout=_PATIENCE)

    def ask(self, answer: bytes) -> None:
        self._liar.answer = answer
        self._loop.run_until_complete(self._ask(f"n{next(self._numbers)}.example"))

    async def _ask(self, name: str) -> None:
        with suppress(FetchError):
            await self._dns.addresses(name)
        for kind in ("NS", "MX"):
            await self._dns.records(name, kind)


@cache
def _asking() -> _Asking:
    return _Asking()


def read_dns_answer(data: bytes) -> None:
    """Look a new name up and get this answer."""
    _asking().ask(data)
