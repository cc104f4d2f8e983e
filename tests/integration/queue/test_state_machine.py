"""The queue's verbs in any order, by three connections with open transactions, against a model.

After every step an observer checks the invariants: I1 counts equal domains in every snapshot, I2 one
terminal write per claim and by the last one, I4 tokens never fall, I5 a batch is finished exactly once a
cycle and only when answered. Every change of a row must be one that the verb may make, and at the end
everything is worked off, so nothing may be stuck. QUEUE_MACHINE_EXAMPLES=2000 plays longer than the suite.
Not here: the checks (support/queue_machine.py), what a verb may do (support/queue_model.py).
"""

import asyncio
import os
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from sqlalchemy import text

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.queue import store
from domain_scheduler.queue.claims import Answer, Claim
from domain_scheduler.settings import DatabaseSettings
from tests.support import queue_model as model
from tests.support.moves import write_moves_down
from tests.support.queue_machine import Expected, QueueMachine
from tests.support.queue_model import Batches, Row, Rows
from tests.support.queue_player import Turn, Verb, read_batches
from tests.support.queue_rows import add_domains, completed, failed

EXAMPLES = int(os.environ.get("QUEUE_MACHINE_EXAMPLES", "25"))
SECONDS = st.integers(1, 6)
KINDS = st.sampled_from(["completed", "error", "again", "put off"])
HOUSEWORK = ["reap", "finish", "promote", "sweep", "fold"]
CHANGES_OF_A_BATCH = ["sealed_at = now()", "paused_at = NULL", "paused_at = now()", "cancelled_at = now()"]
PLAIN_SQL = [
    "UPDATE domain_scheduler.domains SET batch_id = 1, domain = 'moved-' || id WHERE status = 'completed'",
    "DELETE FROM domain_scheduler.domains WHERE status = 'error'",
    "UPDATE domain_scheduler.domains SET priority = 5 - priority WHERE status = 'pending'",
]
TURNS = st.builds(
    Turn,
    player=st.integers(0, 2),
    others_commit=st.booleans(),
    then=st.sampled_from(["commit", "stay", "commit", "stay", "commit", "rollback", "kill"]),
)


