"""The process behind `corpus_web`: one event loop that answers archived requests on two ports.

It is written on bare asyncio protocols because it shares the machine with the program under test: an answer
is looked up once, rendered once, and then written as it is.
Not here: starting and stopping the process (corpus_web.py), which answer it is (corpus_archive.py).
"""

import asyncio
import json
import re
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

import trustme
import uvloop

from tests.support.corpus_archive import Answer, Archive, Key, url_key
from tests.support.corpus_sites import corpus_homepages

_HEAD_END: Final = b"\r\n\r\n"
_HOST: Final = re.compile(rb"\r\nhost:[ \t]*([^\r\n:]*)", re.IGNORECASE)
_COPY: Final = re.compile(r"copy-\d+\.(.+)")

Render = Callable[[str, bytes], tuple[bytes, bytes]]
"""(scheme, request head) to (response head, body)."""


def serve(*, folder: Path, delay: float) -> None:
    """Serves until standard input closes; writes ca.pem to `folder` and the two ports as a line of JSON."""
    uvloop.run(_serve(folder, delay))


async def _serve(folder: Path, delay: float) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    render = Renderer().render
    http = await _listen("http", render, delay, None)
    https = await _listen("https", render, delay, tls_for_any_name(ca))
    ports = {name: server.sockets[0].getsockname()[1] for name, server in (("http", http), ("https", https))}
    sys.stdout.write(json.dumps({"http_port": ports["http"], "https_port": ports["https"]}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


async def _listen(scheme: str, render: Render, delay: float, tls: ssl.SSLContext | None) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: ArchiveConnection(scheme, render, delay), "127.0.0.1", 0, ssl=tls, backlog=4096
    )


def tls_for_any_name(ca: trustme.CA) -> ssl.SSLContext:
    """A server's side of TLS that shows every name a certificate for exactly that name (1 ms to make)."""
    contexts: dict[str, ssl.SSLContext] = {}

    def context_for(name: str) -> ssl.SSLContext:
        if name not in contexts:
            contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ca.issue_cert(name).configure_cert(contexts[name])
        return contexts[name]

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = context_for((name or "localhost").lower())

    default = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(default)
    default.sni_callback = choose
    return default


class ArchiveConnection(asyncio.Protocol):
    """One connection: answers one request after the other, each after `delay` seconds, and stays open."""

    def __init__(self, scheme: str, render: Render, delay: float) -> None:
        self._scheme = scheme
        self._render = render
        self._delay = delay
        self._received = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way to answer."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        """Answers every request of which the head is complete; none that we serve has a body."""
        self._received += data
        while _HEAD_END in self._received:
            request, _, self._received = self._received.partition(_HEAD_END)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._answer, request)
            else:
                self._answer(request)

    def _answer(self, request: bytes) -> None:
        if self._transport.is_closing():
            return
        head, body = self._render(self._scheme, request)
        self._transport.write(head)
        if not request.startswith(b"HEAD "):
            self._transport.write(body)


class Renderer:
    """Turns requests into the bytes of their answers, and remembers them."""

    def __init__(self) -> None:
        self._archive = Archive()
        self._front_pages = {site.domain: url_key(site.final_url) for site in corpus_homepages()}
        self._rendered: dict[Key, tuple[bytes, bytes]] = {}

    def render(self, scheme: str, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer to a request whose head is `request` (without the empty line)."""
        _, target, *_ = request.split(b" ", 2)
        host = _HOST.search(request)
        key = self._key(
            scheme, host.group(1).decode("latin-1").lower() if host else "", target.decode("latin-1")
        )
        rendered = self._rendered.get(key)
        if rendered is None:
            rendered = self._rendered[key] = _bytes_of(self._archive.answer(*key))
        return rendered

    def _key(self, scheme: str, host: str, target: str) -> Key:
        copy = _COPY.fullmatch(host)
        front_page = self._front_pages.get(copy.group(1)) if copy and target == "/" else None
        return front_page or (scheme, host, target)


def _bytes_of(answer: Answer) -> tuple[bytes, bytes]:
    body = answer.content()
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace"), body
