"""Serves the demo's sites on loopback, http and https on one port each, within the running event loop.

Where connections go is told by `connect_to` entries: the closed ports of dead sites first, then everything
else to this web, so that a scan of the demo never leaves the machine.
Not here: what a site answers (answers.py).
"""

import asyncio
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from domain_scheduler.demo.answers import Answers
from domain_scheduler.demo.certificates import Authority, make_authority, make_context
from domain_scheduler.demo.made_up_sites import DEMO_DOMAINS, SITES, Certificate

_LOOPBACK: Final = "127.0.0.1"
_GOODBYE: Final = 0.1
"""Seconds that open connections get at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWeb:
    """The running web: the values for `fetch.connect_to` and `fetch.ca_file`, and the list to submit."""

    connect_to: tuple[str, ...]
    ca_file: Path
    domains: tuple[str, ...] = DEMO_DOMAINS


@asynccontextmanager
async def demo_web() -> AsyncIterator[DemoWeb]:
    """Serves the demo's sites until the block ends."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="domain-scheduler-demo-")))
        authority = make_authority(folder)
        answers = Answers()
        http = await _listen(stack, answers, None)
        https = await _listen(stack, answers, _tls(authority, folder))
        closed = stack.enter_context(closing(socket.socket()))
        closed.bind((_LOOPBACK, 0))  # bound but not listening: refuses, and nobody else can take the port
        dead = closed.getsockname()[1]
        targets = (*_to_closed_ports(dead), f":80:{_LOOPBACK}:{http}", f":443:{_LOOPBACK}:{https}")
        yield DemoWeb(connect_to=targets, ca_file=authority.ca_file)


async def _listen(stack: AsyncExitStack, answers: Answers, tls: ssl.SSLContext | None) -> int:
    """Starts one server that ends with the stack; its port."""
    handler = web.Server(answers.answer)
    server = await asyncio.get_running_loop().create_server(handler, _LOOPBACK, 0, ssl=tls)
    stack.push_async_callback(handler.shutdown, _GOODBYE)
    stack.callback(server.close)
    return int(server.sockets[0].getsockname()[1])


def _tls(authority: Authority, folder: Path) -> ssl.SSLContext:
    """Shows each name the certificate that its site has; names without a site get one for other names."""
    contexts = {kind: make_context(authority, kind, _hosts_with(kind), folder) for kind in Certificate}
    by_host = {site.host: contexts[site.certificate] for site in SITES}

    def choose(connection: ssl.SSLObject, name: str | None, default: ssl.SSLContext) -> None:
        connection.context = by_host.get((name or "").lower(), default)

    default = contexts[Certificate.TRUSTED]
    default.sni_callback = choose
    return default


def _hosts_with(kind: Certificate) -> list[str]:
    return [site.host for site in SITES if site.certificate is kind]


def _to_closed_ports(port: int) -> Iterator[str]:
    for site in SITES:
        if site.certificate is Certificate.CLOSED:
            yield f"{site.host}:443:{_LOOPBACK}:{port}"
        if not site.http:
            yield f"{site.host}:80:{_LOOPBACK}:{port}"
