"""Names against public vectors: never another name, never laxer; where stricter: docs/reference/names.md."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from domain_scheduler.core.names import InvalidDomainError, ascii_host, normalize_domain
from tests.support.corpus import corpus

STRICTER: dict[str, dict[str, int]] = {
    "toascii.json": {
        "has a character that no domain name may have": 15,
        "has a part that starts or ends with a hyphen": 8,
        "not a valid international name": 6,
        "has a part longer than 63 characters": 3,
        "longer than 253 characters": 3,
        "has an empty part between two dots": 2,
    },
    "IdnaTestV2.json": {
        "has a character that no domain name may have": 544,
        "not a valid international name": 362,
        "has an empty part between two dots": 117,
        "has a part that starts or ends with a hyphen": 46,
        "has a part longer than 63 characters": 36,
        "longer than 253 characters": 8,
        "names no host": 3,
    },
    "IdnaTestV2-removed.json": {},
}
"""File -> reason -> how many of its valid names are refused for it; explained in docs/reference/names.md."""


@pytest.mark.parametrize("file", STRICTER)
def test_a_name_becomes_what_the_vectors_say_or_is_refused_for_a_known_reason(file: str) -> None:
    refused: Counter[str] = Counter()
    for case in json.loads(corpus("vectors", "idna", file).read_text()):
        if not isinstance(case, dict):
            continue
        try:
            name = ascii_host(case["input"])
        except InvalidDomainError as error:
            refused[error.reason.partition(" (")[0]] += case["output"] is not None
        else:
            assert case["output"] is not None, case
            assert name == case["output"].removesuffix("."), case
    assert +refused == STRICTER[file]


def test_punycode_is_written_as_its_authors_do_and_read_back() -> None:
    written = 0
    for case in json.loads(corpus("vectors", "idna", "punycode_tests.json").read_text()):
        decoded = case["decoded"].lower()
        try:
            name = normalize_domain(f"{decoded}.example.com")
        except InvalidDomainError:
            continue  # sentences, with question marks and blanks
        label = name.ascii.removesuffix(".example.com")
        assert label.removeprefix("xn--") == case["encoded"].lower().removesuffix("-"), case
        assert name.unicode == f"{decoded}.example.com"
        written += 1
    assert written > 10


def test_a_text_made_to_overflow_punycode_is_refused() -> None:
    for case in json.loads(corpus("vectors", "idna", "bad_punycode_tests.json").read_text()):
        with pytest.raises(InvalidDomainError):
            ascii_host(f"ü{case['decoded']}.example.com")


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
