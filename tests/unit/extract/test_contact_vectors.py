"""Well-known collections of e-mails, tweets and telephone numbers: what is found, and why not the rest.

They test other things (what a syntax allows, what a phone's matcher may guess), so that not all of them are
answers here: what differs is named beside its reason.
"""

import html
import json
import re
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number

from tests.support.corpus_archive import require_corpus
from tests.unit.extract.reading import page_of

_NO_CONTACT = {
    "!#$%&`*+/=?^`{|}~@iana.org",  # nobody's
    "test@test.com",  # a placeholder
}
_FOUND_BY_THEM_ALONE = {
    "0 3   3 3 1   6 0 0 5", "0~0 1800 7493 524", "0~0 1800 7493 524 ~1234",  # not written as numbers are
    "033316005",  # no group, no word that announces it
}  # fmt: skip


def _vectors(name: str) -> Path:
    return require_corpus() / "vectors" / "contacts" / name


def _emails(markup: str) -> tuple[str, ...]:
    return page_of(f"<p>Write to {markup} now</p>").emails


def test_valid_addresses_at_public_domains_are_found_in_text_and_links() -> None:
    tests = ElementTree.parse(_vectors("isemail_tests.xml")).getroot().iter("test")
    valid = [test.findtext("address", "") for test in tests if "VALID" in test.findtext("category", "")]
    usual = [a for a in valid if re.search(r"@.+\.(?:org|com)$", a) and a not in _NO_CONTACT]
    assert len(usual) == 9
    for address in usual:
        expected = (address.lower(),)
        link = f'<a href="mailto:{quote(address, safe="@")}">us</a>'
        assert (_emails(html.escape(address)), _emails(link)) == (expected, expected)


def test_what_is_found_in_a_wrong_address_is_an_address_within_it() -> None:
    tests = ElementTree.parse(_vectors("isemail_tests.xml")).getroot().iter("test")
    for test in (test for test in tests if "ERR" in test.findtext("category", "")):
        address = test.findtext("address", "")
        found = _emails(html.escape(address))
        assert all(each in address.lower() and re.fullmatch(r"[a-z]+@iana\.org", each) for each in found)


def test_mentions_and_tags_of_tweets_are_no_addresses() -> None:
    lines = _vectors("twitter_text_extract.yml").read_text("utf-8").splitlines()
    texts = [line.partition("text: ")[2].strip("\"'") for line in lines if "  text: " in line]
    assert len(texts) > 200
    found = {address for text in texts for address in _emails(html.escape(text))}
    assert found == {"john.doe.gov@mail.com", "john.doe.jp@mail.com"}


def test_numbers_are_found_in_the_contexts_in_which_libphonenumber_finds_them() -> None:
    with _vectors("libphonenumber_matcher_cases.jsonl").open(encoding="utf-8") as lines:
        cases = [
            row
            for row in map(json.loads, lines)
            if row["group"] in ("doTestFindInContext", "IMPOSSIBLE_CASES")
        ]
    assert len(cases) > 70
    for case in (case for case in cases if case["text"] not in _FOUND_BY_THEM_ALONE):
        matches = PhoneNumberMatcher(case["text"], case["region"])
        theirs = {format_number(match.number, PhoneNumberFormat.E164) for match in matches}
        host = {"GB": "uk"}.get(case["region"], str(case["region"]).lower())
        page = page_of(f"<p>{html.escape(case['text'])}</p>", url=f"https://shop.{host}/")
        assert {*page.phones, *(fax["value"] for fax in page.details["contacts"]["faxes"])} == theirs, case
