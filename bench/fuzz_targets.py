"""The parsers that read what strangers wrote, each as a function of bytes that may raise nothing.

What a parser promises to raise is caught here; what it gives is checked where a rule holds for all input (a
name normalised twice is the same name, a report is JSON). Imported under instrumentation, so that the
fuzzer sees which lines it reaches.
Not here: running them (fuzz.py), what they begin with (fuzz_seeds.py).
"""

import base64
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import orjson

from bench import fuzz_seeds
from bench.fuzz_dns import read_dns_answer
from domain_scheduler.batches.cursors import decode_cursor, encode_cursor
from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.errors import BadCursorError, InputError, SettingsError
from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.extract.contacts.email_addresses import email_address
from domain_scheduler.scan.extract.contacts.email_scripts import scripted_addresses
from domain_scheduler.scan.extract.contacts.email_text import addresses_in
from domain_scheduler.scan.extract.contacts.phone_numbers import numbers_of
from domain_scheduler.scan.extract.contacts.phone_text import numbers_in
from domain_scheduler.scan.extract.contacts.social_profiles import profile_of
from domain_scheduler.scan.extract.document.addresses import absolute
from domain_scheduler.scan.extract.document.charset import decode
from domain_scheduler.scan.extract.document.json_ld import parse_json_ld
from domain_scheduler.scan.extract.document.microdata import microdata_items
from domain_scheduler.scan.extract.document.tree import Tree
from domain_scheduler.scan.extract.web_app_manifest import read_manifest
from domain_scheduler.scan.fetch.bodies import Inflater
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.markup import canonical_link, meta_refresh
from domain_scheduler.scan.fetch.reading import Body
from domain_scheduler.scan.fetch.retry_after import wait_asked_for
from domain_scheduler.scan.fetch.robots_rules import rules_for
from domain_scheduler.scan.fetch.tls import certificate_facts
from domain_scheduler.scan.fetch.urls import parse_url
from domain_scheduler.scan.fetch.verdict import begins_like_html
from domain_scheduler.scan.technologies import TechnologyMatcher, load_technologies
from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.evidence import Evidence
from domain_scheduler.scan.technologies.literal_prefilter import LiteralPrefilter
from domain_scheduler.scan.technologies.product_files import products_from

_BASE: Final = "https://shop.example.org/a/b?c"
_LABELS: Final = ("", "; charset=utf-8", "; charset=windows-1252", "; charset=shift_jis", "; charset=utf-16")
_CODINGS: Final = ("gzip", "deflate", "br", "zstd", "zstd, gzip")
_BODY_LIMIT: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parser, what it begins with, and how long an input may be."""

    read: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    max_bytes: int = fuzz_seeds.PIECE


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


@cache
def _matcher() -> TechnologyMatcher:
    return load_technologies()


def page(data: bytes) -> None:
    """A whole page, with its charset label and technologies; the report is JSON."""
    label = _LABELS[data[0] % len(_LABELS)] if data else ""
    headers = [("Content-Type", f"text/html{label}"), ("Set-Cookie", _text(data[-40:])), ("Server", "x/1")]
    report = extract_page(data[1:], headers=headers, url=_BASE, technologies=_matcher())
    orjson.dumps([report.title, report.emails, report.phones, report.social, report.details])


def json_ld(data: bytes) -> None:
    """A JSON-LD block, repaired if it can be."""
    parse_json_ld(_text(data))


def microdata(data: bytes) -> None:
    """The microdata of a page."""
    microdata_items(Tree(_text(data)), _BASE)


def charset(data: bytes) -> None:
    """The header's label (the first 20 bytes) and the page's own."""
    text = decode(data[20:], content_type=_text(data[:20]), top_level_domain="jp").text
    assert len(text) <= len(data)


def markup(data: bytes) -> None:
    """A meta refresh and a canonical link, and where they lead."""
    body = Body(content=data)
    for found in (meta_refresh(body), canonical_link(body)):
        if found is not None:
            urls(found.encode("utf-8", "surrogateescape"))
    begins_like_html(data)


def emails(data: bytes) -> None:
    """E-mail addresses in text."""
    for address in addresses_in(_text(data)):
        email_address(address, host="example.org")


def scripts(data: bytes) -> None:
    """E-mail addresses that a script puts together."""
    for address in scripted_addresses(_text(data)):
        email_address(address, host="example.org")


def phones(data: bytes) -> None:
    """Telephone numbers in text."""
    for candidate in numbers_in(_text(data)):
        assert all(number.startswith("+") for number in numbers_of(candidate.text, ("DE", "US")))


def robots(data: bytes) -> None:
    """A robots.txt, and an address under it."""
    rules_for("DomainScheduler", data).allows("https://example.com/a/b.html?c=%C3%A9")


def urls(data: bytes) -> None:
    """An address by itself and seen from another; what is understood is understood again."""
    text = data.decode("utf-8", "surrogateescape")
    for base in (None, parse_url(_BASE)):
        with suppress(FetchError):
            url = parse_url(text, base=base)
            url.for_client()
            assert parse_url(url.text) == url, url.text
    absolute(_BASE, _text(data))


def profiles(data: bytes) -> None:
    """An address as a profile on a social network."""
    if (profile := profile_of(_text(data))) is not None:
        assert profile.url.startswith("https://"), profile.url


def names(data: bytes) -> None:
    """A domain as people write it; the name that it becomes stays as it is."""
    with suppress(InvalidDomainError):
        name = normalize_domain(_text(data))
        assert normalize_domain(name.ascii) == name
        assert normalize_domain(name.unicode).ascii == name.ascii


def bodies(data: bytes) -> None:
    """A compressed body, in two pieces; the first byte says how."""
    if not data:
        return
    inflater = Inflater(_CODINGS[data[0] % len(_CODINGS)], limit=_BODY_LIMIT)
    with suppress(FetchError):
        given = [piece for part in (data[1:20], data[20:]) for piece in inflater.feed(part)]
        assert sum(map(len, given)) <= _BODY_LIMIT


def manifest(data: bytes) -> None:
    """A web app manifest, by itself and within a page."""
    if (found := read_manifest(data, f"{_BASE}app/manifest.json")) is not None:
        assert all(icon.url.startswith("http") for icon in found.icons)
    inline = base64.b64encode(data).decode()
    page(f'<link rel="manifest" href="data:application/json;base64,{inline}">'.encode())


def fingerprints(data: bytes) -> None:
    """A file of technologies in Wappalyzer's format, loaded and used."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_bytes(data)
        with suppress(SettingsError):
            products = products_from(Path(file.name))
            matcher = TechnologyMatcher(products, make_prefilter=LiteralPrefilter, cache=Cache(None))
            matcher.match(
                Evidence(url=_BASE, html="<script src=/wp-content/x.js>", headers={"server": ["x"]})
            )


