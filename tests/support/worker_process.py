"""Whole `domain-scheduler work` processes, to be stopped and killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.compiled_rules import with_compiled_rules

_ROOT = Path(__file__).parents[2]


class WorkerProcess:
    """One running worker."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def log(self) -> str:
        """What it said on standard error so far."""
        return self._log.read_text()

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    async def started(self) -> None:
        """Wait until it says that it works."""
        await self._said("works on")

    async def stopping(self) -> None:
        """Wait until it says that it stops."""
        await self._said("stopping")

    async def ended(self, *, seconds: float = 30.0) -> int:
        """Its exit code; fails if it does not end in time."""
        return await asyncio.wait_for(self._process.wait(), seconds)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    async def _said(self, words: str) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            while words not in (line := (await self._process.stdout.readline()).decode()):
                assert line, f"the worker ended: {self.log()}"


@asynccontextmanager
async def worker_process(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[WorkerProcess]:
    """A worker with these settings, started and at work; killed at the end if it still runs."""
    log = with_compiled_rules(folder) / "stderr.log"
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "domain_scheduler", "work"),
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=_ROOT,
            env={**os.environ, "DOMAIN_SCHEDULER_DATA_DIR": str(folder), **environment},
        )
    worker = WorkerProcess(process, log)
    try:
        await worker.started()
        yield worker
    finally:
        if worker.is_running:
            process.kill()
        await process.wait()
