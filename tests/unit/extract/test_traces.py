"""The words that spare searching a tree are found alike with Hyperscan and without."""

import random

import pytest

from domain_scheduler.scan.extract.document.traces import TRACES, OnePass, one_by_one

pytest.importorskip("hyperscan")


def test_one_pass_finds_what_plain_search_finds() -> None:
    chance = random.Random(1)
    one_pass = OnePass()
    for _ in range(50):
        pieces = [*chance.sample(TRACES, 5), "é\0", "data-", "<b", "\n"]
        source = "".join(chance.choices(pieces, k=12)).encode()
        assert one_pass(source) == one_by_one(source)


def test_an_empty_source_holds_nothing() -> None:
    assert OnePass()(b"") == one_by_one(b"") == frozenset()
