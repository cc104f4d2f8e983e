"""What fetching reads in a page itself: only what a browser would act on."""

import time

import pytest

from domain_scheduler.scan.fetch.markup import canonical_link, meta_refresh
from domain_scheduler.scan.fetch.reading import Body

REFRESH = b'<meta http-equiv="refresh" content="0; url=/next">'
CANONICAL = b'<link rel="canonical" href="https://example.com/">'


def test_a_quick_refresh_is_a_redirect() -> None:
    assert meta_refresh(Body(content=b"<head>" + REFRESH)) == "/next"


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
    assert time.process_time() - started < 0.1
