"""A web app manifest: which icon is chosen, what it fills in, and that nothing in it does harm."""

from typing import Any

import orjson
import pytest

from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.extract.web_app_manifest import MAX_BYTES, read_manifest, with_manifest

URL = "https://shop.example/app/manifest.json"


def icon(src: Any, **more: Any) -> dict[str, Any]:
    return {"src": src, **more}


def chosen(*icons: Any) -> list[str]:
    """The addresses of the icons below the manifest, best first."""
    manifest = read_manifest(orjson.dumps({"icons": list(icons)}), URL)
    assert manifest is not None
    return [found.url.removeprefix("https://shop.example") for found in manifest.icons]


def test_icons_are_seen_from_the_manifest() -> None:
    assert chosen(icon("a.png"), icon("/b.png"), icon("https://cdn.example/c.png")) == [
        "/app/a.png",
        "/b.png",
        "https://cdn.example/c.png",
    ]


def test_the_icon_of_the_size_that_telephones_show_is_chosen_else_the_next_larger() -> None:
    icons = [icon(f"/{size}.png", sizes=f"{size}x{size}") for size in (48, 512, 192, 144)]
    assert chosen(*icons) == ["/192.png", "/512.png", "/144.png", "/48.png"]
    assert chosen(*icons[:2]) == ["/512.png", "/48.png"]
    assert chosen(icon("/s.png", sizes="16x16 32x32"), icon("/unknown.png"))[0] == "/s.png"
    assert chosen(icon("/512.png", sizes="512x512"), icon("/any.svg", sizes="any"))[0] == "/any.svg"


def test_an_icon_for_any_purpose_comes_before_one_that_is_cut_or_has_one_colour() -> None:
    assert chosen(
        icon("/mono.png", sizes="192x192", purpose="monochrome"),
        icon("/cut.png", sizes="192x192", purpose="maskable"),
        icon("/both.png", sizes="512x512", purpose="maskable any"),
        icon("/plain.png", sizes="48x48"),
    ) == ["/both.png", "/plain.png", "/cut.png", "/mono.png"]


def test_a_type_that_every_browser_shows_comes_first() -> None:
    assert chosen(icon("/a", type="image/jxl"), icon("/b.tiff"), icon("/c", type="image/png"))[0] == "/c"
    assert chosen(icon("/a.xyz?v=1"), icon("/b.png?v=1"))[0] == "/b.png?v=1"


@pytest.mark.parametrize(
    "entry",
    [
        None, 5, "icon.png", [], {}, icon(None), icon(5), icon(["a.png"]), icon(""),
        icon("javascript:alert(1)"), icon("data:image/png;base64,AAAA"), icon("https://["),
        icon("/" + "a" * 3_000),
    ],
)  # fmt: skip
def test_what_is_no_icon_is_passed_over(entry: Any) -> None:
    assert chosen(entry, icon("/a.png")) == ["/a.png"]


@pytest.mark.parametrize("odd", [None, 5, "x", {}, [], [[[]]]])
def test_a_member_of_a_wrong_type_is_as_good_as_missing(odd: Any) -> None:
    content = {"icons": odd, "name": odd if odd != "x" else 1, "theme_color": {"a": odd}, "short_name": " "}
    manifest = read_manifest(orjson.dumps(content), URL)
    assert manifest is not None
    assert (manifest.icons, manifest.name, manifest.short_name, manifest.theme_color) == (
        (),
        None,
        None,
        None,
    )
    entry = icon("/a.png", sizes=odd, type=odd, purpose=odd)
    assert chosen(entry) == ["/a.png"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><title>Not found</title>",
        b"[]",
        b'"name"',
        b"null",
        b'{"name": "Shop", }',
        b'{"name": "\xff\xfe"}',
        b'{"name": "\\ud800"}',
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 60_000,
        b'{"name": "' + b"x" * MAX_BYTES + b'"}',
    ],
)
def test_what_is_no_manifest_is_none(content: bytes) -> None:
    assert read_manifest(content, URL) is None


def test_a_manifest_may_begin_with_a_byte_order_mark_and_is_cut_where_it_is_long() -> None:
    icons = [icon(f"/{number}.png") for number in range(2_000)]
    content = b"\xef\xbb\xbf" + orjson.dumps({"name": "Shop " * 100, "icons": icons})
    manifest = read_manifest(content, URL)
    assert manifest is not None
    assert (len(manifest.icons), len(manifest.name or "")) == (30, 256)


def page_with(head: str) -> Any:
    return extract_page(f"<html><head>{head}</head>".encode(), headers=[], url="https://shop.example/")


SHOP = orjson.dumps(
    {
        "name": "The Shop",
        "short_name": "Shop",
        "theme_color": "#0a0",
        "icons": [icon("/i.png", sizes="192x192")],
    }
)


def test_a_manifest_fills_in_what_a_page_leaves_open() -> None:
    manifest = read_manifest(SHOP, URL)
    assert manifest is not None
    page = with_manifest(page_with(""), manifest)
    assert page.icon_url == "https://shop.example/i.png"
    assert page.details["sources"]["icon_url"] == "manifest"
    assert page.details["icons"] == [
        {"url": "https://shop.example/i.png", "rel": "manifest", "size": 192, "type": None}
    ]
    assert (page.details["site_name"], page.details["theme_color"]) == ("The Shop", "#0a0")
    assert page.details["web_app"] == {"name": "The Shop", "short_name": "Shop", "theme_color": "#0a0"}


def test_what_a_page_says_itself_stays() -> None:
    manifest = read_manifest(SHOP, URL)
    assert manifest is not None
    metas = "<meta name=theme-color content=red><meta property=og:site_name content=Own>"
    page = with_manifest(page_with(f"<link rel=icon href=/own.ico>{metas}"), manifest)
    assert page.icon_url == "https://shop.example/own.ico"
    assert (page.details["site_name"], page.details["theme_color"]) == ("Own", "red")
    assert [found["url"] for found in page.details["icons"]] == ["https://shop.example/own.ico"]


@pytest.mark.parametrize(
    "written",
    [
        'data:application/manifest+json,{"name":"Inline","icons":[{"src":"https://shop.example/i.png"}]}',
        "data:application/json;charset=utf-8,%7B%22name%22:%22Inline%22,%22icons%22:[%7B%22src%22:%22/i.png%22%7D]%7D",
        "data:application/json;base64,eyJuYW1lIjoiSW5saW5lIiwiaWNvbnMiOlt7InNyYyI6Ii9pLnBuZyJ9XX0=",
    ],
)
def test_a_manifest_within_the_page_is_read_without_asking(written: str) -> None:
    page = page_with(f"<link rel=manifest href='{written}'>")
    assert (page.icon_url, page.details["site_name"]) == ("https://shop.example/i.png", "Inline")
    assert page.details["manifest"] is None


@pytest.mark.parametrize(
    "written", ["data:,", "data:;base64,====", "data:;base64,e30", "data:x", "data:,[1]"]
)
def test_a_broken_manifest_within_the_page_changes_nothing(written: str) -> None:
    page = page_with(f"<link rel=manifest href='{written}'>")
    assert page.details["sources"]["icon_url"] == "/favicon.ico"
