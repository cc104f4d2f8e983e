"""What people write for a domain, and the name or the reason that comes of it."""

import gzip
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain_scheduler.core import names
from domain_scheduler.core.names import DomainName, InvalidDomainError, normalize_domain
from tests.support.corpus import corpus


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example.com", "example.com"),
        ("  Example.COM\t", "example.com"),
        ("example.com.", "example.com"),
        ("www.example.com", "www.example.com"),
        ("https://example.com", "example.com"),
        ("HTTPS://User:Pass@Example.com:8443/path?q=1#top", "example.com"),
        ("//example.com/x", "example.com"),
        ("ftp://example.com/", "example.com"),
        ("example.com/path", "example.com"),
        ("example.com?q", "example.com"),
        ("example.com#top", "example.com"),
        ("example.com\\path", "example.com"),
        ("example.com:80", "example.com"),
        ("example.com:", "example.com"),
        ("info@example.com", "example.com"),
        ("mailto:info@example.com", "example.com"),
        ("http://a@b@example.com/", "example.com"),
        ("\ufeffexample.com", "example.com"),
        ("ex\u00adample.com", "example.com"),
        ("%65xample.com", "example.com"),
        ("ＥＸＡＭＰＬＥ．ｃｏｍ", "example.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("BÜCHER.de", "xn--bcher-kva.de"),
        ("bu\u0308cher.de", "xn--bcher-kva.de"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("日本語。jp", "xn--wgv71a119e.jp"),
        ("правительство.рф", "xn--80aealotwbjpid2k.xn--p1ai"),
        ("trip----76.ru", "trip----76.ru"),
        ("1.example.com", "1.example.com"),
        ("1e100.net", "1e100.net"),
        ("my_shop.example.com", "my_shop.example.com"),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
    ],
)
def test_spellings_of_a_name_become_that_name(text: str, name: str) -> None:
    assert normalize_domain(text).ascii == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("\ufeff", "empty"),
        ("http://", "names no host"),
        ("/path", "names no host"),
        ("localhost", "local or special use"),
        ("http://localhost:8000/", "local or special use"),
        ("printer.local", "local or special use"),
        ("metadata.google.internal", "local or special use"),
        ("site.test", "local or special use"),
        ("expyuzz4wqqyqhjn.onion", "local or special use"),
        ("example", "local or special use"),
        ("intern", "single word"),
        ("example.nosuchsuffix", "no public suffix"),
        ("com", "public suffix, under which"),
        ("co.uk", "public suffix, under which"),
        ("example.ck", "public suffix, under which"),
        ("127.0.0.1", "IP address"),
        ("http://127.0.0.1:8080/x", "IP address"),
        ("2130706433", "IP address"),
        ("0x7f.1", "IP address"),
        ("0x7f000001", "IP address"),
        ("0x", "IP address"),
        ("127.1", "IP address"),
        ("0177.0.0.1", "IP address"),
        ("999.999.999.999", "IP address"),
        ("127.0.0.1.", "IP address"),
        ("１２７.0.0.1", "IP address"),
        ("①②⑦.⓪.⓪.①", "IP address"),
        ("%31%32%37.0.0.1", "IP address"),
        ("[::1]", "IP address"),
        ("http://[::ffff:127.0.0.1]:80/", "IP address"),
        ("::1", "IP address"),
        ("2001:db8::1", "IP address"),
        ("http://127.1.1.1:80\\@@127.2.2.2:80/", "IP address"),
        ("i❤.ws", "'❤', U+2764"),
        ("xn--i-7iq.ws", "'❤', U+2764"),
        ("💩.la", "U+1F4A9"),
        ("a" * 64 + ".com", "part longer than 63"),
        ("ü" * 64 + ".de", "part longer than 63"),
        ("a" * 300 + ".com", "part longer than 63"),
        ("a." * 130 + "com", "longer than 253"),
        ("ü." * 600 + "com", "longer than 253"),
        ("x" * 10_000_000, "longer than any web address (10,000,000 characters)"),
        ("-example.com", "hyphen"),
        ("example-.com", "hyphen"),
        ("exa mple.com", "no domain name may have (' ')"),
        ("*.example.com", "no domain name may have ('*')"),
        ("example.com,", "no domain name may have (',')"),
        ("a\x00b.com", "no domain name may have ('\\x00')"),
        ("example.com%2Fpath", "no domain name may have ('/')"),
        ("my_shop.com", "underscore"),
        ("example..com", "empty part"),
        (".example.com", "empty part"),
        ("example.com..", "empty part"),
        ("example.com:port", "'port' is not a port"),
        ("example.com:٨٠", "not a port"),
        ("xn--.com", "not a valid international name"),
        ("xn--999999999.com", "not a valid international name"),
        ("\ud800.com", "no domain name may have"),
    ],
)
def test_what_cannot_be_a_public_domain_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidDomainError) as refused:
        normalize_domain(text)
    assert reason in refused.value.reason
    assert str(refused.value) == refused.value.reason


