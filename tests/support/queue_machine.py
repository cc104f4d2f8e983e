"""An example of the queue's state machine: batches, three players, a clock, and what always holds.

Not here: the rules, that is which verbs are played (tests/integration/queue/test_state_machine.py).
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import text

from domain_scheduler.core.status import TRANSITIONS
from domain_scheduler.db.database import Database
from domain_scheduler.queue import store
from tests.support import queue_model as model
from tests.support.moves import forget_moves, moves
from tests.support.queue_model import Batches, Row, Rows
from tests.support.queue_player import Player, Table, Turn, Verb, difference, read_batches, read_rows
from tests.support.queue_rows import INBOX, completed, drifts, new_batch

Expected = Callable[[Row, Rows, Batches], Row | None]
"""What a verb makes of a domain that it may change; None where it must not."""

_UNTOLD = text(
    "SELECT b.id FROM domain_scheduler.batch_jobs b LEFT JOIN domain_scheduler.batch_events e"
    " ON e.batch_id = b.id AND e.kind = 'finished' AND e.cycle = b.cycle"
    " WHERE (b.finished_at IS NULL) <> (e.id IS NULL)"
)
_TOLD = text(
    "SELECT count(*) FILTER (WHERE kind = 'finished'), count(*) FILTER (WHERE kind = 'reopened'),"
    " max(cycle) FILTER (WHERE kind = 'finished') FROM domain_scheduler.batch_events WHERE batch_id = :id"
)


class QueueMachine(RuleBasedStateMachine):
    """Three batches and the inbox, three players; `now` is the time that verbs are given."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2030, 1, 1, tzinfo=UTC)
        self.names = 0
        self.tokens: dict[int, int] = {}
        self.table: Table

    def play(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to the end what is written for an event loop."""
        return self.runner.run(work)

    @initialize(
        sizes=st.tuples(st.integers(0, 1), st.integers(1, 3), st.integers(0, 5)), attempts=st.integers(1, 3)
    )
    def sit_down(self, sizes: tuple[int, ...], attempts: int) -> None:
        self.play(self._sit_down(sizes, attempts))

    async def _sit_down(self, sizes: tuple[int, ...], attempts: int) -> None:
        observer = await self.database.engine.connect()
        await observer.execution_options(isolation_level="AUTOCOMMIT")
        self.table = Table(self.database.engine, observer)
        await self.table.seat(3)
        for number, size in enumerate(sizes):
            await new_batch(observer, domains=size, sealed=number > 0, max_attempts=attempts, priority=number)

    def teardown(self) -> None:
        if hasattr(self, "table"):
            self.play(self._get_up())

    async def _get_up(self) -> None:
        observer = self.table.observer
        await self.table.leave()
        await self._work_off()
        assert await moves(observer) <= TRANSITIONS
        await observer.execute(text("DELETE FROM domain_scheduler.batch_jobs WHERE id > 1"))
        await observer.execute(text("DELETE FROM domain_scheduler.domains"))
        assert await drifts(observer) == []
        await forget_moves(observer)
        await observer.close()

    async def _work_off(self) -> None:
        """Nothing is stuck: with everybody else gone, a single worker ends it all."""
        connection = self.table.observer
        later = self.now + timedelta(days=1)
        await connection.execute(text("UPDATE domain_scheduler.batch_jobs SET paused_at = NULL"))
        await connection.execute(
            text("UPDATE domain_scheduler.batch_jobs SET sealed_at = now() WHERE id > 1")
        )
        await store.reap_domains(connection, now=later)
        await store.promote_domains(connection, now=later)
        await store.cancel_pending_domains(connection)
        while found := await store.claim_domains(connection, limit=50, worker_id=uuid4(), lease=60):
            await store.finish_domains(connection, answers=[completed(claim) for claim in found])
        async with self.database.get_background_session() as session:
            await store.finish_batches(session)
        while await store.fold_ledger(connection, limit=3):
            pass
        rows = await read_rows(connection)
        assert {row.status for row in rows.values()} <= {"completed", "error", "cancelled"}
        batches = await read_batches(connection)
        assert [batch.id for batch in batches.values() if not batch.finished] == [INBOX]
        for batch_id in batches.keys() - {INBOX}:
            told, opened, last = (await connection.execute(_TOLD, {"id": batch_id})).one()
            assert (told, last) == (opened + 1, opened + 1)

    async def verb(
        self,
        turn: Turn,
        verb: Verb[Any],
        expected: Expected,
        *,
        whole: bool = True,
    ) -> Any:
        """Run it; every change must be expected, and with nobody in the way (`whole`) all are made."""
        player = self.table.players[turn.player]
        before, batches = await self.table.look(player)
        locked = self.table.locked_by_others(player)
        result, waited = await self.table.run(player, verb, others_commit=turn.others_commit)
        if waited:
            mine = {i: row for i, row in before.items() if i in player.changed}
            before, batches = (
                await read_rows(self.table.observer) | mine,
                await read_batches(player.connection),
            )
        changes = difference(before, await read_rows(player.connection))
        for was, becomes in changes.values():
            assert was is not None
            assert becomes == expected(was, before, batches), f"{was} became {becomes}"
        if whole and not waited and not self.table.others_waited(player):
            could = {i for i, r in before.items() if expected(r, before, batches) not in (None, r)} - locked
            assert changes.keys() == could
        self._hold(player, changes)
        return result

    def _hold(self, player: Player, changes: dict[int, tuple[Row | None, Row | None]]) -> None:
        player.changed |= changes.keys()
        player.batches |= {row.batch_id for pair in changes.values() for row in pair if row is not None}

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "table"):
            self.play(self._everything_holds())

    async def _everything_holds(self) -> None:
        observer = self.table.observer
        for connection in (observer, *(p.connection for p in self.table.players if p.changed or p.batches)):
            assert await drifts(connection) == []
        rows, batches = await read_rows(observer), await read_batches(observer)
        self._tokens_never_fall(rows)
        unanswered = {r.batch_id for r in rows.values() if r.status in (model.PENDING, model.PROCESSING)}
        assert not [b for b in batches.values() if b.finished and b.id in unanswered]
        assert not [b for b in batches.values() if b.finished and not (b.sealed or b.cancelled)]
        assert (await observer.execute(_UNTOLD)).all() == []

    def _tokens_never_fall(self, rows: Rows) -> None:
        for row in rows.values():
            assert row.run_token >= self.tokens.get(row.id, 0)
            self.tokens[row.id] = row.run_token
