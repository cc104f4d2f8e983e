"""A headless Chromium, driven by its own protocol: go somewhere, press, wait until something is true.

Waiting is done inside the page, frame by frame, never by sleeping here. What a page logs as an error, an
uncaught exception or a breach of its content security policy, is kept in `faults`.
Not here: the service that is looked at (the test starts it).
"""

import asyncio
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

_PATIENCE = 30.0


class ChromiumPage:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._session: str | None = None
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.faults: list[str] = []

    async def open(self) -> None:
        """Make the tab."""
        target = await self._ask("Target.createTarget", url="about:blank")
        attached = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self._ask(f"{domain}.enable")

    async def go(self, url: str) -> None:
        """Load `url` to the end."""
        self._loaded.clear()
        await self._ask("Page.navigate", url=url)
        await asyncio.wait_for(self._loaded.wait(), _PATIENCE)

    async def resize(self, width: int, height: int) -> None:
        """Give the page another size, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self._ask("Emulation.setDeviceMetricsOverride", **size)

    async def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = await self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    async def until(self, condition: str) -> None:
        """Return once the expression is true, be it on a page that is loaded meanwhile."""
        # what is not there yet, on a page that is still being built, is no fault
        check = f"let seen = false; try {{ seen = {condition} }} catch {{ }}"
        look = f"const look = () => {{ {check} seen ? done(1) : setTimeout(look, 20) }}; look();"
        script = f"new Promise((done) => {{ {look} }})"
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    await self.run(script)
                except ConnectionAbortedError:  # another page has come in between
                    await self._loaded.wait()
                else:
                    return

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(message)
        return await asyncio.wait_for(self._answers[number], _PATIENCE)

    async def listen(self) -> None:
        """Take what the browser says, until it ends."""
        async for frame in self._socket:
            message = json.loads(frame.data)
            if "id" in message:
                self._answered(message)
            else:
                self._happened(message["method"], message["params"])

    def _answered(self, message: dict[str, Any]) -> None:
        future = self._answers.pop(message["id"])
        if future.done():
            return
        if "error" in message:
            future.set_exception(ConnectionAbortedError(message["error"]["message"]))
        else:
            future.set_result(message["result"])

    def _happened(self, event: str, details: dict[str, Any]) -> None:
        if event == "Page.frameStartedNavigating":
            self._loaded.clear()
        elif event == "Page.loadEventFired":
            self._loaded.set()
        elif event == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(details["exceptionDetails"])[:500])
        elif event == "Log.entryAdded" and details["entry"]["level"] == "error":
            self.faults.append(details["entry"]["text"])


@asynccontextmanager
async def chromium_page() -> AsyncIterator[ChromiumPage]:
    """A tab of a browser of its own; skips where there is no Chromium, except in CI."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI") == "true":
            raise AssertionError("CI needs Chromium: apt-get install chromium")
        pytest.skip("there is no Chromium on this machine")
    folder = tempfile.mkdtemp(prefix="ds-chromium-")
    process = await _start(program, folder)
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(await _address(process)) as socket:
            page = ChromiumPage(socket)
            listening = asyncio.create_task(page.listen())
            await page.open()
            yield page
            await socket.close()
            await listening
    finally:
        process.kill()
        await process.communicate()
        shutil.rmtree(folder, ignore_errors=True)


async def _start(program: str, folder: str) -> asyncio.subprocess.Process:
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
    return await asyncio.create_subprocess_exec(
        program,
        *options,
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(_PATIENCE):
        async for line in process.stderr:
            if b"DevTools listening on " in line:
                return line.decode().rpartition(" ")[2].strip()
    raise AssertionError("Chromium ended before it listened")
