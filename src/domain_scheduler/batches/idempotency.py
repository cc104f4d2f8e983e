"""The same request sent twice is done once: by its key, under which the first answer is kept.

The key is a unique row written before the work, in the same transaction: of two requests at once one waits
for the other and then finds its answer, and a first one that fails leaves the key free.
Not here: the work (submission.py).
"""

from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.submitted import Submission
from domain_scheduler.db.database import Database
from domain_scheduler.db.sql_files import load_statements
from domain_scheduler.errors import IdempotencyConflictError

_SQL: Final = load_statements("domain_scheduler.batches", "submissions.sql")


@dataclass(frozen=True, slots=True)
class Request:
    """The caller's key (1 to 255 characters, None = no such promise) and a digest of what was sent."""

    key: str | None
    digest: str


async def answer_given_before(database: Database, request: Request) -> Submission | None:
    """The answer to the same request, None if there was none; raises IdempotencyConflictError."""
    if request.key is None:
        return None
    async with database.get_background_session() as connection:
        found = (await connection.execute(_SQL["find_submission"], {"key": request.key})).one_or_none()
    if found is None:
        return None
    if found.request_digest != request.digest:
        raise IdempotencyConflictError(
            "this Idempotency-Key was used for another request: use a new key for a new request"
        )
    return Submission.from_json(found.answer)


async def begin_submission(connection: AsyncConnection, request: Request, *, batch_id: int) -> int | None:
    """Take the key; gives the submission's id, or None when another request had it first."""
    values = {"batch_id": batch_id, "key": request.key, "digest": request.digest}
    taken: int | None = (await connection.execute(_SQL["begin_submission"], values)).scalar_one_or_none()
    return taken


async def end_submission(connection: AsyncConnection, submission_id: int, answer: Submission) -> None:
    """Keep the answer under the key."""
    values = {"id": submission_id, "answer": orjson.dumps(answer.as_json()).decode()}
    await connection.execute(_SQL["end_submission"], values)


async def find_undelivered(connection: AsyncConnection, *, request_digest: str) -> Submission | None:
    """The latest submission of this content whose results were not taken yet and that is not cancelled."""
    row = (await connection.execute(_SQL["find_undelivered"], {"digest": request_digest})).one_or_none()
    return None if row is None else Submission.from_json(row.answer)


async def list_submissions(
    connection: AsyncConnection, *, batch_id: int, limit: int = 20
) -> list[Submission]:
    """What became of what was sent to the batch, the latest first."""
    values = {"batch_id": batch_id, "limit": limit}
    rows = await connection.execute(_SQL["list_submissions"], values)
    return [Submission.from_json(answer) for answer in rows.scalars()]


async def mark_delivered(connection: AsyncConnection, *, request_digest: str, batch_id: int) -> None:
    """Note that the results were taken: the same content is a new submission from now on."""
    values = {"digest": request_digest, "batch_id": batch_id}
    await connection.execute(_SQL["mark_delivered"], values)