class Verbs(QueueMachine):
    """The rules."""

    # --- what workers do

    @rule(turn=TURNS, limit=st.integers(1, 3), lease=st.sampled_from([-1, 4]))
    def claim(self, turn: Turn, limit: int, lease: int) -> None:
        self.play(self._claim(turn, limit, lease))

    @rule(turn=TURNS, picks=st.lists(st.tuples(st.integers(0, 20), KINDS, SECONDS), min_size=1, max_size=4))
    def answer(self, turn: Turn, picks: list[tuple[int, str, int]]) -> None:
        """Answer claims of any age, at most one for each domain."""
        claims = self._claims([number for number, *_ in picks])
        answers = {c.id: self._an_answer(c, *how) for c, (_, *how) in zip(claims, picks, strict=False)}
        self.play(self._answer(turn, answers))

    @rule(turn=TURNS, picks=st.lists(st.integers(0, 20), min_size=1, max_size=4))
    def release(self, turn: Turn, picks: list[int]) -> None:
        self.play(self._release(turn, {claim.id: claim for claim in self._claims(picks)}))

    def _claims(self, numbers: list[int]) -> list[Claim]:
        """Claims that workers know of, the latest has the number 0."""
        known = self.table.claims
        return [known[-1 - number % len(known)] for number in numbers] if known else []

    def _an_answer(self, claim: Claim, kind: str, seconds: int) -> Answer:
        if kind == "completed":
            return completed(claim)
        if kind == "put off":
            return failed(claim, ErrorKind.ADDRESS_BUSY, retry_in=float(seconds))
        return failed(claim, retry_in=float(seconds) if kind == "again" else None)

    async def _claim(self, turn: Turn, limit: int, lease: int) -> None:
        now, worker_id = self.now, uuid4()

        def expected(row: Row, _: Rows, batches: Batches) -> Row | None:
            return model.claimed(row, now=now, lease=lease) if model.is_ready(row, batches) else None

        verb = partial(store.claim_domains, limit=limit, worker_id=worker_id, lease=lease, now=now)
        got = await self.verb(turn, verb, expected, whole=False)
        player = self.table.players[turn.player]
        assert len(got) <= limit
        assert {claim.id for claim in got} <= player.changed
        player.claims += got
        if not got:
            rows, batches = await self.table.look(player)
            free = rows.keys() - self.table.locked_by_others(player)
            assert not [i for i in free if model.is_ready(rows[i], batches)]
        await self.table.go_on(turn)

    async def _answer(self, turn: Turn, answers: dict[int, Answer]) -> None:
        now = self.now

        def expected(row: Row, *_: Any) -> Row | None:
            answer = answers.get(row.id)
            if answer is None or not model.holds(row, answer.claim):
                return None
            return model.finished(row, answer, now=now)

        await self._in_turn(
            turn, partial(store.finish_domains, answers=list(answers.values()), now=now), expected
        )

    async def _release(self, turn: Turn, claims: dict[int, Claim]) -> None:
        def expected(row: Row, *_: Any) -> Row | None:
            claim = claims.get(row.id)
            return model.released(row) if claim is not None and model.holds(row, claim) else None

        await self._in_turn(turn, partial(store.release_domains, claims=list(claims.values())), expected)

    async def _in_turn(self, turn: Turn, verb: Verb[Any], expected: Expected) -> None:
        await self.verb(turn, verb, expected)
        await self.table.go_on(turn)

    # --- what every process does now and then

    @rule(turn=TURNS, verb=st.sampled_from(HOUSEWORK), after=st.integers(0, 6))
    def keep_house(self, turn: Turn, verb: str, after: int) -> None:
        self.now += timedelta(seconds=after)
        if verb == "finish":
            self.play(self._finish_batches(turn))
        else:
            self.play(self._keep_house(turn, verb))

    async def _keep_house(self, turn: Turn, verb: str) -> None:
        if verb == "fold":  # it notes when a batch was started, which locks that batch
            player = self.table.players[turn.player]
            player.batches |= set((await self.table.look(player))[1])
        await self._in_turn(turn, *self._housework(verb, self.now))

    def _housework(self, verb: str, now: datetime) -> tuple[Verb[Any], Expected]:
        """A verb and what it makes of a domain."""

        def reaped(row: Row, _: Rows, batches: Batches) -> Row | None:
            return model.reaped(row, batches) if model.is_expired(row, now=now) else None

        def promoted(row: Row, *_: Any) -> Row | None:
            return model.promoted(row) if model.is_due(row, now=now) else None

        def swept(row: Row, _: Rows, batches: Batches) -> Row | None:
            return model.swept(row) if model.is_swept(row, batches) else None

        work: dict[str, tuple[Verb[Any], Expected]] = {
            "reap": (partial(store.reap_domains, now=now), reaped),
            "promote": (partial(store.promote_domains, now=now), promoted),
            "sweep": (store.cancel_pending_domains, swept),
            "fold": (partial(store.fold_ledger, limit=5), lambda *_: None),
        }
        return work[verb]

    async def _finish_batches(self, turn: Turn) -> None:
        player = self.table.players[turn.player]
        rows, batches = await self.table.look(player)
        done, waited = await self.table.run(player, store.finish_batches, others_commit=turn.others_commit)
        if not waited:
            could = {batch.id for batch in batches.values() if model.is_finishable(batch, rows)}
            assert could - self.table.batches_locked_by_others(player) <= set(done) <= could
        player.batches |= set(done)
        await self.table.go_on(turn)

    # --- what people do

    @rule(turn=TURNS, which=st.integers(0, 3), verb=st.sampled_from(["submit", "retry"]))
    def give_work(self, turn: Turn, which: int, verb: str) -> None:
        self.play(self._submit(turn, which) if verb == "submit" else self._retry(turn, which))

    async def _submit(self, turn: Turn, which: int) -> None:
        player, batch_id = self.table.players[turn.player], await self._batch(which)
        self.names += 1
        names = [f"new-{self.names}.example"]
        ids, _ = await self.table.run(
            player, lambda c: add_domains(c, batch_id, names), others_commit=turn.others_commit
        )
        player.changed |= set(ids)
        player.batches.add(batch_id)
        await self.table.go_on(turn)

    async def _batch(self, which: int) -> int:
        return sorted(await read_batches(self.table.observer))[which]

    async def _retry(self, turn: Turn, which: int) -> None:
        batch_id = await self._batch(which)
        both = [DomainStatus.COMPLETED, DomainStatus.ERROR]

        def expected(row: Row, _: Rows, batches: Batches) -> Row | None:
            may = row.batch_id == batch_id and model.is_answered(row) and not batches[batch_id].cancelled
            return model.retried(row) if may else None

        verb: Verb[Any] = partial(store.retry_domains, batch_id=batch_id, statuses=both)
        await self._in_turn(turn, verb, expected)

    @rule(turn=TURNS, change=st.sampled_from(CHANGES_OF_A_BATCH + PLAIN_SQL), which=st.integers(1, 3))
    def write_sql(self, turn: Turn, change: str, which: int) -> None:
        self.play(
            self._plain_sql(turn, change) if change in PLAIN_SQL else self._change_batch(turn, change, which)
        )

    async def _change_batch(self, turn: Turn, change: str, which: int) -> None:
        batch_id = await self._batch(which)
        statement = text(f"UPDATE domain_scheduler.batch_jobs SET {change} WHERE id = {batch_id}")
        player = self.table.players[turn.player]
        await self.table.run(player, lambda c: c.execute(statement), others_commit=turn.others_commit)
        player.batches.add(batch_id)
        await self.table.go_on(turn)

    async def _plain_sql(self, turn: Turn, statement: str) -> None:
        player = self.table.players[turn.player]
        returning = text(f"{statement} RETURNING id")
        rows, _ = await self.table.run(
            player, lambda c: c.execute(returning), others_commit=turn.others_commit
        )
        touched = set(rows.scalars())
        player.changed |= touched
        # a domain that moved away has locked the batch that it came from, too
        player.batches |= set(await read_batches(self.table.observer)) if touched else set()
        await self.table.go_on(turn)

    @rule(turn=TURNS)
    def end(self, turn: Turn) -> None:
        self.play(self.table.go_on(turn))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_invariants_hold_in_any_order_of_verbs_and_transactions(database_url: str) -> None:
    with asyncio.Runner() as runner:
        database = Database(database_url, DatabaseSettings())

        async def prepare() -> None:
            async with database.get_background_session() as connection:
                await write_moves_down(connection)

        runner.run(prepare())
        machine = type("Machine", (Verbs,), {"runner": runner, "database": database})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=50,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(database.close())