def test_a_name_knows_its_parts() -> None:
    assert normalize_domain("shop.bücher.co.uk") == DomainName(
        ascii="shop.xn--bcher-kva.co.uk",
        unicode="shop.bücher.co.uk",
        registrable="xn--bcher-kva.co.uk",
        suffix="co.uk",
    )


def test_a_customer_of_a_hosting_service_is_a_domain_of_its_own() -> None:
    assert normalize_domain("www.somebody.github.io").registrable == "somebody.github.io"


def test_a_hosting_service_itself_is_a_domain_under_its_registry() -> None:
    assert normalize_domain("github.io") == DomainName("github.io", "github.io", "github.io", "io")


@pytest.mark.parametrize(
    ("name", "sibling"),
    [
        ("example.com", "www.example.com"),
        ("www.example.com", "example.com"),
        ("blog.example.com", None),
        ("www.blog.example.com", None),
        ("somebody.github.io", "www.somebody.github.io"),
        (".".join(["a" * 62] * 3 + ["b" * 60, "com"]), None),
    ],
)
def test_the_sibling_is_the_other_name_of_the_same_site(name: str, sibling: str | None) -> None:
    assert normalize_domain(name).sibling == sibling


def test_a_name_can_travel_between_processes() -> None:
    name = normalize_domain("bücher.de")
    assert pickle.loads(pickle.dumps(name)) == name


def _answer(normalize: object, text: str) -> object:
    try:
        return normalize(text)  # type: ignore[operator]
    except InvalidDomainError as refused:
        return refused.reason


@given(st.from_regex(r"\A\s?([A-Za-z0-9_-]{1,70}\.){0,3}[A-Za-z0-9-]{1,8}\.?\s?\Z"))
def test_the_fast_path_answers_as_the_thorough_one(text: str) -> None:
    assert _answer(normalize_domain, text) == _answer(names._normalize_thoroughly, text)


@given(st.from_regex(r"\A\s?[Hh]ttps?://([A-Za-z0-9_-]{1,70}\.){0,3}[A-Za-z0-9-]{1,8}[.:@?#/\\ ]?.{0,9}\Z"))
def test_the_fast_path_for_web_addresses_answers_as_the_thorough_one(text: str) -> None:
    assert _answer(normalize_domain, text) == _answer(names._normalize_thoroughly, text)


@given(st.text(max_size=80))
def test_no_text_gives_anything_but_a_name_or_a_reason(text: str) -> None:
    answer = _answer(normalize_domain, text)
    if isinstance(answer, DomainName):
        assert normalize_domain(answer.ascii) == answer
        assert normalize_domain(answer.unicode) == answer
    else:
        assert answer


@pytest.mark.parametrize("listed", ["misp_tranco10k.txt.gz", "opendns-random-domains.txt.gz"])
def test_real_lists_are_read_alike_on_both_paths(listed: str) -> None:
    for line in gzip.decompress(corpus("lists", listed).read_bytes()).decode().splitlines():
        assert _answer(normalize_domain, line) == _answer(names._normalize_thoroughly, line)
