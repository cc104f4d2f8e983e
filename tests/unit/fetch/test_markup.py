"""What fetching reads in a page itself: only what a browser would act on."""

import time

import pytest

from domain_scheduler.scan.fetch.markup import canonical_link, meta_refresh
from domain_scheduler.scan.fetch.reading import Body

REFRESH = b'<meta http-equiv="refresh" content="0; url=/next">'
CANONICAL = b'<link rel="canonical" href="https://example.com/">'


def test_a_quick_refresh_is_a_redirect() -> None:
    assert meta_refresh(Body(content=b"<head>" + REFRESH)) == "/next"


@pytest.mark.parametrize(
    "tag",
    [
        b"<meta http-equiv=refresh content=0;url=/next>",
        b"<meta content='0;URL=/next' http-equiv='refresh' />",
        b'<META HTTP-EQUIV = "Refresh" CONTENT = "0.5; URL = /next">',
        b'<meta http-equiv="refresh" data-content="9;url=/other" content="5,url=\'/next\'">',
        b'<meta http-equiv="refresh" content="0;/next">',
        b'<meta http-equiv="refresh" content="0;url=/ne&#120;t">',
    ],
)
def test_a_refresh_is_read_as_browsers_read_it(tag: bytes) -> None:
    assert meta_refresh(Body(content=tag)) == "/next"


@pytest.mark.parametrize("content", [b"0", b"0;", b"0;url=", b"5.1;url=/next", b"url=/next", b"-1;url=/next"])
def test_a_refresh_that_leads_nowhere_is_none(content: bytes) -> None:
    assert meta_refresh(Body(content=b'<meta http-equiv="refresh" content="%s">' % content)) is None


def test_a_slow_refresh_is_not() -> None:
    assert meta_refresh(Body(content=REFRESH.replace(b"0;", b"30;"))) is None


@pytest.mark.parametrize(
    "inert",
    [
        b"<script>document.write('%s')</script>",
        b"<noscript>%s</noscript>",
        b"<!-- %s -->",
        b"<template>%s</template>",
        b"<style>%s</style>",
        b"<script>%s",
    ],
)
def test_markup_that_a_browser_does_not_act_on_is_passed_over(inert: bytes) -> None:
    assert meta_refresh(Body(content=inert % REFRESH)) is None
    assert canonical_link(Body(content=inert % CANONICAL)) is None


def test_live_markup_after_a_script_is_found() -> None:
    page = Body(content=b"<script>var a = '<meta>';</script>" + REFRESH + CANONICAL)
    assert (meta_refresh(page), canonical_link(page)) == ("/next", "https://example.com/")


@pytest.mark.parametrize(
    "page",
    [
        b"<meta" * 13_000 + b"refresh canonical",
        b"<link" * 13_000 + b"refresh canonical",
        (b"<meta http-equiv=" + b" " * 970 + b">") * 65 + b"refresh",
        (b"<link rel=" + b" " * 970 + b">") * 65 + b"canonical",
        b"<script>" * 8_000 + REFRESH * 20,
        b"<!--" * 12_000 + REFRESH * 20,
        b"<title>" + b"</titl" * 9_000 + REFRESH * 20,
    ],
)
def test_a_page_made_to_be_searched_in_vain_costs_little(page: bytes) -> None:
    started = time.process_time()
    meta_refresh(Body(content=page))
    canonical_link(Body(content=page))
    assert time.process_time() - started < 0.3  # 0.05 on a busy machine
