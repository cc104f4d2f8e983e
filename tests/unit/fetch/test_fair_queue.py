"""Sites share the loop: none is held up by one that is dear, and none is left waiting for ever."""

import asyncio

from domain_scheduler.scan.fetch.fair_queue import AT_ONCE, STEPS, FairQueue, Share

CROWD = 4 * AT_ONCE


async def steps(share: Share, count: int, name: str, log: list[str]) -> None:
    """Takes that many, and writes each down."""
    for _ in range(count):
        await share.step()
        log.append(name)


async def test_nobody_waits_while_the_loop_is_idle() -> None:
    share = FairQueue().share()
    for _ in range(3 * AT_ONCE):
        assert await share.step() == 0.0
        await asyncio.sleep(0)


async def test_few_steps_begin_in_one_turn_of_the_loop() -> None:
    queue, log = FairQueue(), list[str]()
    crowd = [asyncio.ensure_future(steps(queue.share(), 1, "site", log)) for _ in range(CROWD)]
    turns = 0
    while len(log) < CROWD:
        before = len(log)
        await asyncio.sleep(0)
        turns += 1
        assert len(log) - before <= 2 * AT_ONCE
    assert turns >= CROWD // AT_ONCE
    await asyncio.gather(*crowd)


async def test_who_needs_more_than_a_plain_site_queues_again_behind_the_others() -> None:
    queue, log = FairQueue(), list[str]()
    await asyncio.gather(
        *(steps(queue.share(), 1, "before", log) for _ in range(AT_ONCE)),
        steps(queue.share(), 5 * STEPS, "dear", log),
        *(steps(queue.share(), STEPS, "plain", log) for _ in range(CROWD)),
    )
    last_plain = len(log) - log[::-1].index("plain")
    assert log[:last_plain].count("dear") <= 2 * STEPS


async def test_what_was_begun_is_ended_before_others_begin() -> None:
    queue, log = FairQueue(), list[str]()
    await asyncio.gather(
        *(steps(queue.share(), 1, "before", log) for _ in range(AT_ONCE)),
        steps(queue.share(), STEPS, "first", log),
        *(steps(queue.share(), 1, "later", log) for _ in range(CROWD)),
    )
    assert log[: 3 * AT_ONCE].count("first") == STEPS


async def test_all_are_asked_before_a_page_is_read() -> None:
    queue, log = FairQueue(), list[str]()

    async def reading() -> None:
        share = queue.share()
        await share.step()
        await share.read()
        log.append("read")

    await asyncio.gather(
        *(steps(queue.share(), 1, "before", log) for _ in range(AT_ONCE)),
        reading(),
        *(steps(queue.share(), 1, "asked", log) for _ in range(CROWD)),
        *(steps(queue.share(), 2 * STEPS, "dear", log) for _ in range(CROWD)),
    )
    assert "asked" not in log[log.index("read") :]
    assert log[log.index("read") :].count("dear") > CROWD


async def test_what_is_done_a_second_time_waits_behind_the_first_times() -> None:
    queue, log = FairQueue(), list[str]()

    async def failing() -> None:
        share = queue.share()
        await share.step()
        share.queue_again()
        await share.step()
        log.append("again")

    await asyncio.gather(
        *(steps(queue.share(), 1, "before", log) for _ in range(AT_ONCE)),
        failing(),
        *(steps(queue.share(), 1, "plain", log) for _ in range(CROWD)),
    )
    assert log[-1] == "again"


async def test_nobody_starves_behind_sites_that_keep_coming() -> None:
    queue, log = FairQueue(), list[str]()
    dear = asyncio.ensure_future(steps(queue.share(), 10 * STEPS, "dear", log))
    coming = list[asyncio.Future[None]]()
    for _ in range(100):
        coming.extend(asyncio.ensure_future(steps(queue.share(), 1, "new", log)) for _ in range(AT_ONCE))
        await asyncio.sleep(0)
    assert dear.done()
    await asyncio.gather(*coming)


async def test_who_leaves_while_waiting_keeps_nobody_up() -> None:
    queue, log = FairQueue(), list[str]()
    crowd = [asyncio.ensure_future(steps(queue.share(), 1, "site", log)) for _ in range(CROWD)]
    await asyncio.sleep(0)
    for waiting in crowd[AT_ONCE:-1]:
        waiting.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    assert len(log) == AT_ONCE + 1
