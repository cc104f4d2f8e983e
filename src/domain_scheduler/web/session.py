"""The cookie that a browser gets for the right key, so that people need not send headers.

It holds an end and a signature made with the key, nothing else: the service keeps no list of sessions, and a
new key ends them all. The cookie is HttpOnly and SameSite=Strict.
"""

import hashlib
import hmac
import time
from typing import Final

COOKIE: Final = "domain_scheduler_session"
LIFETIME: Final = 7 * 24 * 3600
"""Seconds until one has to log in again."""


def new_session(key: str, *, now: float | None = None) -> str:
    """The cookie's value for somebody who showed `key`."""
    until = int((time.time() if now is None else now) + LIFETIME)
    return f"{until}.{_signature(key, until)}"


def session_holds(key: str, value: str | None, *, now: float | None = None) -> bool:
    """Whether `value` was made with `key` and has not ended."""
    until, _, signature = (value or "").partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12 and signature.isascii()):
        return False
    genuine = hmac.compare_digest(signature, _signature(key, int(until)))
    return genuine and int(until) > (time.time() if now is None else now)


def _signature(key: str, until: int) -> str:
    return hmac.new(key.encode(), f"domain-scheduler session {until}".encode(), hashlib.sha256).hexdigest()
