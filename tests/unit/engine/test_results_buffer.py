"""Answers are written in groups, survive an outage, and one bad answer never holds up the others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.engine.backoff import Backoff
from domain_scheduler.engine.results_buffer import ResultsBuffer
from domain_scheduler.engine.write_faults import is_refusal
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.claims import Answer
from tests.support.claims import made_up_answer

AWAY = DatabaseUnavailableError("gone")


def refusal(state: str = "22P05") -> DBAPIError:
    error = psycopg.errors.lookup(state)("no such thing")
    return DBAPIError("insert", None, error)


@dataclass
class FakeDatabase:
    """Takes groups, unless an answer in them is poison or it is away for the next calls."""

    poison: set[int] = field(default_factory=set)
    failures: list[Exception] = field(default_factory=list)
    groups: list[list[int]] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    tried: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, answers: Sequence[Answer]) -> set[int]:
        self.tried.set()
        if self.failures:
            raise self.failures.pop(0)
        ids = [answer.claim.id for answer in answers]
        bad = {answer.claim.id for answer in answers if answer.outcome.error_kind is None} & self.poison
        if bad:
            raise refusal()
        self.groups.append(ids)
        return set(ids) - self.lost


@dataclass
class Told:
    """What the buffer said."""

    stored: list[Answer] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def written(self, answers: Sequence[Answer], held: set[int]) -> None:
        self.stored += [answer for answer in answers if answer.claim.id in held]
        self.stale += [answer.claim.id for answer in answers if answer.claim.id not in held]

    def replace(self, answer: Answer, reason: str) -> Answer | None:
        self.refused.append((answer.claim.id, reason))
        if answer.outcome.error_kind is ErrorKind.INTERNAL_ERROR:
            return None
        return made_up_answer(answer.claim.id, kind=ErrorKind.INTERNAL_ERROR)


@asynccontextmanager
async def running(
    database: FakeDatabase, told: Told, *, rows: int = 4, interval: float = 0.001
) -> AsyncIterator[ResultsBuffer]:
    buffer = ResultsBuffer(
        database.write,
        rows=rows,
        interval=interval,
        replace=told.replace,
        written=told.written,
        backoff=Backoff(first=0.001, longest=0.001),
    )
    task = asyncio.create_task(buffer.run())
    try:
        yield buffer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_answers_are_written_in_groups_of_the_set_size() -> None:
    database, told = FakeDatabase(), Told()
    async with running(database, told) as buffer:
        for number in range(10):
            buffer.add(made_up_answer(number))
        assert await buffer.drain(5)
    assert database.groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_a_small_group_is_written_after_the_interval() -> None:
    database, told = FakeDatabase(), Told()
    async with running(database, told, rows=100) as buffer:
        buffer.add(made_up_answer(1))
        await asyncio.wait_for(database.tried.wait(), 5)
    assert database.groups == [[1]]


async def test_a_full_group_does_not_wait_for_the_interval() -> None:
    database, told = FakeDatabase(), Told()
    async with running(database, told, rows=2, interval=600) as buffer:
        buffer.add(made_up_answer(1))
        buffer.add(made_up_answer(2))
        await asyncio.wait_for(database.tried.wait(), 5)
    assert database.groups == [[1, 2]]


async def test_answers_are_kept_in_order_while_the_database_is_away() -> None:
    database, told = FakeDatabase(failures=[AWAY] * 7), Told()
    async with running(database, told) as buffer:
        for number in range(6):
            buffer.add(made_up_answer(number))
        assert await buffer.drain(5)
    assert database.groups == [[0, 1, 2, 3], [4, 5]]


@pytest.mark.parametrize("state", ["40P01", "40001", "57014", "42501", "42P01", "55P03"])
async def test_a_fault_that_is_not_the_answers_own_is_waited_out(state: str) -> None:
    database, told = FakeDatabase(failures=[refusal(state)] * 3), Told()
    async with running(database, told) as buffer:
        buffer.add(made_up_answer(1))
        assert await buffer.drain(5)
    assert (database.groups, told.refused) == ([[1]], [])


async def test_one_answer_that_is_refused_does_not_hold_up_the_others() -> None:
    database, told = FakeDatabase(poison={13}), Told()
    async with running(database, told, rows=20) as buffer:
        for number in range(20):
            buffer.add(made_up_answer(number))
        assert await buffer.drain(5)
    by_id = {answer.claim.id: answer.outcome.error_kind for answer in told.stored}
    assert by_id == dict.fromkeys(range(20)) | {13: ErrorKind.INTERNAL_ERROR}
    assert told.refused == [(13, "no such thing")]


async def test_many_refused_answers_are_all_found() -> None:
    database, told = FakeDatabase(poison={0, 1, 7, 19}), Told()
    async with running(database, told, rows=20) as buffer:
        for number in range(20):
            buffer.add(made_up_answer(number))
        assert await buffer.drain(5)
    assert sorted(number for number, _ in told.refused) == [0, 1, 7, 19]
    assert len(told.stored) == 20


async def test_an_answer_that_cannot_be_encoded_is_refused_too() -> None:
    database, told = FakeDatabase(failures=[TypeError("str is not valid UTF-8")]), Told()
    async with running(database, told) as buffer:
        buffer.add(made_up_answer(1))
        assert await buffer.drain(5)
    assert told.refused == [(1, "str is not valid UTF-8")]


async def test_an_answer_whose_error_is_refused_too_is_dropped_and_nothing_is_written_for_it() -> None:
    database, told = FakeDatabase(failures=[refusal(), refusal()]), Told()
    async with running(database, told) as buffer:
        buffer.add(made_up_answer(1))
        assert await buffer.drain(5)
    assert (len(told.refused), len(buffer), database.groups) == (2, 0, [])


async def test_stale_answers_are_told_and_dropped() -> None:
    database, told = FakeDatabase(lost={2}), Told()
    async with running(database, told) as buffer:
        for number in range(3):
            buffer.add(made_up_answer(number))
        assert await buffer.drain(5)
    assert told.stale == [2]
    assert len(buffer) == 0


async def test_it_is_full_above_two_groups() -> None:
    buffer = ResultsBuffer(
        FakeDatabase().write, rows=2, interval=1, replace=Told().replace, written=Told().written
    )
    for number in range(4):
        buffer.add(made_up_answer(number))
    assert not buffer.full
    buffer.add(made_up_answer(4))
    assert buffer.full


async def test_a_drain_gives_up_in_time_and_says_so() -> None:
    database, told = FakeDatabase(failures=[AWAY] * 10_000), Told()
    async with running(database, told) as buffer:
        buffer.add(made_up_answer(1))
        assert not await buffer.drain(0.05)
    assert len(buffer) == 1


def test_only_faults_of_the_data_are_refusals() -> None:
    assert [is_refusal(refusal(state)) for state in ("22021", "22P05", "23514", "54000", "21000")] == [
        True
    ] * 5
    assert [is_refusal(refusal(state)) for state in ("42501", "40P01", "57014", "XX000")] == [False] * 4
    assert not is_refusal(AWAY)
    assert is_refusal(ValueError("surrogates not allowed"))
