"""A loop that runs as long as its owner: should it fail by a fault of ours, that is said and it runs again.

Not here: what the loops do.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

_log = logging.getLogger(__name__)
_PAUSE: Final = 1.0


class Background:
    """Keeps `work` running from `start` to `stop`; a `work` that returns has ended for good."""

    def __init__(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._name = name
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Run the loop."""
        self._task = asyncio.get_running_loop().create_task(self._work(), name=self._name)
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Cancel the loop and wait for its end."""
        if self._again is not None:
            self._again.cancel()
        if self._task is not None:
            self._task.remove_done_callback(self._ended)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def ended(self) -> None:
        """Wait until the loop has returned by itself."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        _log.critical(
            "%s failed and is started again: %s",
            self._name,
            error,
            exc_info=error,
            extra={"action": "loop_failed", "loop": self._name},
        )
        self._again = asyncio.get_running_loop().call_later(_PAUSE, self.start)
