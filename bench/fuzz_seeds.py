"""What the fuzzed parsers begin with: small pieces of the corpus, and a few made-up ones.

Everything here is short, for a fuzzer changes a byte at a time.
Not here: the parsers (fuzz_targets.py).
"""

import gzip
import itertools
import json
import random
import re
import zlib
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

import brotli
from backports import zstd
from tests.support.corpus import corpus
from tests.support.corpus_pages import corpus_files
from turbohtml import parse

PIECE: Final = 2_048
_PAGES: Final = 150
_NAMES: Final = 300
_HREF: Final = re.compile(r"""href=["']?([^"'\s>]+)""")
_LD_JSON: Final = re.compile(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", re.DOTALL)
_SCRIPT: Final = re.compile(r"<script[^>]*>([^<]{20,})</script>")
_META: Final = re.compile(rb"<(?:meta|link)[^>]*>", re.IGNORECASE)


def pages(max_bytes: int = 8_192, most: int = _PAGES) -> Iterator[bytes]:
    """Whole pages that are small enough, in a random order."""
    small = (page for page in _all_pages() if len(page) <= max_bytes)
    return itertools.islice(small, most)


def _all_pages() -> Iterator[bytes]:
    files = list(corpus_files())
    random.Random(1).shuffle(files)
    return (content for _, content in files)


def _sources(most: int = _PAGES) -> Iterator[str]:
    return (page.decode("utf-8", "replace") for page in itertools.islice(_all_pages(), most))


def pieces_around(*words: str) -> Iterator[bytes]:
    """Pieces of the visible text of pages, around each of the words."""
    for source in _sources():
        text = parse(source).to_text()
        for word in words:
            if (at := text.find(word)) >= 0:
                yield text[max(at - 100, 0) : at + 200].encode("utf-8", "replace")


def json_ld() -> Iterator[bytes]:
    """The contents of JSON-LD scripts."""
    for source in _sources(1_000):
        yield from (found.encode()[:PIECE] for found in _LD_JSON.findall(source))


def scripts() -> Iterator[bytes]:
    """Scripts with at-signs in some form, and one that puts an address together."""
    yield b"var a='info'; var b = 'x' + '.org'; document.write('<a href=\\x6dailto:' + a + '&#64;' + b + '>')"
    yield b"['a','b.org'].join('@'); unescape('%61%40%62.org'); String.fromCharCode(97,64,98,46,111,114,103)"
    for source in _sources(1_000):
        yield from (s[:PIECE].encode("utf-8", "replace") for s in _SCRIPT.findall(source) if "@" in s[:PIECE])


def microdata() -> Iterator[bytes]:
    """Pages with microdata, and one with all that it knows."""
    yield (
        b"<div itemscope itemtype=http://schema.org/Store itemid=/x itemref='a b'>"
        b"<p itemprop='name url'>x</p><a itemprop=url href=/y>y</a>"
        b"<div itemprop=address itemscope><meta itemprop=x content=z></div></div>"
        b"<div id=a><time itemprop=date datetime=2020></time></div><div id=b itemref=a itemscope></div>"
    )
    for file in sorted(corpus("vectors", "structured-data").rglob("*.html")):
        content = file.read_bytes()
        if len(content) <= 2 * PIECE and b"itemscope" in content:
            yield content


def beginnings() -> Iterator[bytes]:
    """The first bytes of pages, where charsets are declared."""
    return (page[:1_024] for page in itertools.islice(_all_pages(), _PAGES))


def heads() -> Iterator[bytes]:
    """The <meta> and <link> elements of pages, and redirects by them."""
    yield b"<meta http-equiv=refresh content='0; url=/x&#x2f;'><link rel=canonical href='https://a.example/'>"
    yield b"<!-- <meta http-equiv='refresh' content=\"5\"> --><noscript><meta http-equiv=refresh></noscript>"
    for page in itertools.islice(_all_pages(), _PAGES):
        yield b"".join(_META.findall(page))[:PIECE]


def robots() -> Iterator[bytes]:
    """robots.txt files of the conformance cases."""
    with corpus("vectors", "robots", "google_robotstxt_cases.jsonl").open(encoding="utf-8") as cases:
        for line in cases:
            yield str(json.loads(line)["robots"]).encode()
    for file in sorted(corpus("vectors", "robots", "crawler-commons").rglob("*.txt")):
        yield file.read_bytes()[:PIECE]


def urls() -> Iterator[bytes]:
    """Odd addresses, and those of links and profiles in pages."""
    for case in json.loads(corpus("vectors", "url", "urltestdata.json").read_bytes()):
        if isinstance(case, dict):
            yield case["input"].encode("utf-8", "replace")
    for source in _sources():
        yield from (found.encode() for found in _HREF.findall(source)[:5])


def profiles() -> Iterator[bytes]:
    """Addresses of profiles on social networks in pages."""
    networks = ("facebook", "twitter", "linkedin", "instagram", "youtube", "t.me", "wa.me", "whatsapp")
    for source in _sources(500):
        for found in _HREF.findall(source):
            if any(network in found for network in networks):
                yield found.encode("utf-8", "replace")[:PIECE]


def names() -> Iterator[bytes]:
    """Domains as people list them, and as the IDNA tests spell them."""
    for case in json.loads(corpus("vectors", "idna", "toascii.json").read_bytes()):
        if isinstance(case, dict):
            yield case["input"].encode("utf-8", "replace")
    with gzip.open(corpus("lists", "opendns-random-domains.txt.gz")) as listed:
        yield from (line.strip() for line in itertools.islice(listed, _NAMES))


def packed() -> Iterator[bytes]:
    """Small pages in every coding; the first byte says which."""
    for page in itertools.islice(pages(PIECE), 20):
        yield b"\x00" + gzip.compress(page)
        yield b"\x01" + zlib.compress(page)
        yield b"\x01" + zlib.compress(page)[2:-4]
        yield b"\x02" + brotli.compress(page)
        yield b"\x03" + zstd.compress(page)
        yield b"\x04" + gzip.compress(zstd.compress(page))
        yield b"\x00" + gzip.compress(page) * 2


def fingerprints() -> Iterator[bytes]:
    """Entries of a technologies file, a few a piece."""
    with gzip.open(corpus("vectors", "tech", "wappalyzergo_fingerprints_data.json.gz")) as file:
        entries = list(json.load(file)["apps"].items())
    for start in range(0, 600, 3):
        yield json.dumps(dict(entries[start : start + 3])).encode()[:PIECE]
    yield b'{"x":{"cats":[1],"dom":{"a[href]":{"attributes":{"href":"x\\\\;version:\\\\1"},"text":"y"}}}}'


def manifests() -> Iterator[bytes]:
    """Web app manifests, whole and odd ones."""
    icons = (
        '[{"src":"a.png","sizes":"48x48 192x192","purpose":"any maskable"},{"src":"b","type":"image/svg"}]'
    )
    yield f'{{"name":"Shop","short_name":"S","theme_color":"#0a0","icons":{icons}}}'.encode()
    yield b'{"icons":{"src":"a.png"},"name":["Shop"]}'
    yield b'{"icons":[[],{"src":null,"sizes":5},{"src":"https://[/"}]}'


def certificates() -> Iterator[bytes]:
    """A certificate, with names of several kinds."""
    import trustme
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    authority = trustme.CA()
    issued = authority.issue_cert("a.example.com", "*.example.com", "127.0.0.1", "x@a.example.com")
    pems = (authority.cert_pem, issued.cert_chain_pems[0])
    for pem in pems:
        yield x509.load_pem_x509_certificate(pem.bytes()).public_bytes(Encoding.DER)


def dns_answers() -> Iterator[bytes]:
    """Answers without number and question: ten bytes of head, then records."""
    address, name = ip_address("192.0.2.1").packed, b"\x01a\x07example\x00"
    records = {1: address, 28: bytes(16), 2: name, 5: name, 15: b"\x00\x0a" + name}
    head = bytes.fromhex("8180 0001 0001 0000 0000")
    for kind, data in records.items():
        record = bytes([0xC0, 12, 0, kind, 0, 1, 0, 0, 0, 30, 0, len(data)]) + data
        yield head + record


def lists() -> Iterator[bytes]:
    """Lists of domains in every form that intake reads."""
    rows = [("Domain", "Priority", "Note"), ("a.com", "3", 'says "x"'), ("münchen.de", "", "b;c|d")]
    for delimiter in ",;\t|":
        text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
        yield from (text.encode(encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"))
    objects = [{"domain": "a.com", "priority": 1}, {"url": "https://b.org/", "note": None}]
    yield json.dumps(objects).encode()
    yield "\n".join(map(json.dumps, objects)).encode()
    yield json.dumps(["a.com", "b.org"], indent=1).encode()
    yield b"# comment\na.com\n\nhttps://b.org/x\n"
    yield gzip.compress(b"a.com\nb.org\n")
