"""A small DNS server on loopback that answers from a table, over UDP and TCP.

Every answer is a list of records (`"A 192.0.2.1"`, `"CNAME other.example"`, `"MX 10 mail.example"`), or one
word for a misbehaviour: `nxdomain`, `servfail`, `refused`, `silence`, `truncated` (whole only over TCP),
`garbage`, `wrongid`, `wrongname`. Records that `late 0.5` stands before take so many seconds; `silence AAAA`
among them is for that type alone. A table's value may also be a function of how often the name was asked,
for names that change.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import cast

Records = Sequence[str] | str
Table = Mapping[str, Records | Callable[[int], Records]]

_TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28}
_RCODES = {"servfail": 2, "nxdomain": 3, "refused": 5}
TTL = 30


@dataclass
class DnsStub:
    """A running stub. `table` may be changed at any time; `asked` counts questions by (name, type)."""

    table: dict[str, Records | Callable[[int], Records]]
    port: int = 0
    ttl: int = TTL
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    _first_asked: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """For the setting `resolvers`."""
        return f"127.0.0.1:{self.port}"

    def answer(self, query: bytes, *, tcp: bool) -> bytes | None:
        """The bytes to send for a query; None for silence."""
        name, kind, question = _question(query)
        self.asked[name, kind] += 1
        records = self._records(name, kind)
        if records == "silence" or f"silence {kind}" in records:
            return None
        if records == "garbage":
            return query[:2] + b"\xff" * 40
        if records == "wrongid":
            return bytes([query[0] ^ 1]) + _message(query, question)[1:]
        if records == "wrongname":
            return _message(query, b"\x05other" + question)
        if isinstance(records, str) and records in _RCODES:
            return _message(query, question, rcode=_RCODES[records])
        if records == "truncated" or (isinstance(records, Sequence) and "truncated" in records and not tcp):
            return _message(query, question, truncated=True)
        return _message(query, question, answers=self._encoded(records, kind))

    def delay(self, query: bytes) -> float:
        """Seconds that an answer takes; as with any resolver that caches, since the first query for it."""
        name, kind, _ = _question(query)
        now = asyncio.get_running_loop().time()
        first_asked = self._first_asked.setdefault((name, kind), now)
        begin = next(iter(self._records(name, kind)), "")
        return max(0.0, first_asked + float(begin[5:]) - now) if begin.startswith("late ") else 0.0

    def _records(self, name: str, kind: str) -> Records:
        found = self.table.get(name) or self.table.get("*." + name.partition(".")[2]) or self.table.get("*")
        if callable(found):
            return found(self.asked[name, kind])
        return "nxdomain" if found is None else found

    def _encoded(self, records: Records, kind: str) -> list[bytes]:
        wanted = [
            record for record in records if record.split()[0] in (kind, "CNAME") and record != "truncated"
        ]
        return [_record(record, self.ttl) for record in wanted]


def _question(query: bytes) -> tuple[str, str, bytes]:
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("latin-1"))
        at += query[at] + 1
    number = struct.unpack(">H", query[at + 1 : at + 3])[0]
    kind = next((kind for kind, code in _TYPES.items() if code == number), str(number))
    return ".".join(labels).lower(), kind, query[12 : at + 5]


def _message(
    query: bytes, question: bytes, *, answers: Sequence[bytes] = (), rcode: int = 0, truncated: bool = False
) -> bytes:
    flags = 0x8180 | rcode | (0x0200 if truncated else 0)
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(answers), 0, 0) + question + b"".join(answers)


def _record(record: str, ttl: int) -> bytes:
    kind, *values = record.split()
    if kind in ("A", "AAAA"):
        data = ip_address(values[0]).packed
    elif kind == "MX":
        data = struct.pack(">H", int(values[0])) + _name(values[1])
    elif kind == "TXT":
        text = " ".join(values).encode()
        data = bytes([len(text)]) + text
    else:
        data = _name(values[0]) + (bytes(21) if kind == "SOA" else b"")
    return b"\xc0\x0c" + struct.pack(">HHIH", _TYPES[kind], 1, ttl, len(data)) + data


def _name(name: str) -> bytes:
    labels = name.rstrip(".").split(".") if name != "." else []
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, stub: DnsStub) -> None:
        self._stub = stub

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (reply := self._stub.answer(data, tcp=False)) is not None:
            delay = self._stub.delay(data)
            asyncio.get_running_loop().call_later(delay, self._transport.sendto, reply, addr)


@asynccontextmanager
async def dns_stub(table: Table, *, ttl: int = TTL) -> AsyncIterator[DnsStub]:
    """A stub with this table, running until the end of the block."""
    stub = DnsStub(dict(table), ttl=ttl)

    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                query = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
                if (reply := stub.answer(query, tcp=True)) is not None:
                    writer.write(len(reply).to_bytes(2) + reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(over_tcp, "127.0.0.1", 0)
    stub.port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Udp(stub), local_addr=("127.0.0.1", stub.port)
    )
    try:
        yield stub
    finally:
        transport.close()
        server.close()
