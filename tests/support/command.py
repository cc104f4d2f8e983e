"""The command line as a user has it: the installed script as a process, or called in this one.

Not here: workers that stay (worker_process.py).
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from typer.testing import CliRunner, Result

from domain_scheduler.cli.app import app

SCRIPT = Path(sys.executable).parent / "domain-scheduler"


def call(*arguments: object, database_url: str, input: str | None = None) -> Result:
    """Run a verb on this database within this process; for tests without a running event loop."""
    words = ["--database-url", database_url, *map(str, arguments)]
    return CliRunner().invoke(app, words, input=input)


class Command:
    """One running `domain-scheduler`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = ""
        """What it wrote to standard error so far."""
        self.answered = ""
        """What it wrote to standard output while it was waited for."""

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def press_ctrl_c(self) -> None:
        """SIGINT to it and all its children, as a terminal sends it."""
        os.killpg(self._process.pid, signal.SIGINT)

    async def says(self, words: str, *, seconds: float = 60.0) -> None:
        """Wait until it has written `words` to standard error."""
        assert self._process.stderr is not None
        async with asyncio.timeout(seconds):
            while words not in self.said:
                more = await self._process.stderr.read(4096)
                assert more, f"it ended without saying {words!r}: {self.said}"
                self.said += more.decode()

    async def answers(self, words: str, *, seconds: float = 60.0) -> None:
        """Wait until it has written `words` to standard output."""
        assert self._process.stdout is not None
        async with asyncio.timeout(seconds):
            while words not in self.answered:
                more = await self._process.stdout.read(4096)
                assert more, f"it ended without writing {words!r}"
                self.answered += more.decode()

    async def ended(self, *, seconds: float = 60.0) -> tuple[int, str]:
        """Its exit code, and all that it wrote to standard output."""
        async with asyncio.timeout(seconds):
            out, err = await self._process.communicate()
        self.said += err.decode()
        return self._process.returncode or 0, self.answered + out.decode()


@asynccontextmanager
async def running_command(
    *arguments: object, environment: Mapping[str, str], input: str | None = None
) -> AsyncIterator[Command]:
    """The installed script with these arguments; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        SCRIPT,
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write((input or "").encode())
    process.stdin.close()
    try:
        yield Command(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
