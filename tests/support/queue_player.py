"""Several connections with open transactions on one queue, played by one hand.

Each player runs verbs in a transaction of its own. When a verb waits for another player's lock, that player's
transaction is ended, as told, so that nothing waits for ever; what every transaction sees is read back after
each verb.
Not here: which results are right (queue_model.py, test_state_machine.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain_scheduler.queue.claims import Claim
from tests.support.eventually import eventually
from tests.support.queue_model import Batch, Row

T = TypeVar("T")
Verb = Callable[[AsyncConnection], Awaitable[T]]

_ROWS = text(
    "SELECT id, batch_id, status, run_token, attempts, next_attempt_at, lease_until"
    " FROM domain_scheduler.domains"
)
_BATCHES = text(
    "SELECT id, max_attempts, sealed_at IS NOT NULL, paused_at IS NOT NULL, cancelled_at IS NOT NULL,"
    " finished_at IS NOT NULL FROM domain_scheduler.batch_jobs"
)
_BLOCKERS = text("SELECT unnest(pg_blocking_pids(:pid))")
_ALIVE = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")


async def read_rows(connection: AsyncConnection) -> dict[int, Row]:
    """All domains as the connection's transaction sees them."""
    return {row[0]: Row(*row) for row in await connection.execute(_ROWS)}


async def read_batches(connection: AsyncConnection) -> dict[int, Batch]:
    """All batches as the connection's transaction sees them."""
    return {row[0]: Batch(*row) for row in await connection.execute(_BATCHES)}


@dataclass(frozen=True, slots=True)
class Turn:
    """Who plays, what becomes of those in the way, and how the player's transaction goes on."""

    player: int
    others_commit: bool
    then: Literal["stay", "commit", "rollback", "kill"]


@dataclass(slots=True)
class Player:
    """One connection, and what its open transaction has locked and claimed."""

    connection: AsyncConnection
    pid: int
    changed: set[int] = field(default_factory=set)
    """Domains."""
    batches: set[int] = field(default_factory=set)
    """Batches, by work on their domains or by finishing them."""
    claims: list[Claim] = field(default_factory=list)
    waited: bool = False
    """Whether it had to wait: a row that no longer fitted once its lock was had stays locked all the same."""


class Table:
    """The players, and an observer who sees what is committed."""

    def __init__(self, engine: AsyncEngine, observer: AsyncConnection) -> None:
        self._engine = engine
        self.observer = observer
        self.players: list[Player] = []
        self.claims: list[Claim] = []
        """All committed claims, of any age: what workers know of."""

    async def seat(self, count: int) -> None:
        """Open that many connections."""
        self.players = [await self._new_player() for _ in range(count)]

    async def leave(self) -> None:
        """End every transaction and close the connections."""
        for player in self.players:
            await player.connection.close()
        self.players = []

    async def _new_player(self) -> Player:
        connection = await self._engine.connect()
        # the lottery of claims draws the same each time, so that an example can be played again
        pid = (await connection.execute(text("SELECT pg_backend_pid(), setseed(0.5)"))).scalar_one()
        await connection.rollback()
        return Player(connection, pid)

    async def go_on(self, turn: Turn) -> None:
        """Do with the player's transaction as the turn says."""
        player = self.players[turn.player]
        if turn.then == "kill":
            await self.kill(player)
        elif turn.then != "stay":
            await self.end(player, commit=turn.then == "commit")

    async def end(self, player: Player, *, commit: bool) -> None:
        """End a player's transaction."""
        await (player.connection.commit() if commit else player.connection.rollback())
        if commit:
            self.claims += player.claims
        for held in (player.changed, player.batches, player.claims):
            held.clear()
        player.waited = False

    async def kill(self, player: Player) -> None:
        """Terminate a player's server process; it comes back with a new connection."""
        await self.observer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": player.pid})
        await eventually(lambda: self._is_gone(player.pid))
        await player.connection.invalidate()
        await player.connection.close()
        self.players[self.players.index(player)] = await self._new_player()

    async def _is_gone(self, pid: int) -> bool:
        return not (await self.observer.execute(_ALIVE, {"pid": pid})).scalar_one()

    def locked_by_others(self, player: Player) -> set[int]:
        """Domains that another open transaction has locked."""
        return {row for other in self.players if other is not player for row in other.changed}

    def others_waited(self, player: Player) -> bool:
        """Whether another open transaction may hold locks on rows that it did not change."""
        return any(other.waited for other in self.players if other is not player)

    def batches_locked_by_others(self, player: Player) -> set[int]:
        """Batches that another open transaction has locked."""
        return {batch for other in self.players if other is not player for batch in other.batches}

    async def run(self, player: Player, verb: Verb[T], *, others_commit: bool) -> tuple[T, bool]:
        """Run a verb to its end; gives its result and whether it had to wait for somebody."""
        task = asyncio.ensure_future(verb(player.connection))
        waited = False
        async with asyncio.timeout(20):
            while not task.done():
                done, _ = await asyncio.wait([task], timeout=0.05)
                if not done:
                    waited |= await self._end_blockers(player, commit=others_commit)
        player.waited |= waited
        return task.result(), waited

    async def _end_blockers(self, player: Player, *, commit: bool) -> bool:
        blockers = set((await self.observer.execute(_BLOCKERS, {"pid": player.pid})).scalars())
        ended = [other for other in self.players if other.pid in blockers]
        for other in ended:
            await self.end(other, commit=commit)
        return bool(ended)

    async def look(self, player: Player) -> tuple[dict[int, Row], dict[int, Batch]]:
        """The world as the player's transaction sees it; the look itself opens none."""
        if player.changed or player.batches:
            return await read_rows(player.connection), await read_batches(player.connection)
        return await read_rows(self.observer), await read_batches(self.observer)


def difference(before: Mapping[int, Any], after: Mapping[int, Any]) -> dict[int, tuple[Any, Any]]:
    """What changed: before and after by id, None where there was or is nothing."""
    ids = before.keys() | after.keys()
    return {i: (before.get(i), after.get(i)) for i in ids if before.get(i) != after.get(i)}
