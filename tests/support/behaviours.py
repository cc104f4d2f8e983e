"""What the hostile server can do to a request; each behaviour is one function, named as hosts name it."""

import asyncio
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import cycle

import brotli
from backports import zstd

from tests.support import bombs

PAGE = b"<!doctype html><html><head><title>A good page</title></head><body><p>Hello.</p></body></html>"
_FOREVER = 3600


@dataclass
class Exchange:
    """One request and the way back."""

    host: str
    target: str
    headers: Mapping[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def connected(self) -> bool:
        """Whether the client is still there."""
        gone = self.reader.at_eof() or self.reader.exception() is not None
        return not gone and not self.writer.transport.is_closing()

    def send(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Writes a correct response; `content_type="..."` becomes a header, an empty value leaves one out."""
        fields = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        self.writer.write(f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode("latin-1") + body)

    def begin(self, *lines: str) -> None:
        """Writes the head of a response as it is given."""
        self.writer.write(
            "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html", *lines, "", "")).encode("latin-1")
        )


Behaviour = Callable[[Exchange], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(function: Behaviour) -> Behaviour:
    """Registers a function under its name, without underscores."""
    BEHAVIOURS[function.__name__.replace("_", "")] = function
    return function


async def good_page(exchange: Exchange) -> None:
    """What every site should do."""
    exchange.send(200, PAGE)


@behaviour
async def calm(exchange: Exchange) -> None:
    """A page as long as pages are, from a server that takes its time to make it, as servers do."""
    await asyncio.sleep(2)
    exchange.send(200, PAGE + b"<p>A good paragraph, of fifty bytes with its tags.</p>" * 1000)


@behaviour
async def stays(exchange: Exchange) -> None:
    """A good page, from a server that does not hang up although it was asked to."""
    exchange.send(200, PAGE)
    await exchange.reader.read()


@behaviour
async def drip(exchange: Exchange) -> None:
    """A byte a second."""
    exchange.begin()
    while exchange.connected:
        exchange.writer.write(b"x")
        await exchange.writer.drain()
        await asyncio.sleep(1)


@behaviour
async def drip_headers(exchange: Exchange) -> None:
    """A byte a second, of a head that has no end."""
    exchange.writer.write(b"HTTP/1.1 200 OK\r\n")
    for byte in cycle(b"X: y\r\n"):
        if not exchange.connected:
            return
        exchange.writer.write(bytes([byte]))
        await exchange.writer.drain()
        await asyncio.sleep(1)


@behaviour
async def sprinkle(exchange: Exchange) -> None:
    """A byte at a time, as fast as single bytes go: much work, little page."""
    without_delay(exchange.writer)
    exchange.begin()
    await sprinkle_on(exchange, PAGE * 10_000)


@behaviour
async def sprinkle_headers(exchange: Exchange) -> None:
    """The same for a head that has no end."""
    without_delay(exchange.writer)
    exchange.writer.write(b"HTTP/1.1 200 OK\r\n")
    await sprinkle_on(exchange, b"X: y\r\n" * 100_000)


async def sprinkle_on(exchange: Exchange, content: bytes) -> None:
    for number in range(len(content)):
        if not exchange.connected:
            return
        exchange.writer.write(content[number : number + 1])
        await asyncio.sleep(0)


def without_delay(writer: asyncio.StreamWriter) -> None:
    """Has every write leave in a packet of its own."""
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@behaviour
async def padded_chunk(exchange: Exchange) -> None:
    """The size of a chunk, and remarks on it without end: bytes that are no body."""
    exchange.begin("Transfer-Encoding: chunked")
    exchange.writer.write(b"5;")
    while exchange.connected:
        exchange.writer.write(b"y" * 60_000)
        await exchange.writer.drain()
        await asyncio.sleep(0)


@behaviour
async def endless(exchange: Exchange) -> None:
    exchange.begin()
    exchange.writer.write(PAGE)
    while exchange.connected:
        exchange.writer.write(b"<p>more and more</p>" * 1000)
        await exchange.writer.drain()
        await asyncio.sleep(0)  # drain does not yield once the connection is lost


@behaviour
async def silent(exchange: Exchange) -> None:
    await asyncio.sleep(_FOREVER)


@behaviour
async def stalls(exchange: Exchange) -> None:
    exchange.begin("Content-Length: 1000")
    exchange.writer.write(PAGE)
    await exchange.writer.drain()
    await asyncio.sleep(_FOREVER)


@behaviour
async def gzip_bomb(exchange: Exchange) -> None:
    exchange.send(200, bombs.gzip_bomb(), content_encoding="gzip")


@behaviour
async def brotli_bomb(exchange: Exchange) -> None:
    exchange.send(200, bombs.brotli_bomb(), content_encoding="br")


@behaviour
async def zstd_bomb(exchange: Exchange) -> None:
    exchange.send(200, bombs.zstd_bomb(), content_encoding="zstd")


@behaviour
async def nested(exchange: Exchange) -> None:
    exchange.send(200, bombs.nested_gzip(PAGE, 3), content_encoding="gzip, gzip, gzip")


@behaviour
async def nested_deep(exchange: Exchange) -> None:
    exchange.send(200, bombs.nested_gzip(PAGE, 9), content_encoding=", ".join(["gzip"] * 9))


@behaviour
async def nested_bomb(exchange: Exchange) -> None:
    exchange.send(200, bombs.empty_blocks_in_gzip(), content_encoding="gzip, gzip")


@behaviour
async def coded(exchange: Exchange) -> None:
    """A good page in the coding that the host's second label names."""
    coding = exchange.host.split(".")[1]
    packed: dict[str, bytes] = {
        "gzip": bombs.nested_gzip(PAGE, 1),
        "zlib": zlib.compress(PAGE),
        "raw": zlib.compress(PAGE)[2:-4],
        "br": brotli.compress(PAGE),
        "zstd": zstd.compress(PAGE),
    }
    names = {"zlib": "deflate", "raw": "deflate"}
    exchange.send(200, packed[coding], content_encoding=names.get(coding, coding))


@behaviour
async def bad_gzip(exchange: Exchange) -> None:
    """Not gzip, unless it is asked without any coding."""
    claimed = "" if exchange.headers.get("accept-encoding") == "identity" else "gzip"
    exchange.send(200, PAGE, content_encoding=claimed)


@behaviour
async def never_gzip(exchange: Exchange) -> None:
    exchange.send(200, PAGE, content_encoding="gzip")


@behaviour
async def cut_gzip(exchange: Exchange) -> None:
    """The stream ends before its end."""
    exchange.send(200, bombs.nested_gzip(PAGE * 100, 1)[:-20], content_encoding="gzip")


@behaviour
async def unknown_coding(exchange: Exchange) -> None:
    exchange.send(200, PAGE, content_encoding="compress")


@behaviour
async def long_header(exchange: Exchange) -> None:
    exchange.send(200, PAGE, x_long="x" * 1_000_000)


@behaviour
async def many_headers(exchange: Exchange) -> None:
    exchange.begin(*(f"X-{number}: y" for number in range(10_000)), f"Content-Length: {len(PAGE)}")
    exchange.writer.write(PAGE)


@behaviour
async def fat_headers(exchange: Exchange) -> None:
    """Each header within bounds, all together not."""
    exchange.begin(*(f"X-{number}: {'y' * 1000}" for number in range(60)), f"Content-Length: {len(PAGE)}")
    exchange.writer.write(PAGE)


@behaviour
async def endless_headers(exchange: Exchange) -> None:
    """Each within bounds and not too many, but the head has no end."""
    exchange.writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(120):
        exchange.writer.write(f"X-{number}: {'y' * 30_000}\r\n".encode())
        await exchange.writer.drain()
    await asyncio.sleep(_FOREVER)


@behaviour
async def csp_header(exchange: Exchange) -> None:
    """Long, but as real sites have them."""
    exchange.send(200, PAGE, content_security_policy="default-src 'self' " + "https://cdn.example " * 600)


@behaviour
async def nul_bytes(exchange: Exchange) -> None:
    exchange.send(200, PAGE.replace(b"Hello", b"He\0\0llo") + b"\0" * 1000)


@behaviour
async def nul_header(exchange: Exchange) -> None:
    exchange.send(200, PAGE, x_nul="a\0b")


@behaviour
async def loop(exchange: Exchange) -> None:
    exchange.send(
        302, location=f"http://{exchange.host}/b" if exchange.target == "/" else f"http://{exchange.host}/"
    )


@behaviour
async def self_redirect(exchange: Exchange) -> None:
    exchange.send(302, location=exchange.target)


@behaviour
async def chain(exchange: Exchange) -> None:
    """A hundred redirects."""
    step = int(exchange.target.strip("/") or 0)
    if step < 100:
        exchange.send(302, location=f"/{step + 1}")
    else:
        exchange.send(200, PAGE)


@behaviour
async def eight(exchange: Exchange) -> None:
    """Exactly as many redirects as are allowed."""
    step = int(exchange.target.strip("/") or 0)
    if step < 8:
        exchange.send(302, location=f"/{step + 1}")
    else:
        exchange.send(200, PAGE)


@behaviour
async def no_location(exchange: Exchange) -> None:
    exchange.send(302)


@behaviour
async def resets(exchange: Exchange) -> None:
    exchange.writer.transport.abort()


@behaviour
async def resets_midway(exchange: Exchange) -> None:
    """A real RST in the middle of the body."""
    exchange.begin("Content-Length: 100000")
    exchange.writer.write(PAGE)
    await exchange.writer.drain()
    await asyncio.sleep(0.05)
    reset_on_close(exchange.writer)
    exchange.writer.transport.abort()


def reset_on_close(writer: asyncio.StreamWriter) -> None:
    """Makes closing send RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@behaviour
async def hangs_up(exchange: Exchange) -> None:
    """Closes without a byte."""


@behaviour
async def short_body(exchange: Exchange) -> None:
    exchange.begin("Content-Length: 100000")
    exchange.writer.write(PAGE)


@behaviour
async def long_body(exchange: Exchange) -> None:
    exchange.begin(f"Content-Length: {len(PAGE)}")
    exchange.writer.write(PAGE + b"and more")


@behaviour
async def two_lengths(exchange: Exchange) -> None:
    exchange.begin("Content-Length: 10", "Content-Length: 20")
    exchange.writer.write(PAGE)


@behaviour
async def bad_chunks(exchange: Exchange) -> None:
    exchange.begin("Transfer-Encoding: chunked")
    exchange.writer.write(b"zz\r\n" + PAGE)


@behaviour
async def cut_chunks(exchange: Exchange) -> None:
    exchange.begin("Transfer-Encoding: chunked")
    exchange.writer.write(f"{len(PAGE):x}\r\n".encode() + PAGE + b"\r\n")


@behaviour
async def http_zero_nine(exchange: Exchange) -> None:
    exchange.writer.write(PAGE)


@behaviour
async def http_two(exchange: Exchange) -> None:
    """A server that only speaks HTTP/2: SETTINGS, then GOAWAY."""
    exchange.writer.write(bytes.fromhex("0000000400000000000000080700000000000000000000000001"))


@behaviour
async def not_http(exchange: Exchange) -> None:
    exchange.writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")


@behaviour
async def big_picture(exchange: Exchange) -> None:
    exchange.writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100000000\r\n\r\n")
    await exchange.writer.drain()
    await asyncio.sleep(_FOREVER)


@behaviour
async def untyped(exchange: Exchange) -> None:
    exchange.send(200, PAGE, content_type="")


@behaviour
async def plain_text(exchange: Exchange) -> None:
    exchange.send(200, b"Just some words.", content_type="text/plain")


@behaviour
async def html_as_text(exchange: Exchange) -> None:
    exchange.send(200, PAGE, content_type="text/plain")


@behaviour
async def empty(exchange: Exchange) -> None:
    exchange.send(200, b"  \n ")


@behaviour
async def nothing(exchange: Exchange) -> None:
    exchange.begin()
    exchange.writer.close()


@behaviour
async def status(exchange: Exchange) -> None:
    """The status that the host's second label names."""
    status = int(exchange.host.removeprefix("www.").split(".")[1])
    body = b"" if status in (204, 205, 304) else b"<html><body>no</body></html>"
    exchange.send(status, body, retry_after="7")


async def _robots(exchange: Exchange, status: int, body: bytes = b"") -> None:
    if exchange.target == "/robots.txt":
        exchange.send(status, body, content_type="text/plain")
    else:
        exchange.send(200, PAGE)


@behaviour
async def robots_deny(exchange: Exchange) -> None:
    await _robots(exchange, 200, b"User-agent: *\nDisallow: /\n")


@behaviour
async def robots_deny_us(exchange: Exchange) -> None:
    await _robots(exchange, 200, b"User-agent: DomainScheduler\nDisallow: /\n\nUser-agent: *\nAllow: /\n")


@behaviour
async def robots_deny_others(exchange: Exchange) -> None:
    await _robots(exchange, 200, b"User-agent: OtherBot\nDisallow: /\n\nUser-agent: *\nDisallow: /private\n")


@behaviour
async def robots_slow(exchange: Exchange) -> None:
    await _robots(exchange, 200, b"User-agent: *\nCrawl-delay: 1000\n")


@behaviour
async def robots_gone(exchange: Exchange) -> None:
    await _robots(exchange, 410)


@behaviour
async def robots_fail(exchange: Exchange) -> None:
    await _robots(exchange, 503)


@behaviour
async def robots_busy(exchange: Exchange) -> None:
    await _robots(exchange, 429)


@behaviour
async def robots_bad_gzip(exchange: Exchange) -> None:
    """Denies everything, in a robots.txt that is not gzip unless it is asked without any coding."""
    if exchange.target == "/robots.txt":
        claimed = "" if exchange.headers.get("accept-encoding") == "identity" else "gzip"
        exchange.send(200, b"User-agent: *\nDisallow: /\n", content_encoding=claimed)
    else:
        exchange.send(200, PAGE)


@behaviour
async def robots_silent(exchange: Exchange) -> None:
    if exchange.target == "/robots.txt":
        await asyncio.sleep(_FOREVER)
    exchange.send(200, PAGE)


@behaviour
async def robots_endless(exchange: Exchange) -> None:
    """Allows at first, and denies far beyond the bound."""
    await _robots(exchange, 200, b"User-agent: *\nAllow: /\n" + b"# filler\n" * 100_000 + b"Disallow: /\n")


@behaviour
async def robots_loop(exchange: Exchange) -> None:
    if exchange.target == "/robots.txt":
        exchange.send(302, location="/robots.txt")
    else:
        exchange.send(200, PAGE)


@behaviour
async def hello(exchange: Exchange) -> None:
    """Sends a provisional answer first."""
    exchange.writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    exchange.send(200, PAGE)


@behaviour
async def strange_cookies(exchange: Exchange) -> None:
    exchange.begin("Set-Cookie: id=secret; Path=/", "Set-Cookie: =;;==\x80", f"Content-Length: {len(PAGE)}")
    exchange.writer.write(PAGE)
