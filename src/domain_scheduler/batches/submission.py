"""Takes a list of domains into a new or an open batch: all of it in one transaction, or nothing.

Entries are read, judged and normalised in a thread, a chunk ahead of the database, so that neither waits
for the other and a service stays responsive. A chunk travels as one text parameter that the server takes
apart: as quick as COPY into a temporary table, less work for the client, and no table of the catalogue is
touched (docs/decisions/0003-ledger-by-triggers.md has the figures).
Adders of one batch go one after the other (`lock_intake`), since two that insert the same names in another
order would wait for each other for ever.
Not here: reading files (intake/), what was answered (submitted.py), same request twice (idempotency.py).
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.idempotency import (
    Request,
    answer_given_before,
    begin_submission,
    end_submission,
)
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.store import create_batch, lock_open_batch
from domain_scheduler.batches.submitted import (
    MAX_REJECTED,
    NothingAcceptedError,
    Rejected,
    Submission,
    kept_value,
)
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.core.scan_options import FRONT_PAGE_ONLY, ScanOptions
from domain_scheduler.db.database import Database
from domain_scheduler.db.sql_files import load_statements
from domain_scheduler.errors import ConflictError, NoDomainsError

_SQL: Final = load_statements("domain_scheduler.batches", "domains.sql")
CHUNK: Final = 20_000
_CHANGES_THE_PICTURE: Final = 50_000
"""New domains after which the planner is told. Pages and the queue's verbs know their indexes without it; a
retry of completed domains would sort the whole batch for each chunk until autovacuum comes."""


@dataclass(slots=True)
class _Chunk:
    """Names ready for the database, and what was refused on the way."""

    read: int = 0
    domains: list[str] = field(default_factory=list)
    priorities: list[int] = field(default_factory=list)
    rejected_count: int = 0
    rejected: list[Rejected] = field(default_factory=list)


async def submit_batch(
    database: Database,
    entries: Iterable[Entry],
    *,
    name: str = "",
    priority: int = 0,
    max_attempts: int = 3,
    options: ScanOptions = FRONT_PAGE_ONLY,
    sealed: bool = True,
    idempotency_key: str | None = None,
    request_digest: str = "",
) -> Submission:
    """Make a batch of `entries`, to be scanned as `options` say; an unsealed one may begin empty.

    `request_digest` stands for everything that the caller sent: the same `idempotency_key` with the same
    digest gives the answer of the first time, with another one IdempotencyConflictError. Raises
    NoDomainsError for an empty list and NothingAcceptedError for one without a usable entry; then, and on
    every other error, nothing is stored.
    """
    request = Request(idempotency_key, request_digest)
    if (before := await answer_given_before(database, request)) is not None:
        return before
    async with database.get_background_session(statement_timeout=0) as connection:
        batch_id = await create_batch(
            connection,
            name=name,
            priority=priority,
            max_attempts=max_attempts,
            options=options.as_json(),
            sealed=sealed,
        )
        submission_id = await begin_submission(connection, request, batch_id=batch_id)
        if submission_id is not None:
            answer = await _add(connection, batch_id, entries, may_be_empty=not sealed)
            await end_submission(connection, submission_id, answer)
            return answer
        await connection.rollback()
    return await _answer_of_the_other(database, request)


async def add_domains(
    database: Database,
    batch_id: int,
    entries: Iterable[Entry],
    *,
    idempotency_key: str | None = None,
    request_digest: str = "",
) -> Submission:
    """Add `entries` to an open batch; key, digest and errors as in `submit_batch`.

    Raises also BatchNotFoundError, BatchSealedError, BatchCancelledError.
    """
    request = Request(idempotency_key, request_digest)
    if (before := await answer_given_before(database, request)) is not None:
        return before
    async with database.get_background_session(statement_timeout=0) as connection:
        await lock_open_batch(connection, batch_id=batch_id)
        submission_id = await begin_submission(connection, request, batch_id=batch_id)
        if submission_id is not None:
            answer = await _add(connection, batch_id, entries, may_be_empty=False)
            await end_submission(connection, submission_id, answer)
            return answer
    return await _answer_of_the_other(database, request)


async def _answer_of_the_other(database: Database, request: Request) -> Submission:
    """The answer of the request that took our key while we waited for it."""
    answer = await answer_given_before(database, request)
    if answer is None:
        raise ConflictError("the first request with this Idempotency-Key was undone: send it again")
    return answer


async def _add(
    connection: AsyncConnection, batch_id: int, entries: Iterable[Entry], *, may_be_empty: bool
) -> Submission:
    iterator = iter(entries)
    read = sent = accepted = rejected_count = 0
    rejected: list[Rejected] = []
    chunk = await asyncio.to_thread(_next_chunk, iterator)
    while chunk.read:
        ahead = asyncio.ensure_future(asyncio.to_thread(_next_chunk, iterator))
        try:
            accepted += await _insert(connection, batch_id, chunk)
            read, sent = read + chunk.read, sent + len(chunk.domains)
            rejected_count += chunk.rejected_count
            rejected += chunk.rejected[: MAX_REJECTED - len(rejected)]
            chunk = await ahead
        finally:
            ahead.cancel()
    if not read and not may_be_empty:
        raise NoDomainsError("the list is empty: it needs at least one domain")
    if read and not sent:
        raise NothingAcceptedError(rejected_count, rejected)
    if accepted >= _CHANGES_THE_PICTURE:
        await connection.execute(_SQL["analyze_domains"])
    return Submission(
        batch_id=batch_id,
        accepted=accepted,
        duplicates=sent - accepted,
        rejected_count=rejected_count,
        rejected=rejected,
    )


def _next_chunk(entries: Iterator[Entry]) -> _Chunk:
    chunk = _Chunk()
    for entry in islice(entries, CHUNK):
        chunk.read += 1
        reason = entry.reason
        if reason is None:
            try:
                chunk.domains.append(normalize_domain(entry.text).ascii)
            except InvalidDomainError as exc:
                reason = exc.reason
            else:
                chunk.priorities.append(entry.priority)
                continue
        chunk.rejected_count += 1
        if len(chunk.rejected) < MAX_REJECTED:
            chunk.rejected.append(Rejected(entry.line, kept_value(entry.text), reason))
    return chunk


async def _insert(connection: AsyncConnection, batch_id: int, chunk: _Chunk) -> int:
    """Add the chunk's names; gives how many were new."""
    if not chunk.domains:
        return 0
    done = await connection.execute(
        _SQL["add_domains"],
        {
            "batch_id": batch_id,
            "domains": " ".join(chunk.domains),
            "priorities": " ".join(map(str, chunk.priorities)) if any(chunk.priorities) else None,
        },
    )
    return done.rowcount
