"""A quick web server for the fetch benchmarks, in a process of its own.

`python -m bench.fetch_server FOLDER` prints its ports as JSON and serves until its input ends: robots.txt is
not there, everything else is a page of 50 KB (10 KB compressed), after `--delay` seconds; with `--pages` it
is one of those in that folder, by the first number in host or path. Connections stay open, as they do with
web servers, unless the client asks for their end. Its certificate authority is written into FOLDER.
"""

import argparse
import asyncio
import gzip
import json
import random
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import trustme
import uvloop

PAGE_BYTES = 50_000
_NUMBER = re.compile(rb"(?:GET /|site)(\d+)").search


@dataclass(frozen=True)
class Server:
    """Where a running server listens, and whom to trust."""

    http: int
    https: int
    ca_file: Path
    pid: int


@contextmanager
def server(
    folder: Path, *, delay: float = 0.0, addresses: int = 0, pages: Path | None = None
) -> Iterator[Server]:
    """A server process, running until the end of the block; on `addresses` of loopback beside 127.0.0.1."""
    command = [sys.executable, "-m", "bench.fetch_server", str(folder), "--delay", str(delay)]
    command += ["--addresses", str(addresses), *(["--pages", str(pages)] if pages else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        try:
            yield Server(**ports, ca_file=folder / "ca.pem", pid=process.pid)
        finally:
            process.stdin.close()


def _made_up_page() -> bytes:
    """HTML that compresses as real pages do, five to one."""
    words = random.Random(1).choices([f"word{number}" for number in range(3_000)], k=6_200)
    body = f"<!doctype html><html><head><title>A page</title></head><body>{' '.join(words)}</body></html>"
    return body.encode()[:PAGE_BYTES]


class _Serve(asyncio.Protocol):
    """Answers request after request."""

    def __init__(self, answers: Sequence[bytes], delay: float) -> None:
        self._answers = answers
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        if self._received.startswith(b"GET /robots.txt"):
            self._answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._answer, self._page())
        else:
            self._answer(self._page())

    def _page(self) -> bytes:
        number = _NUMBER(self._received)
        return self._answers[int(number[1]) % len(self._answers) if number else 0]

    def _answer(self, answer: bytes) -> None:
        last = b"\nconnection: close" in self._received.lower()
        self._received = b""
        self._transport.write(answer)
        if last:
            self._transport.close()


def _answer_with(page: bytes, content_type: str) -> bytes:
    packed = gzip.compress(page, 6)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(packed)}\r\nServer: bench\r\n\r\n"
    )
    return head.encode() + packed


def _context(folder: Path) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("*.example.com").configure_cert(context)
    return context


def address(number: int) -> str:
    """The loopback address of that number."""
    return f"127.0.1.{number + 1}"


def _answers(pages: Path | None) -> list[bytes]:
    if pages is None:
        return [_answer_with(_made_up_page(), "text/html; charset=utf-8")]
    return [_answer_with(file.read_bytes(), "text/html") for file in sorted(pages.iterdir())]


async def _serve(folder: Path, delay: float, addresses: int, pages: Path | None) -> None:
    loop = asyncio.get_running_loop()
    answers = _answers(pages)
    ports = {}
    for name, context in (("http", None), ("https", _context(folder))):
        ports[name] = 0
        for host in ("127.0.0.1", *map(address, range(addresses))):
            listening = await loop.create_server(
                lambda: _Serve(answers, delay), host, ports[name], ssl=context, backlog=8192
            )
            ports[name] = listening.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--addresses", type=int, default=0)
    parser.add_argument("--pages", type=Path, default=None)
    arguments = parser.parse_args()
    uvloop.run(_serve(arguments.folder, arguments.delay, arguments.addresses, arguments.pages))
