"""Growing, jittered waits between tries of something that fails, such as a database that is away.

Jitter, so that many processes do not come back in the same instant.
Not here: when a domain is tried again (core/retry.py).
"""

import random
from collections.abc import Callable


class Backoff:
    """Delays of `first` seconds, doubling up to `longest`, each between half and the whole of it."""

    def __init__(
        self, *, first: float = 0.2, longest: float = 10.0, random: Callable[[], float] = random.random
    ) -> None:
        self._first = first
        self._longest = longest
        self._random = random
        self._failures = 0
        self.because: str | None = None
        """Why it failed last, in words; None after a success."""

    @property
    def failures(self) -> int:
        """Failures since the last success."""
        return self._failures

    def next_delay(self, because: str = "") -> float:
        """Seconds to wait after one more failure."""
        self.because = because
        whole = min(self._longest, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return whole * (1 + self._random()) / 2

    def reset(self) -> None:
        """Note a success."""
        self._failures, self.because = 0, None
