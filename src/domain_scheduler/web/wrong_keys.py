"""Counts wrong keys by address, so that nobody tries keys by the thousand.

Kept in this process alone and for a minute: a bound on guessing, no record of anybody. The same wrong key
counts once: a program with an old key is no guesser, and must not shut out those who share its address. The
hosts of one IPv6 network (/64) count as one, since whoever has one of its addresses has them all; an IPv4
address is itself, also as a socket for both families writes it (`::ffff:192.0.2.1`). Behind a proxy on
another machine all people have its address and share the bound, which is why it is short.
Not here: the key in headers (access.py), the login page (dashboard/login.py).
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable
from typing import Final

MOST_WRONG: Final = 10
"""Different wrong keys that an address may send within `PERIOD`."""
PERIOD: Final = 60.0
MAX_ADDRESSES: Final = 10_000
"""Addresses that are remembered; with more, the one that was quiet for longest is forgotten."""


class WrongKeys:
    """The wrong keys of the last minute."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._wrong: dict[str, dict[bytes, float]] = {}

    def seconds_to_wait(self, address: str) -> int:
        """Whole seconds until the address may send another key; 0 when it may now."""
        wrong = self._wrong.get(_network(address), {})
        if len(wrong) < MOST_WRONG:
            return 0
        return max(0, math.ceil(next(iter(wrong.values())) + PERIOD - self._clock()))

    def note(self, address: str, key: str) -> bool:
        """The address has sent this wrong key; whether that is news."""
        network, digest = _network(address), hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8]
        # taken out and put in again, so that the first of all is the one that was quiet for longest
        wrong = self._wrong.pop(network, {})
        self._wrong[network] = wrong
        if len(self._wrong) > MAX_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]
        now = self._clock()
        if wrong.get(digest, -math.inf) > now - PERIOD:
            return False
        wrong.pop(digest, None)
        wrong[digest] = now
        if len(wrong) > MOST_WRONG:
            del wrong[next(iter(wrong))]
        return True

    def forget(self, address: str) -> None:
        """The address has sent the right key."""
        self._wrong.pop(_network(address), None)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
