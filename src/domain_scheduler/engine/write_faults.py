"""What a failed write of answers says: wait for the database, or look for the answer that it refuses.

Only faults of the data itself (SQLSTATE classes 21 to 23, a bound of the server, what cannot be encoded)
are the answers' own; anything else, a missing right included, would fail with other answers too.
Not here: what is done about it (results_buffer.py).
"""

from typing import Final

from sqlalchemy.exc import DBAPIError, StatementError

from domain_scheduler.errors import DatabaseUnavailableError

WRITE_FAULTS: Final = (DatabaseUnavailableError, StatementError, TypeError, ValueError)
"""Everything that a write of answers can raise."""

_OF_THE_DATA: Final = ("21", "22", "23", "54")


def is_refusal(exc: BaseException) -> bool:
    """Whether the database (or the encoder) refuses what the answers contain."""
    if isinstance(exc, DBAPIError):
        state = getattr(exc.orig, "sqlstate", None)
        # no state: the driver could not even send it
        return state is None or state[:2] in _OF_THE_DATA
    return not isinstance(exc, DatabaseUnavailableError)
