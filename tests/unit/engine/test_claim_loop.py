"""The claim loop claims as slots free up, at once when woken, and never more than there is room for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from domain_scheduler.engine.backoff import Backoff
from domain_scheduler.engine.claim_loop import ClaimLoop
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.claims import Claim
from tests.support.claims import made_up_claim

NEVER = 3_600.0


@dataclass
class FakeQueue:
    """A queue with `left` domains that notes what was asked of it."""

    left: int = 0
    failures: int = 0
    asked: list[int] = field(default_factory=list)
    looked_everywhere: int = 0
    called: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def look_everywhere(self) -> None:
        self.looked_everywhere += 1

    async def claim(self, limit: int) -> list[Claim]:
        self.asked.append(limit)
        self.called.release()
        if self.failures:
            self.failures -= 1
            raise DatabaseUnavailableError("gone")
        count = min(limit, self.left)
        self.left -= count
        return [made_up_claim(number) for number in range(count)]


@dataclass
class Slots:
    """`size` slots, some taken."""

    size: int
    taken: int = 0
    worthwhile: int = 1

    def room(self) -> int:
        return self.size - self.taken

    def take(self, claims: list[Claim]) -> None:
        self.taken += len(claims)


@asynccontextmanager
async def running(queue: FakeQueue, slots: Slots, *, poll: float = NEVER) -> AsyncIterator[ClaimLoop]:
    loop = ClaimLoop(
        queue,
        room=slots.room,
        worthwhile=lambda: slots.worthwhile,
        claimed=slots.take,
        poll_interval=poll,
        backoff=Backoff(first=0.001, longest=0.001),
    )
    task = asyncio.create_task(loop.run())
    yield loop
    loop.stop()
    await asyncio.wait_for(task, 5)


async def called(queue: FakeQueue) -> None:
    await asyncio.wait_for(queue.called.acquire(), 5)


async def test_it_claims_no_more_than_there_is_room_for() -> None:
    queue, slots = FakeQueue(left=100), Slots(10)
    async with running(queue, slots):
        await called(queue)
    assert (queue.asked, slots.taken) == ([10], 10)


async def test_it_claims_again_when_a_slot_is_free() -> None:
    queue, slots = FakeQueue(left=100), Slots(10)
    async with running(queue, slots) as loop:
        await called(queue)
        slots.taken -= 3
        loop.note_change()
        await called(queue)
    assert queue.asked == [10, 3]


async def test_it_lets_a_few_slots_gather_before_it_claims() -> None:
    queue, slots = FakeQueue(left=100), Slots(10, worthwhile=5)
    async with running(queue, slots) as loop:
        await called(queue)
        slots.taken -= 3
        loop.note_change()
        await asyncio.sleep(0)
        slots.taken -= 2
        loop.note_change()
        await called(queue)
    assert queue.asked == [10, 5]


async def test_it_does_not_wait_for_ever_until_enough_slots_are_free() -> None:
    queue, slots = FakeQueue(left=100), Slots(10, worthwhile=5)
    async with running(queue, slots) as loop:
        await called(queue)
        slots.taken -= 1
        loop.note_change()
        await called(queue)
    assert queue.asked == [10, 1]


async def test_it_goes_on_at_once_until_nothing_is_ready() -> None:
    queue, slots = FakeQueue(left=25), Slots(1_000)
    async with running(queue, slots):
        await called(queue)
        await called(queue)
    assert queue.asked == [1_000, 975]


async def test_an_empty_queue_is_asked_again_after_the_interval() -> None:
    queue, slots = FakeQueue(), Slots(10)
    async with running(queue, slots, poll=0.001):
        for _ in range(3):
            await called(queue)


async def test_a_wake_asks_an_empty_queue_at_once_and_everywhere() -> None:
    queue, slots = FakeQueue(), Slots(10)
    async with running(queue, slots) as loop:
        await called(queue)
        loop.wake()
        await called(queue)
    assert queue.looked_everywhere == 1


async def test_it_survives_an_outage_and_says_so_meanwhile() -> None:
    queue, slots = FakeQueue(left=5, failures=4), Slots(5)
    async with running(queue, slots) as loop:
        await called(queue)
        await asyncio.sleep(0)
        assert loop.trouble == "gone"
        for _ in range(4):
            await called(queue)
        await asyncio.sleep(0)
        assert loop.trouble is None
    assert slots.taken == 5


async def test_it_stops_while_it_waits_for_room() -> None:
    queue, slots = FakeQueue(left=5), Slots(0)
    async with running(queue, slots):
        await asyncio.sleep(0)
    assert queue.asked == []
