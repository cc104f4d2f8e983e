"""Looks at the database with our needs in mind: version, schema, pooler, clock, connections.

Not here: the facts themselves (db/inspection.py).
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from domain_scheduler.cli.findings import Finding, error, fine, warning
from domain_scheduler.cli.places import where
from domain_scheduler.db.database import Database
from domain_scheduler.db.inspection import ServerFacts, is_pooled_by_transaction, server_facts
from domain_scheduler.db.migrate import schema_state
from domain_scheduler.db.opening import open_any_database
from domain_scheduler.errors import DomainSchedulerError
from domain_scheduler.queue.store import list_workers
from domain_scheduler.settings import Settings

_CLOCK_SECONDS: Final = 2.0
_LONG_SECONDS: Final = 60.0
_WORKER_SECONDS: Final = 30.0


async def check_database(settings: Settings) -> AsyncIterator[Finding]:
    """What is found about the database; an error ends it, since the rest depends on it."""
    try:
        async with open_any_database(settings) as database:
            facts = await server_facts(database)
            yield fine("database", f"Postgres {facts.version}, {where(settings)}")
            state = await schema_state(database)
            for finding in _about(facts, settings):
                yield finding
            if state.pending:
                yield warning("schema", f"lacks {len(state.pending)} migration(s): applied at the next start")
            else:
                yield fine("schema", f"{state.version}, up to date")
                yield await _about_workers(database)
            yield await _about_pooler(database)
    except DomainSchedulerError as exc:
        yield error("database", str(exc))


def _about(facts: ServerFacts, settings: Settings) -> list[Finding]:
    findings = [_about_clock(facts), _about_connections(facts, settings)]
    if facts.is_standby:
        findings.append(error("database", "a standby, which cannot be written to: name the primary"))
    if facts.oldest_transaction_seconds > _LONG_SECONDS:
        findings.append(
            warning(
                "transactions",
                f"one is {facts.oldest_transaction_seconds:,.0f} s old: nothing is cleaned up behind it",
            )
        )
    return findings


def _about_clock(facts: ServerFacts) -> Finding:
    apart = abs((datetime.now(UTC) - facts.now).total_seconds())
    if apart > _CLOCK_SECONDS:
        return warning(
            "clock", f"this machine and the database are {apart:,.1f} s apart: leases go by the database's"
        )
    return fine("clock", "agrees with the database's")


def _about_connections(facts: ServerFacts, settings: Settings) -> Finding:
    free = facts.max_connections - facts.connections
    needed = settings.database.pool_size
    seen = f"{facts.connections} of {facts.max_connections} in use"
    if free < needed:
        return warning(
            "connections",
            f"{seen}, a process wants {needed}: lower DOMAIN_SCHEDULER_DATABASE__POOL_SIZE",
        )
    return fine("connections", f"{seen}; one process keeps at most {needed}")


async def _about_workers(database: Database) -> Finding:
    async with database.get_background_session() as connection:
        workers = await list_workers(connection, within=_WORKER_SECONDS)
    if not workers:
        return warning("workers", "nobody works on this database: start `serve` or `work`")
    return fine("workers", ", ".join(f"{one.kind} on {one.host} (pid {one.pid})" for one in workers))


async def _about_pooler(database: Database) -> Finding:
    if await is_pooled_by_transaction(database):
        return fine("pooler", "a pooler in transaction mode is in front, which is fine")
    return fine("pooler", "none in transaction mode")
