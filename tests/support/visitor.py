"""A plain client for the webs on loopback: goes where `connect_to` sends it and shares no code with ours.

Not here: the webs (corpus_web.py, domain_scheduler.demo).
"""

import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

_PORTS = {"http": "80", "https": "443"}


class Visitor:
    """Asks as the real web is asked: Host and TLS name are the URL's, only the address is loopback's."""

    def __init__(self, connect_to: Iterable[str], client: httpx.AsyncClient) -> None:
        self._targets = [entry.split(":") for entry in connect_to]
        self._client = client

    def open(self, url: str) -> AbstractAsyncContextManager[httpx.Response]:
        """The answer to one request, its body unread."""
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
        address, port = next(
            (to, at)
            for name, asked, to, at in self._targets
            if name in ("", host) and asked == _PORTS[scheme]
        )
        here = httpx.URL(url).copy_with(host=address, port=int(port))
        return self._client.stream("GET", here, headers={"Host": host}, extensions={"sni_hostname": host})

    async def get(self, url: str) -> httpx.Response:
        """The answer to one request."""
        async with self.open(url) as response:
            await response.aread()
            return response

    async def visit(self, url: str) -> tuple[str, httpx.Response]:
        """Where at most 8 redirects lead, and the last answer."""
        response = await self.get(url)
        for _ in range(8):
            if not response.has_redirect_location:
                break
            url = urljoin(url, response.headers["location"])
            response = await self.get(url)
        return url, response


@asynccontextmanager
async def visitor_of(connect_to: Iterable[str], ca_file: Path) -> AsyncIterator[Visitor]:
    """A visitor who trusts the web's own authority."""
    trusting = ssl.create_default_context(cafile=str(ca_file))
    async with httpx.AsyncClient(verify=trusting, trust_env=False) as client:
        yield Visitor(connect_to, client)
