"""What really moved: every change of a domain's status, written down by a trigger of the test.

The trigger also refuses a second terminal write under one run token.

Not here: which moves are allowed (src/domain_scheduler/core/status.py).
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.status import DomainStatus

Move = tuple[DomainStatus, DomainStatus]

_WRITE_DOWN = (
    "CREATE TABLE public.moves (was text, is_now text, PRIMARY KEY (was, is_now))",
    "CREATE TABLE public.ends (domain_id bigint, run_token bigint, PRIMARY KEY (domain_id, run_token))",
    """CREATE FUNCTION public.write_down_move() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO public.moves VALUES (OLD.status, NEW.status) ON CONFLICT DO NOTHING;
      IF NEW.status IN ('completed', 'error') THEN
        INSERT INTO public.ends VALUES (NEW.id, NEW.run_token);
      END IF;
      RETURN NULL;
    END $$""",
    """CREATE TRIGGER write_down_move AFTER UPDATE ON domain_scheduler.domains
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION public.write_down_move()""",
)


async def write_moves_down(connection: AsyncConnection) -> None:
    """From now on, remember every change of status."""
    for statement in _WRITE_DOWN:
        await connection.execute(text(statement))


async def moves(connection: AsyncConnection) -> set[Move]:
    """The changes of status that happened."""
    rows = await connection.execute(text("SELECT was, is_now FROM public.moves"))
    return {(DomainStatus(row.was), DomainStatus(row.is_now)) for row in rows}


async def forget_moves(connection: AsyncConnection) -> None:
    """Start anew."""
    for name in ("moves", "ends"):
        await connection.execute(text(f"DELETE FROM public.{name}"))