def certificates(data: bytes) -> None:
    """A server's certificate."""
    orjson.dumps(certificate_facts(data))


def lists(data: bytes) -> None:
    """A list of domains in any form; every entry knows its line."""
    with suppress(InputError):
        lines = [entry.line for entry in read_entries(io.BytesIO(data), max_bytes=1_000_000)]
        assert lines == sorted(lines)


def waits(data: bytes) -> None:
    """A Retry-After header."""
    seconds = wait_asked_for(_text(data))
    assert seconds is None or seconds >= 0


def cursors(data: bytes) -> None:
    """A page cursor of the API; only what we made is understood."""
    with suppress(BadCursorError):
        numbers = decode_cursor("batches", _text(data), count=2)
        assert encode_cursor("batches", *numbers) == _text(data)


TARGETS: Final[Mapping[str, Target]] = {
    "page": Target(read=page, seeds=fuzz_seeds.pages, max_bytes=8_192),
    "json-ld": Target(read=json_ld, seeds=fuzz_seeds.json_ld),
    "microdata": Target(read=microdata, seeds=fuzz_seeds.microdata, max_bytes=2 * fuzz_seeds.PIECE),
    "charset": Target(read=charset, seeds=fuzz_seeds.beginnings),
    "markup": Target(read=markup, seeds=fuzz_seeds.heads),
    "emails": Target(read=emails, seeds=lambda: fuzz_seeds.pieces_around("@", " at ", "[at]", "(at)")),
    "scripts": Target(read=scripts, seeds=fuzz_seeds.scripts),
    "phones": Target(read=phones, seeds=lambda: fuzz_seeds.pieces_around("Tel", "Fax", "hone", "+", " (0")),
    "robots": Target(read=robots, seeds=fuzz_seeds.robots),
    "urls": Target(read=urls, seeds=fuzz_seeds.urls),
    "profiles": Target(read=profiles, seeds=fuzz_seeds.profiles),
    "names": Target(read=names, seeds=fuzz_seeds.names, max_bytes=300),
    "bodies": Target(read=bodies, seeds=fuzz_seeds.packed),
    "manifest": Target(read=manifest, seeds=fuzz_seeds.manifests),
    "fingerprints": Target(read=fingerprints, seeds=fuzz_seeds.fingerprints),
    "certificates": Target(read=certificates, seeds=fuzz_seeds.certificates),
    "lists": Target(read=lists, seeds=fuzz_seeds.lists),
    "dns": Target(read=read_dns_answer, seeds=fuzz_seeds.dns_answers, max_bytes=512),
    "waits": Target(read=waits, seeds=lambda: [b"120", b"Wed, 21 Oct 2026 07:28:00 GMT"], max_bytes=64),
    "cursors": Target(read=cursors, seeds=lambda: [encode_cursor("batches", 5, 7).encode()], max_bytes=64),
}
