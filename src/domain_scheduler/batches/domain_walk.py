"""Reads a batch's domains in the order in which they came, at a cost that depends on what is read.

No index has batch and id together, but those of errors and of changes: it would be written at every change
of a status. So a small batch is read by its names' index and sorted, and a large one by walking the primary
key from its `first_domain_id`, in windows that stay short statements however far apart the rows lie. The way
is decided here and not by the planner, who knows nothing of a batch that was loaded a minute ago. The ledger
says how many rows there are, so that the walk ends with the last one and not with the table.
Not here: pages and cursors (domains_store.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.domain import Domain
from domain_scheduler.core.changes import changed_words, changes_between
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.sql_files import load_statements

_SQL: Final = load_statements("domain_scheduler.batches", "domains.sql")
_SMALL: Final = 5_000
_FIRST_WINDOW: Final = 2_000
_LARGEST_WINDOW: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which domains of a batch; `text` is looked for in the names.

    `changed` True: answers that differ from the last completed scan of the name; False: those that don't.
    """

    status: DomainStatus | None = None
    error_kind: ErrorKind | None = None
    text: str | None = None
    changed: bool | None = None

    @property
    def errors_only(self) -> bool:
        """Whether only errors can be wanted."""
        kind_alone = self.status is None and self.error_kind is not None
        return kind_alone or self.status is DomainStatus.ERROR

    @property
    def way(self) -> str:
        """The way to them in a large batch: an index of few, or its ids."""
        return "changes" if self.changed else "errors" if self.errors_only else "ids"

    @property
    def all(self) -> bool:
        """Whether every domain is wanted."""
        return self == Wanted()


@dataclass(frozen=True, slots=True)
class _Bounds:
    first_domain_id: int
    last_id: int
    total: int
    wanted: int

    def left(self, wanted: Wanted, seen: int) -> int:
        """How many rows can follow `seen` ones, as far as that is known.

        Domains change their status between two pages, so only the number of all of them holds over pages.
        """
        if wanted.text is not None or (seen and not wanted.all):
            return self.total
        return max(0, self.wanted - seen)


async def read_domains(
    connection: AsyncConnection,
    *,
    batch_id: int,
    wanted: Wanted,
    after_id: int = 0,
    seen: int = 0,
    limit: int,
) -> Sequence[Domain]:
    """Up to `limit` domains of the batch with ids above `after_id`, in the order of their ids.

    `seen` is how many were read before `after_id`. An unknown batch has none.
    """
    values: dict[str, Any] = {
        "batch_id": batch_id,
        "status": wanted.status,
        "error_kind": wanted.error_kind,
        "changed": wanted.changed,
    }
    row = (await connection.execute(_SQL["walk_bounds"], values)).one_or_none()
    if row is None:
        return []
    bounds = _Bounds(*row)
    limit = min(limit, bounds.left(wanted, seen))
    after = max(after_id, bounds.first_domain_id)
    way = "names" if bounds.total <= _SMALL else wanted.way
    values |= {"text": wanted.text, "way": way}
    read = _walk if way == "ids" else _rows
    return await read(connection, values, after, bounds.last_id, limit)


async def _walk(
    connection: AsyncConnection, values: dict[str, Any], after: int, last_id: int, limit: int
) -> list[Domain]:
    found: list[Domain] = []
    window = max(_FIRST_WINDOW, 2 * limit)
    while len(found) < limit and after < last_id:
        found += await _rows(connection, values, after, after + window, limit - len(found))
        after, window = after + window, min(4 * window, _LARGEST_WINDOW)
    return found


async def _rows(
    connection: AsyncConnection, values: dict[str, Any], after: int, until: int, limit: int
) -> list[Domain]:
    parameters = values | {"after_id": after, "until_id": until, "limit": limit}
    rows = await connection.execute(_SQL["list_domains"], parameters)
    return [domain_of(row) for row in rows.mappings()]


def domain_of(row: RowMapping) -> Domain:
    """The domain in a row that has the columns of a result, its facts and those of the scan before."""
    found = dict(row) | _changes(row)
    result: dict[str, Any] = {name: found[name] for name in RESULT_COLUMNS}
    if result["fetched_at"] is not None:
        # the session's time zone is the server's choice; files and answers say UTC
        result["fetched_at"] = result["fetched_at"].astimezone(UTC)
    return Domain(
        id=row["id"],
        batch_id=row["batch_id"],
        priority=row["priority"],
        next_attempt_at=row["next_attempt_at"],
        waiting_because=row["waiting_because"],
        result=result,
    )


def _changes(row: RowMapping) -> dict[str, Any]:
    if row["previous"] is None:
        return {"changed": None, "changes": None}
    completed = row["status"] == DomainStatus.COMPLETED
    changes = changes_between(row["previous"], row["facts"] if completed else None)
    return {"changed": changed_words(changes), "changes": changes}
