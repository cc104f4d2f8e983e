"""Every parser that `bench.fuzz` feeds takes what the fuzzer begins with, whole and with a byte changed.

The long form is `python -m bench.fuzz --seconds 600`.
"""

import random
from itertools import islice

import pytest
from bench.fuzz_targets import TARGETS

SEEDS = 25


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_takes_what_strangers_write(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    seeds = list(islice(filter(None, target.seeds()), SEEDS))
    assert seeds
    for seed in seeds:
        target.read(seed[: target.max_bytes])
        damaged = bytearray(seed[: target.max_bytes])
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        target.read(bytes(damaged))
