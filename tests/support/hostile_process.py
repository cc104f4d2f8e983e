"""The hostile server in a process of its own, so that its work is not the client's.

`python -m tests.support.hostile_process FOLDER` prints its ports as JSON and serves until its input ends.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from tests.support.hostile_server import HostileServer, hostile_server


@asynccontextmanager
async def hostile_process(folder: Path) -> AsyncIterator[HostileServer]:
    """A server in its own process, running until the end of the block; its log stays over there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.hostile_process",
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ports = json.loads(await process.stdout.readline())
        yield HostileServer(folder / "ca.pem", **ports)
    finally:
        process.stdin.close()
        await process.wait()


async def _serve(folder: Path) -> None:
    async with hostile_server(folder) as server:
        print(json.dumps({"http": server.http, "https": server.https}))  # noqa: T201
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1])))
