"""Whose turn it is to audit: one process at a time, and not every process every time.

Two corrections of the same drift would be a drift; and counting the domains costs, so what one process has
just done need not be done again by twenty others. The lock ends with its transaction.
Not here: the audit (maintenance.py, full_audit.py).
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.sql_files import load_statements

_SQL: Final = load_statements("domain_scheduler.scheduler", "audit_turn.sql")
_KEY: Final = int.from_bytes(b"domaudit", "big")


async def lock_audit(connection: AsyncConnection) -> None:
    """Wait until this transaction alone may correct drift."""
    await connection.execute(_SQL["lock_audit"], {"key": _KEY})


async def try_lock_audit(connection: AsyncConnection) -> bool:
    """Whether this transaction alone may correct drift; does not wait."""
    return bool((await connection.execute(_SQL["try_lock_audit"], {"key": _KEY})).scalar_one())


async def audited_within(connection: AsyncConnection, *, seconds: float) -> bool:
    """Whether any process has audited within the last `seconds`."""
    return bool((await connection.execute(_SQL["audited_within"], {"seconds": seconds})).scalar_one())
