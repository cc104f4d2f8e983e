"""Gives up a server that does not answer at all, however alive its connection looks.

The server ends a statement that takes too long, but a dead network or a stuck pooler swallows that answer
too, and TCP notices only after minutes or never. So our side keeps time as well, a little longer than the
server, and only while something is asked: a session may wait for its caller as long as it likes.
Not here: what a lost connection means to the caller (database.py).
"""

import asyncio
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import ExceptionContext, ExecutionContext

_OPTION: Final = "domain_scheduler_deadline"
_GRACE: Final = 5.0
"""Seconds that the server's own refusal may take to arrive."""


class Deadline:
    """Ends the block of `timer` when the server is silent longer than `statement_timeout` (0 = for ever)."""

    def __init__(self, timer: asyncio.Timeout, statement_timeout: float) -> None:
        self._timer = timer
        self._seconds = statement_timeout + _GRACE if statement_timeout > 0 else None

    def options(self) -> dict[str, Any]:
        """Execution options that put a connection's statements under this deadline."""
        return {_OPTION: self}

    def asked(self) -> None:
        """The server was asked something."""
        if not self._timer.expired():
            clock = asyncio.get_running_loop().time()
            self._timer.reschedule(None if self._seconds is None else clock + self._seconds)

    def answered(self) -> None:
        """The server has answered."""
        if not self._timer.expired():
            self._timer.reschedule(None)


def keep_deadlines(engine: Engine) -> None:
    """Put every statement of `engine` under the deadline of its connection, if it has one."""
    event.listen(engine, "before_cursor_execute", _before)
    event.listen(engine, "after_cursor_execute", _after)
    event.listen(engine, "handle_error", _failed)


def _before(
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: ExecutionContext,
    many: bool,
) -> None:
    deadline = context.execution_options.get(_OPTION)
    if deadline is not None:
        deadline.asked()


def _after(
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: ExecutionContext,
    many: bool,
) -> None:
    _answered(context)


def _failed(context: ExceptionContext) -> None:
    _answered(context.execution_context)


def _answered(context: ExecutionContext | None) -> None:
    deadline = context.execution_options.get(_OPTION) if context is not None else None
    if deadline is not None:
        deadline.answered()
