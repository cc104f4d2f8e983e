"""Reads the priority that an entry brings along.

Not here: what it does (queue/queue.sql orders claims by it).
"""

from typing import Final

_REASON: Final = "the priority is not a whole number from -10 to 10"


def read_priority(value: object) -> tuple[int, str | None]:
    """The priority and None, or 0 and the reason why `value` is none; nothing at all means 0."""
    if value is None or value == "":
        return 0, None
    try:
        number = int(value.strip()) if isinstance(value, str) else value
    except ValueError:
        return 0, _REASON
    if not isinstance(number, int) or isinstance(number, bool) or not -10 <= number <= 10:
        return 0, _REASON
    return number, None
