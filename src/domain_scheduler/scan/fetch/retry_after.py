"""Reads the header with which a server says when it may be asked again (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from domain_scheduler.core.retry import RETRY_AFTER_LIMIT


def wait_asked_for(text: str) -> float | None:
    """The seconds in a Retry-After header, bounded; it may hold a number or a date. None for garbage."""
    text = text.strip()
    if text.isdecimal():
        return min(float(text[:9]), RETRY_AFTER_LIMIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), RETRY_AFTER_LIMIT)
