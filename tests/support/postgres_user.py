"""A process that uses an embedded Postgres: opens it, says so, and closes it when it is told to.

    python -m tests.support.postgres_user DATA_DIR GRACE_SECONDS [fork]

It prints one line of JSON, `{"url": ..., "pid": ..., "folder": ..., "seconds": ...}` or `{"error": ...}`, and
ends when its standard input does. With `fork` it leaves a child behind that outlives it.
Not here: tests that start and kill it (tests/acceptance/postgres/).
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from domain_scheduler.db.postgres import open_postgres
from domain_scheduler.errors import EmbeddedPostgresError

ROOT = Path(__file__).parents[2]


class PostgresUser:
    """Such a process, seen from the test; killed at the end of its block if it still lives."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: dict[str, Any] = {}

    @classmethod
    async def start(
        cls,
        data_dir: Path,
        *arguments: str,
        grace: float = 30,
        path: Path | None = None,
        wrapper: Sequence[str] = (),
    ) -> "PostgresUser":
        """Start it, by `wrapper` if given, without waiting for it; `path` is searched for packages first."""
        first = [str(path)] if path else []
        packages = os.pathsep.join([*first, *filter(None, [os.environ.get("PYTHONPATH")])])
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(*wrapper, sys.executable, "-m", __name__, str(data_dir), str(grace), *arguments),
            stdin=pipe,
            stdout=pipe,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": packages},
            start_new_session=True,
        )
        return cls(process)

    async def opened(self) -> "PostgresUser":
        """Wait until it has said how it went."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        self.said = json.loads(line)
        return self

    @property
    def postmaster(self) -> int:
        """Process id of the server that it uses."""
        assert "error" not in self.said, self.said
        return int(self.said["pid"])

    async def close(self) -> None:
        """Let it close the server and end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert await asyncio.wait_for(self.process.wait(), 60) == 0

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        await self.process.wait()

    async def __aenter__(self) -> Self:
        await self.opened()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            await self.kill()


async def use(data_dir: Path, grace_seconds: float, *, fork: bool) -> None:
    """What the process does."""
    began = time.perf_counter()
    try:
        postgres = await open_postgres(data_dir, grace_seconds=grace_seconds)
    except EmbeddedPostgresError as exc:
        say(error=str(exc))
        return
    child = leave_child_behind() if fork else 0
    seconds = time.perf_counter() - began
    say(url=postgres.url, pid=postgres.pid, folder=str(postgres.folder), seconds=seconds, child=child)
    await asyncio.to_thread(sys.stdin.read)
    await postgres.close()


def say(**facts: object) -> None:
    """Print `facts` as one line."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def leave_child_behind() -> int:
    """A forked child that does nothing for a minute; returns its process id."""
    child = os.fork()
    if child == 0:
        os.closerange(0, 3)
        signal.alarm(60)
        signal.pause()
        os._exit(0)
    return child


if __name__ == "__main__":
    asyncio.run(use(Path(sys.argv[1]), float(sys.argv[2]), fork="fork" in sys.argv[3:]))
