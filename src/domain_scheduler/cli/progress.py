"""Watches a batch to its end: a bar on a terminal, now and then a plain line elsewhere.

The numbers come from the database, so that it does not matter which process does the work. An outage of
the database is waited for.
Not here: what is watched (scan.py, batches.py, demo.py).
"""

import time
from types import TracebackType
from typing import Final, Protocol, Self

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.store import get_batch
from domain_scheduler.cli.stopping import Stop
from domain_scheduler.cli.terminal import counted, err, tell
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.db.database import Database
from domain_scheduler.errors import DatabaseUnavailableError

_LOOK_SECONDS: Final = 0.5
_LINE_SECONDS: Final = 10.0


class Display(Protocol):
    """Shows a batch again and again."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, batch: Batch) -> None:
        """The batch as it is now."""

    def show_outage(self) -> None:
        """The database does not answer."""


async def watch_batch(database: Database, batch_id: int, stop: Stop) -> Batch:
    """The batch once all its domains are answered, it is cancelled, or a stop is asked for."""
    batch: Batch | None = None
    with progress_display() as shown:
        while True:
            try:
                async with database.get_background_session() as connection:
                    batch = await get_batch(connection, batch_id=batch_id)
            except DatabaseUnavailableError:
                if batch is None:
                    raise
                shown.show_outage()
            else:
                shown.show(batch)
            if is_over(batch) or await stop.asked_within(_LOOK_SECONDS):
                return batch


def is_over(batch: Batch) -> bool:
    """Whether nothing more will happen to the batch by itself."""
    return batch.status in {BatchStatus.COMPLETED, BatchStatus.CANCELLED}


def progress_display() -> Display:
    """A bar where somebody sees it, otherwise lines."""
    return Bar() if err().is_terminal else Lines()


class Bar:
    """One bar with the numbers behind it, renewed in place."""

    def __init__(self) -> None:
        self._progress = Progress(
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}", markup=False),
            console=err(),
            transient=False,
        )
        self._task = self._progress.add_task("starting ...", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, batch: Batch) -> None:
        """The batch as it is now."""
        counts = batch.counts
        done = counts.answered + counts.cancelled
        self._progress.update(self._task, total=counts.total, completed=done, description=in_numbers(batch))

    def show_outage(self) -> None:
        """The database does not answer."""
        self._progress.update(self._task, description="the database does not answer, waiting ...")


class Lines:
    """A line at the beginning, every ten seconds, and at the end."""

    def __init__(self) -> None:
        self._last = ""
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, batch: Batch) -> None:
        """The batch as it is now."""
        if is_over(batch) or time.monotonic() >= self._next:
            self._say(in_numbers(batch))

    def show_outage(self) -> None:
        """The database does not answer."""
        if time.monotonic() >= self._next:
            self._say("the database does not answer, waiting ...")

    def _say(self, line: str) -> None:
        self._next = time.monotonic() + _LINE_SECONDS
        if line != self._last:
            tell(line)
        self._last = line


def in_numbers(batch: Batch) -> str:
    """`1,200 of 5,000 answered, 26.1/s, 2:25 left, 88 errors (dns_not_found 60, read_timeout 28)`."""
    counts = batch.counts
    parts = [f"{counts.answered:,} of {counts.total:,} answered"]
    if batch.status is BatchStatus.PAUSED:
        parts.append("paused")
    if batch.rate_per_second >= 0.05:
        parts.append(f"{batch.rate_per_second:,.1f}/s")
    if batch.eta_seconds:
        parts.append(f"{in_time(batch.eta_seconds)} left")
    if counts.error:
        parts.append(f"{counted(counts.error, 'error')} ({by_kind(batch)})")
    if counts.cancelled:
        parts.append(f"{counts.cancelled:,} cancelled")
    if batch.compared:
        parts.append(changed_in_words(batch))
    return ", ".join(parts)


def seems_offline(batch: Batch) -> bool:
    """Whether not one of several names was found: that says more of this machine than of the names."""
    only_dns = all(kind.startswith("dns_") for kind in batch.errors_by_kind)
    return batch.counts.completed == 0 and batch.counts.error > 1 and only_dns


def changed_in_words(batch: Batch) -> str:
    """`37 of 4,900 scanned before changed`."""
    return f"{batch.changed:,} of {batch.compared:,} scanned before changed"


def by_kind(batch: Batch, *, most: int = 4) -> str:
    """The most frequent error kinds with their counts."""
    kinds = sorted(batch.errors_by_kind.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{kind} {count:,}" for kind, count in kinds[:most]]
    return ", ".join(shown) + (", ..." if len(kinds) > most else "")


def in_time(seconds: float) -> str:
    """`45s`, `2:25` (minutes) or `3:02:25`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
