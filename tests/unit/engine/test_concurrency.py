"""Concurrency goes up slowly with room and demand, down at once under strain, and never because of errors."""

from dataclasses import fields

import pytest

from domain_scheduler.engine.concurrency import PATIENCE, ConcurrencyControl, Vitals, strain_of

WELL = Vitals(memory=100, memory_limit=1_000, open_files=10, open_files_limit=1_000)
STRAINED = [
    Vitals(loop_lag=0.3),
    Vitals(memory=1_001, memory_limit=1_000),
    Vitals(open_files=950, open_files_limit=1_000),
]


def test_it_starts_where_the_settings_say() -> None:
    assert ConcurrencyControl(start=100, maximum=1_000).limit == 100


def test_it_goes_up_by_a_tenth_while_there_is_room_and_demand() -> None:
    control = ConcurrencyControl(start=100, maximum=1_000)
    assert control.adjust(WELL, demand=True) == 110


def test_it_goes_up_from_one_too() -> None:
    control = ConcurrencyControl(start=1, maximum=10)
    assert control.adjust(WELL, demand=True) == 2


def test_it_never_goes_above_the_maximum() -> None:
    control = ConcurrencyControl(start=100, maximum=105)
    for _ in range(5):
        control.adjust(WELL, demand=True)
    assert control.limit == 105


def test_it_stays_without_demand() -> None:
    control = ConcurrencyControl(start=100, maximum=1_000)
    assert control.adjust(WELL, demand=False) == 100


@pytest.mark.parametrize("vitals", STRAINED, ids=lambda vitals: strain_of(vitals))
def test_it_goes_down_by_a_quarter_under_strain(vitals: Vitals) -> None:
    control = ConcurrencyControl(start=100, maximum=1_000)
    assert control.adjust(vitals, demand=True) == 75


def test_it_awaits_the_effect_of_a_step_down_before_the_next() -> None:
    control = ConcurrencyControl(start=100, maximum=1_000)
    limits = [control.adjust(STRAINED[0], demand=True) for _ in range(PATIENCE + 2)]
    assert limits == [75] * (PATIENCE + 1) + [56]


def test_it_never_goes_below_one() -> None:
    control = ConcurrencyControl(start=2, maximum=1_000)
    for _ in range(20 * PATIENCE):
        control.adjust(STRAINED[0], demand=True)
    assert control.limit == 1


@pytest.mark.parametrize(
    "vitals",
    [
        Vitals(loop_lag=0.1),
        Vitals(memory=850, memory_limit=1_000),
        Vitals(open_files=850, open_files_limit=1_000),
        Vitals(extract_wait=2),
    ],
    ids=["lag", "memory", "files", "extractors"],
)
def test_it_stays_between_room_and_strain(vitals: Vitals) -> None:
    control = ConcurrencyControl(start=100, maximum=1_000)
    assert control.adjust(vitals, demand=True) == 100


def test_it_knows_nothing_of_errors() -> None:
    assert not [field.name for field in fields(Vitals) if "error" in field.name]
