"""Names against public vectors: never another name, never laxer; where stricter: docs/reference/names.md."""

import json
import re
from collections.abc import Iterator

import pytest

from domain_scheduler.core.names import InvalidDomainError, ascii_host, normalize_domain
from tests.support.corpus import corpus

STRICTER_FOR = (
    "has a character that no domain name may have",  # IDNA 2008: no emoji and other symbols
    "not a valid international name",  # IDNA 2008: joiners, direction, canonical punycode
    "has a part that starts or ends with a hyphen",
    "has a part longer than 63 characters",
    "longer than 253 characters",
    "has an empty part between two dots",
    "names no host",
)


@pytest.mark.parametrize("file", ["toascii.json", "IdnaTestV2.json", "IdnaTestV2-removed.json"])
def test_a_name_becomes_what_the_vectors_say_or_is_refused_for_a_known_reason(file: str) -> None:
    cases = [
        case for case in json.loads(corpus("vectors", "idna", file).read_text()) if isinstance(case, dict)
    ]
    assert cases
    for case in cases:
        try:
            name = ascii_host(case["input"])
        except InvalidDomainError as refused:
            assert case["output"] is None or refused.reason.startswith(STRICTER_FOR), case
        else:
            assert case["output"] is not None, case
            assert name == case["output"].removesuffix("."), case


def public_suffix_cases() -> Iterator[tuple[str, str | None]]:
    text = corpus("vectors", "url", "test_psl.txt").read_text()
    for name, registrable in re.findall(r"^checkPublicSuffix\('(.*)', (.*)\);", text, re.MULTILINE):
        yield name, None if registrable == "null" else registrable.strip("'")


def test_the_registrable_domain_is_the_lists() -> None:
    """Ours differ on purpose for unlisted suffixes (refused) and for names of hosting services (accepted)."""
    ours = {
        "example.example": None,
        "b.example.example": None,
        "a.b.example.example": None,
        "uk.com": "uk.com",
    }
    cases = list(public_suffix_cases())
    assert len(cases) > 70
    for name, expected in cases:
        expected = ours.get(name, expected)
        assert _registrable(name) == (expected and ascii_host(expected)), name


def _registrable(name: str) -> str | None:
    try:
        return normalize_domain(name).registrable
    except InvalidDomainError:
        return None


def test_lengths_are_bounded_as_the_dns_bounds_them() -> None:
    for case in json.loads(corpus("vectors", "url", "verifydnslength_tests.json").read_text()):
        if isinstance(case, dict):
            assert (_registrable(case["input"]) is None) == case["failure"], case["message"]
