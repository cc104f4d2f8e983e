"""Runs the web application of a service in this process, from the free port to the last connection.

The application's lifespan is entered here and not by uvicorn, so that an error at the start reaches the
command as it is, and a hurried end still closes everything in order.
Not here: the application (api/, dashboard/), what is said about it (serve.py, demo.py).
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain_scheduler.api.problems import problem_response
from domain_scheduler.errors import SettingsError, UnavailableError
from domain_scheduler.runtime import Runtime
from domain_scheduler.settings import Settings
from domain_scheduler.web.access import require_safe_binding

_log = logging.getLogger(__name__)
_GOODBYE: Final = 5
"""Seconds that open answers get at the end."""


def _ending_with_words(app: ASGIApp) -> ASGIApp:
    """`app`, whose requests tell their clients that they were cut off when the server's patience ends."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, sent)
        except asyncio.CancelledError:
            _log.warning("a request was cut off by the stop", extra={"action": "request_cut_off"})
            if not begun:
                error = UnavailableError("the service is stopping and undid this request: send it again")
                await problem_response(error, scope["path"])(scope, receive, send)

    return answer


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: signals are the command's (stopping.py)."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@dataclass(frozen=True, slots=True)
class HttpService:
    """A running service; `url` is where it answers, without a slash at the end."""

    url: str
    runtime: Runtime
    _server: _Server

    async def stop(self, grace: float) -> None:
        """Take no more requests nor domains; a second call, or 0, ends it at once."""
        self._server.should_exit = True
        if grace <= 0:
            self._server.force_exit = True
        await self.runtime.stop_engine(grace)


@asynccontextmanager
async def http_service(app: FastAPI, settings: Settings) -> AsyncIterator[HttpService]:
    """The application answering on the host and port of the settings until the block ends.

    Raises SettingsError for an address that cannot be listened on, and what the application's start raises.
    """
    require_safe_binding(settings.api)
    with _listening(settings.api.host, settings.api.port) as listener:
        async with app.router.lifespan_context(app):
            server = _Server(
                uvicorn.Config(
                    _ending_with_words(app),
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    timeout_graceful_shutdown=_GOODBYE,
                )
            )
            serving = asyncio.ensure_future(server.serve(sockets=[listener]))
            try:
                yield HttpService(_url(listener), app.state.domain_scheduler.runtime, server)
            finally:
                server.should_exit = True
                await serving


def is_free(host: str, port: int) -> bool:
    """Whether the address can be listened on at this moment."""
    try:
        with _listening(host, port):
            return True
    except SettingsError:
        return False


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    host = host.strip("[]")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as exc:
        raise SettingsError(
            f"port {port} of {host} cannot be listened on ({_reason(exc)}): "
            "choose another with --port or DOMAIN_SCHEDULER_API__PORT, 0 takes a free one"
        ) from exc
    with listener:
        yield listener


def _reason(exc: OSError) -> str:
    """The system's words alone, since Python adds the address to them."""
    number = exc.errno or 0
    return os.strerror(number) if number > 0 else str(exc.strerror)  # below 0: a name that is not found


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if listener.family == socket.AF_INET6:
        host = f"[{host}]"
    return f"http://{host}:{port}"
