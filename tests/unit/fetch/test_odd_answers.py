"""Answers that are wrong by the letter of HTTP: what browsers read is read, the rest has its kind at once.

Each is served as raw bytes, in one piece and byte after byte, because what the network does to pieces must
not change what an answer means.
"""

import asyncio
import gzip
import zlib

import brotli
import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch import reading
from domain_scheduler.scan.fetch.bodies import STEP, Inflater
from domain_scheduler.scan.fetch.head_limit import LimitedResponseHandler
from domain_scheduler.scan.fetch.head_repair import repaired
from tests.support import bombs
from tests.support.behaviours import PAGE, Exchange, sprinkle_on, without_delay
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import Fetch

K = ErrorKind
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(PAGE)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNK = b"%x\r\n%b\r\n" % (len(PAGE), PAGE)
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
LAST = b"0\r\n\r\n"
ZIPPED = gzip.compress(PAGE)
TWO_CODINGS = b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n"
ZIP_NAME = b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08" + bytes(6)
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n"


def coded(coding: bytes, body: bytes) -> bytes:
    return OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n%b" % (coding, len(body), body)


READ = {
    "provisional answers first": EARLY * 20 + OK + LENGTH + b"\r\n" + PAGE,
    "both length and chunks": OK + LENGTH + CHUNKED + b"\r\n" + CHUNK + LAST,
    "the length twice": OK + LENGTH + LENGTH + b"\r\n" + PAGE,
    "the length as a list": OK + b"Content-Length: %d, %d\r\n\r\n" % (len(PAGE), len(PAGE)) + PAGE,
    "more than announced": OK + LENGTH + b"\r\n" + PAGE + b"and more",
    "more after the last chunk": OK + CHUNKED + b"\r\n" + CHUNK + LAST + b"and more",
    "a second answer": (OK + LENGTH + b"\r\n" + PAGE) * 2,
    "chunks of one byte": OK + CHUNKED + b"\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in PAGE) + LAST,
    "chunks with extensions": OK + CHUNKED + b"\r\n" + CHUNK.replace(b"\r\n", b";a=b\r\n", 1) + LAST,
    "trailers": OK + CHUNKED + b"\r\n" + CHUNK + b"0\r\nX-Sum: 1\r\n\r\n",
    "folded headers": OK + b"X-A: b\r\n c\r\n\td\r\n" + LENGTH + b"\r\n" + PAGE,
    "bytes beyond ASCII": OK + b"X-A: \xe9\xff\x80\r\n" + LENGTH + b"\r\n" + PAGE,
    "bare line feeds": (OK + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + PAGE,
    "a line without colon": OK + b"<b>Warning</b>\r\n" + LENGTH + b"\r\n" + PAGE,
    "a blank before a colon": OK.replace(b"Type:", b"Type :") + LENGTH + b"\r\n" + PAGE,
    "a blank in a name": OK + b"X Powered By: y\r\n" + LENGTH + b"\r\n" + PAGE,
    "NUL in a name": OK + b"X\0A: b\r\n" + LENGTH + b"\r\n" + PAGE,
    "no name": OK + b": b\r\n" + LENGTH + b"\r\n" + PAGE,
    "empty lines first": b"\r\n\r\n" + OK + LENGTH + b"\r\n" + PAGE,
    "no reason": OK.replace(b" OK", b"") + LENGTH + b"\r\n" + PAGE,
    "no headers": b"HTTP/1.0 200 OK\r\n\r\n" + PAGE,
    "several types": OK.replace(b"html", b"html, text/html") + LENGTH + b"\r\n" + PAGE,
    "no type by that name": OK.replace(b"text/html", b"html") + LENGTH + b"\r\n" + PAGE,
    "an upgrade offered": OK + b"Connection: upgrade\r\nUpgrade: h2c\r\n" + LENGTH + b"\r\n" + PAGE,
    "a chunk with a long remark": OK
    + CHUNKED
    + b"\r\n"
    + CHUNK.replace(b"\r\n", b";" + b"y" * 5000 + b"\r\n", 1)
    + LAST,
    "garbage after gzip": coded(b"gzip", ZIPPED + b"garbage"),
    "garbage like gzip after gzip": coded(b"gzip", ZIPPED + b"\x1fgarbage"),
    "NUL after gzip": coded(b"gzip", ZIPPED + b"\0" * 100),
    "codings in two headers": OK
    + b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n"
    + brotli.compress(ZIPPED),
    "empty codings": coded(b" ,GZip,, identity", ZIPPED),
}
REFUSED = {
    "two lengths": (OK + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + PAGE, K.HTTP_INVALID),
    "a negative length": (OK + b"Content-Length: -5\r\n\r\n" + PAGE, K.HTTP_INVALID),
    "a huge length": (OK + b"Content-Length: 99999999999999999999999\r\n\r\n" + PAGE, K.HTTP_INVALID),
    "NUL in a value": (OK + b"X-A: a\0b\r\n\r\n" + PAGE, K.HTTP_INVALID),
    "a huge chunk": (OK + CHUNKED + b"\r\nffffffffffffffffff\r\n" + PAGE, K.HTTP_INVALID),
    "a negative chunk": (OK + CHUNKED + b"\r\n-5\r\n" + PAGE, K.HTTP_INVALID),
    "another status line": (b"ICY 200 OK\r\n\r\n" + PAGE, K.HTTP_INVALID),
    "no status": (b"HTTP/1.1 99 X\r\n\r\n" + PAGE, K.HTTP_INVALID),
    "a line of TLS": (b"\x15\x03\x01\x00\x02\x02\x0a", K.HTTP_INVALID),
    "another protocol": (SWITCHING, K.HTTP_UNEXPECTED),
    "a body where none is": (b"HTTP/1.1 204 No Content\r\n" + LENGTH + b"\r\n" + PAGE, K.EMPTY_PAGE),
    "not modified, with a body": (NOT_MODIFIED + LENGTH + b"\r\n" + PAGE, K.HTTP_UNEXPECTED),
    "a body of no length": (OK + b"Content-Length: 0\r\n\r\n" + PAGE, K.EMPTY_PAGE),
    "the last chunk alone": (OK + CHUNKED + b"\r\n0\r\n\r\n", K.EMPTY_PAGE),
    "half a head": (OK, K.CONNECTION_RESET),
    "a coding of nothing": (coded(b"gzip", b""), K.EMPTY_PAGE),
    "half a gzip header": (coded(b"gzip", ZIPPED[:9]), K.EMPTY_PAGE),
}  # fmt: skip
ENDLESS = {
    "provisional answers": (b"", EARLY, K.HEADERS_TOO_LARGE),
    "one header": (OK + b"X: ", b"y" * 1000, K.HEADERS_TOO_LARGE),
    "the name of a header": (OK, b"y" * 1000, K.HEADERS_TOO_LARGE),
    "empty lines": (b"", b"\r\n" * 500, K.HEADERS_TOO_LARGE),
    "a reason": (b"HTTP/1.1 200 ", b"y" * 1000, K.HEADERS_TOO_LARGE),
    "a chunk's extension": (OK + CHUNKED + b"\r\n5;", b"y" * 1000, K.HTTP_INVALID),
    "a chunk's size": (OK + CHUNKED + b"\r\n", b"0" * 1000, K.HTTP_INVALID),
    "trailers": (OK + CHUNKED + b"\r\n" + CHUNK + b"0\r\n", b"X: y\r\n" * 100, None),
    "chunks of nothing": (OK + CHUNKED + b"\r\n", b"0;" + b"y" * 1000, K.HTTP_INVALID),
    "a file's name in gzip": (OK + ZIP_NAME, b"y" * 1000, K.EMPTY_PAGE),
}  # fmt: skip


def serve(server: HostileServer, *pieces: bytes, forever: bytes = b"") -> None:
    async def respond(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.writer.write(piece)
            await exchange.writer.drain()
        while forever and exchange.connected:
            exchange.writer.write(forever)
            await exchange.writer.drain()
            await asyncio.sleep(0)  # drain does not yield once the connection is lost

    server.special["site.example.com", "/"] = respond


@pytest.mark.parametrize("in_pieces", [False, True], ids=["at once", "in pieces"])
@pytest.mark.parametrize("answer", READ.values(), ids=READ)
async def test_what_browsers_read_is_read(
    fetch: Fetch, server: HostileServer, answer: bytes, in_pieces: bool
) -> None:
    serve(server, *([bytes([byte]) for byte in answer] if in_pieces else [answer]))
    fetched = await fetch("site.example.com", robots=False)
    assert fetched.error_kind is None, fetched.error_message
    assert fetched.body == PAGE


@pytest.mark.parametrize(("answer", "kind"), REFUSED.values(), ids=REFUSED)
async def test_what_nobody_can_read_has_its_kind(
    fetch: Fetch, server: HostileServer, answer: bytes, kind: ErrorKind
) -> None:
    serve(server, answer)
    fetched = await fetch("site.example.com", robots=False, idle_timeout=20, first_byte_timeout=20)
    assert fetched.error_kind is kind, fetched.error_message
    assert fetched.body == b""


@pytest.mark.parametrize(("start", "forever", "kind"), ENDLESS.values(), ids=ENDLESS)
async def test_what_has_no_end_is_ended(
    fetch: Fetch, server: HostileServer, start: bytes, forever: bytes, kind: ErrorKind | None
) -> None:
    serve(server, start, forever=forever)
    found = await fetch("site.example.com", robots=False, first_byte_timeout=10)
    assert found.error_kind is kind, found.error_message


@pytest.mark.parametrize("rest", [b"zz\r\n", b"XX0\r\n\r\n"])
async def test_chunks_that_break_off_are_kept_and_the_cut_is_a_fact(
    fetch: Fetch, server: HostileServer, rest: bytes
) -> None:
    serve(server, OK + CHUNKED + b"\r\n" + CHUNK + rest)
    fetched = await fetch("site.example.com", idle_timeout=20)
    assert (fetched.body, fetched.details["truncated"]) == (PAGE, "chunks_broken")


@pytest.mark.parametrize(
    "lines",
    [
        b"Server: x\r\nX-Folded: a\r\n b\r\nContent-Length: 5\r\n",
        b"a: b\n",
        b"",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
    ],
)
def test_a_head_without_anything_to_mend_stays_as_it_is(lines: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n"
    assert repaired(head) == head


def test_a_line_folded_onto_one_that_is_left_out_goes_with_it() -> None:
    head = b"HTTP/1.1 200 OK\r\nno header\r\n but a line\r\nA: b\r\n\r\n"
    assert repaired(head) == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"


@pytest.mark.parametrize("way", [zlib.MAX_WBITS, -zlib.MAX_WBITS], ids=["with header", "raw"])
def test_the_last_bytes_of_a_step_are_not_held_back(way: int) -> None:
    for size in range(STEP - 300, STEP + 300):
        packer = zlib.compressobj(9, zlib.DEFLATED, way)
        inflater = Inflater("deflate", limit=2 * STEP)
        body = b"".join(inflater.feed(packer.compress(bytes(size)) + packer.flush()))
        assert (len(body), inflater.complete) == (size, True)


async def test_single_bytes_are_let_add_up(
    fetch: Fetch, server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would cost a turn of the loop, and a server can send a million of them."""
    pieces = 0
    take = LimitedResponseHandler.data_received

    def counted(protocol: LimitedResponseHandler, data: bytes) -> None:
        nonlocal pieces
        pieces += 1
        take(protocol, data)

    async def sprinkle(exchange: Exchange) -> None:
        without_delay(exchange.writer)
        exchange.begin()
        await sprinkle_on(exchange, PAGE * 10)

    monkeypatch.setattr(LimitedResponseHandler, "data_received", counted)
    server.special["site.example.com", "/"] = sprinkle
    fetched = await fetch("site.example.com", robots=False, idle_timeout=20)
    assert fetched.body == PAGE * 10
    assert pieces < len(PAGE * 10) / 5


async def test_a_head_in_single_bytes_is_given_up(fetch: Fetch, server: HostileServer) -> None:
    found = await fetch("sprinkleheaders.example.com", first_byte_timeout=20)
    assert found.error_kind is K.HEADERS_TOO_LARGE


async def test_other_sites_have_their_turn_while_a_bomb_inflates(
    fetch: Fetch, server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_away = 0
    sleep = asyncio.sleep

    async def counted(delay: float) -> None:
        nonlocal given_away
        given_away += delay == 0
        await sleep(delay)

    serve(server, coded(b"zstd", bombs.zstd_bomb(8)))
    monkeypatch.setattr(reading.asyncio, "sleep", counted)
    assert len((await fetch("site.example.com", robots=False)).body) == 2 * 1024**2
    assert given_away >= 2 * 1024**2 // reading.BYTES_A_STEP
