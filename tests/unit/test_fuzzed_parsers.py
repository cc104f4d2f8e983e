"""Every parser that `bench.fuzz` feeds takes what the fuzzer begins with, whole and with a byte changed.

The long form is `python -m bench.fuzz --seconds 600`.
"""

import random
from itertools import islice

import pytest
from bench import fuzz_targets
from bench.fuzz_targets import TARGETS

from tests.support.compiled_rules import built_in_technologies

SEEDS = 25


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_takes_what_strangers_write(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_targets, "_matcher", built_in_technologies)
    target, chance = TARGETS[name], random.Random(name)
    seeds = list(islice(filter(None, target.seeds()), SEEDS))
    assert seeds
    for seed in seeds:
        target.read(seed[: target.max_bytes])
        damaged = bytearray(seed[: target.max_bytes])
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        target.read(bytes(damaged))
