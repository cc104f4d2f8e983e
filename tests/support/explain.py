"""How Postgres carried out a statement: which tables and indexes it touched, and how many blocks.

`Explaining` stands in for a connection that is handed to a store: every statement is first run under
EXPLAIN ANALYZE and taken back, then run for good.
Not here: which plan is right (tests/integration/queue/test_plans.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, WAL, TIMING OFF, FORMAT JSON) "


@dataclass(frozen=True, slots=True)
class Plan:
    """One executed plan."""

    root: dict[str, Any]
    milliseconds: float

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every node that was executed at least once."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.get("Plans", ()))
            if node["Actual Loops"]:
                yield node

    @property
    def walked(self) -> set[str]:
        """The tables that were read from end to end."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"}

    @property
    def indexes(self) -> set[str]:
        """The indexes that were read."""
        return {node["Index Name"] for node in self.nodes() if "Index Name" in node}

    @property
    def blocks(self) -> int:
        """Blocks touched, in memory or on disk."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])

    @property
    def discarded(self) -> int:
        """Rows that were looked at in vain, at the node with most of them."""
        return max((int(_discarded(node)) for node in self.nodes()), default=0)


def _discarded(node: dict[str, Any]) -> float:
    per_loop = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    return float(per_loop * node["Actual Loops"])


@dataclass(slots=True)
class Explaining:
    """A connection that keeps the plan of each statement."""

    connection: AsyncConnection
    plans: list[Plan] = field(default_factory=list)

    async def execute(self, statement: TextClause, parameters: dict[str, Any]) -> CursorResult[Any]:
        """Explain, then run."""
        savepoint = await self.connection.begin_nested()
        found = await self.connection.execute(text(_EXPLAIN + statement.text), parameters)
        answer = found.scalar_one()
        await savepoint.rollback()
        parsed = json.loads(answer)[0] if isinstance(answer, str) else answer[0]
        self.plans.append(Plan(parsed["Plan"], parsed["Execution Time"]))
        return await self.connection.execute(statement, parameters)
