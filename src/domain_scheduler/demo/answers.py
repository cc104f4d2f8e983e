"""How a site of the demo answers one request.

Not here: the sites (made_up_sites.py), ports and certificates (web.py).
"""

import asyncio
import gzip
from importlib.resources import files
from typing import Final

from aiohttp import web

from domain_scheduler.demo.made_up_sites import SITES, DemoSite

_BY_HOST: Final = {site.host: site for site in SITES}
_CHUNK: Final = b"<p>And one more line.</p>\n" * 512
_COME_BACK_AFTER: Final = "2"
"""Seconds, as Retry-After says them."""
_PAUSE: Final = 0.001
"""Seconds between two chunks of an endless page, so that it cannot occupy the event loop."""


class Answers:
    """The answers of one run of the demo; which site has been asked before is forgotten with it."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer of the site that the request's Host names; 404 for hosts and paths that do not exist."""
        site = _BY_HOST.get(request.host.partition(":")[0].lower())
        if site is None:
            return web.Response(status=404, text="The demo has no such site.\n")
        if request.path == "/robots.txt":
            return web.Response(status=200 if site.robots else 404, text=site.robots or "no robots.txt\n")
        if site.redirect:
            return web.Response(status=301, headers=_headers(site) | {"Location": site.redirect})
        if request.path == "/":
            return await self._front_page(site, request)
        page = site.more_pages.get(request.path)
        return _page(site, page, site.status if page else 404)

    async def _front_page(self, site: DemoSite, request: web.BaseRequest) -> web.StreamResponse:
        if site.busy_at_first and site.host not in self._asked:
            self._asked.add(site.host)
            return web.Response(status=429, headers=_headers(site) | {"Retry-After": _COME_BACK_AFTER})
        await asyncio.sleep(site.delay)
        if site.endless:
            return await _endless(site, request)
        return _page(site, site.page, site.status)


def _page(site: DemoSite, page: str | None, status: int) -> web.Response:
    body = _body(site, page) if page else b""
    headers = _headers(site)
    if site.compressed:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    return web.Response(status=status, headers=headers, body=body)


def _headers(site: DemoSite) -> dict[str, str]:
    return {"Server": "nginx", "Content-Type": site.content_type, **site.headers}


def _body(site: DemoSite, page: str) -> bytes:
    text = files("domain_scheduler.demo").joinpath("sites", page).read_text(encoding="utf-8")
    return text.encode(site.charset, "xmlcharrefreplace")


async def _endless(site: DemoSite, request: web.BaseRequest) -> web.StreamResponse:
    """Writes until the visitor has had enough and hangs up."""
    response = web.StreamResponse(headers=_headers(site))
    await response.prepare(request)
    try:
        await response.write(_body(site, site.page or ""))
        while True:
            await response.write(_CHUNK)
            await asyncio.sleep(_PAUSE)
    except ConnectionError:
        return response
