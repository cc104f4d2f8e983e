"""Scrapy and Crawlee asking local sites for their titles, in the environment of an interpreter that has them.

    PYTHON -m bench.peer_crawlers scrapy|crawlee PORT SITES AT_ONCE ROBOTS(0|1)

Nothing of ours is imported, so that another environment will do. Each is told to retry nothing, write
nothing, ask as many sites at once as ours, and trust any certificate; prints CPU milliseconds a page as JSON.
Not here: the sites (fetch_server.py), comparing (whole_page.py).
"""

import asyncio
import json
import logging
import socket
import sys
import time
from typing import Any, Final

_WARM_UP: Final = 20


class _Meter:
    """CPU of this process over the pages after the first few."""

    def __init__(self, sites: int) -> None:
        self._left = sites + _WARM_UP
        self._sites = sites
        self.milliseconds = 0.0

    def page_done(self, title: str | None) -> None:
        """One more page; `title` must be there, for reading it is what is measured."""
        assert title is not None
        self._left -= 1
        if self._left == self._sites:
            self._started = time.process_time()
        if not self._left:
            self.milliseconds = (time.process_time() - self._started) * 1000 / self._sites


def scrapy(port: int, sites: int, at_once: int, robots: bool) -> float:
    """A spider with Scrapy's own settings but for these."""
    import scrapy  # type: ignore[import-not-found, unused-ignore]
    from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found, unused-ignore]

    _resolve_to_loopback()
    meter = _Meter(sites)

    class Titles(scrapy.Spider):  # type: ignore[misc, unused-ignore]
        name = "titles"

        async def start(self) -> Any:
            for number in range(sites + _WARM_UP):
                yield scrapy.Request(f"https://site{number}.example.com:{port}/")

        def parse(self, response: Any) -> None:
            meter.page_done(response.css("title::text").get() or "")

    settings = {
        "CONCURRENT_REQUESTS": at_once,
        "ROBOTSTXT_OBEY": robots,
        "RETRY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "DNSCACHE_ENABLED": True,
        "REACTOR_THREADPOOL_MAXSIZE": 20,
    }
    process = CrawlerProcess(settings)
    process.crawl(Titles)
    process.start()
    return meter.milliseconds


def _resolve_to_loopback() -> None:
    """Every name is this host, as in the other runs; Scrapy's resolver asks in threads, by this call."""
    socket.gethostbyname = lambda _name: "127.0.0.1"


async def _crawlee(port: int, sites: int, at_once: int, robots: bool) -> float:
    from crawlee import ConcurrencySettings, Request  # type: ignore[import-not-found, unused-ignore]
    from crawlee.crawlers import ParselCrawler  # type: ignore[import-not-found, unused-ignore]
    from crawlee.http_clients import ImpitHttpClient  # type: ignore[import-not-found, unused-ignore]
    from crawlee.storage_clients import MemoryStorageClient  # type: ignore[import-not-found, unused-ignore]

    meter = _Meter(sites)
    crawler = ParselCrawler(
        http_client=ImpitHttpClient(verify=False),
        storage_client=MemoryStorageClient(),
        respect_robots_txt_file=robots,
        use_session_pool=False,
        max_request_retries=0,
        configure_logging=False,
        concurrency_settings=ConcurrencySettings(
            min_concurrency=at_once, max_concurrency=at_once, desired_concurrency=at_once
        ),
    )

    @crawler.router.default_handler  # type: ignore[untyped-decorator, unused-ignore]
    async def read(context: Any) -> None:
        meter.page_done(context.selector.css("title::text").get() or "")

    addresses = (f"https://127.0.0.1:{port}/{number}" for number in range(sites + _WARM_UP))
    await crawler.run([Request.from_url(address) for address in addresses])
    return meter.milliseconds


def crawlee(port: int, sites: int, at_once: int, robots: bool) -> float:
    """A ParselCrawler with its own HTTP client and a store in memory; it resolves no names of ours."""
    logging.disable(logging.CRITICAL)
    return asyncio.run(_crawlee(port, sites, at_once, robots))


if __name__ == "__main__":
    peer = {"scrapy": scrapy, "crawlee": crawlee}[sys.argv[1]]
    port, sites, at_once, robots = map(int, sys.argv[2:])
    milliseconds = peer(port, sites, at_once, bool(robots))
    if not milliseconds:
        sys.exit(f"{sys.argv[1]} did not read every page")
    print(json.dumps({"cpu_ms": milliseconds}))
