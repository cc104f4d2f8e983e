"""The program of one extractor process: reads pages from its socket (standard input) and answers each.

It shares nothing with the service but that socket, and ends when the other side closes it, so a killed
service leaves none behind. Frames are a length (4 bytes) and that many bytes. Pages come back as JSON:
this process handles hostile pages, and unpickling what it says would let it run code in the service.
Not here: starting, timing and killing it (extractor.py).
"""

import importlib
import pickle
import resource
import signal
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from domain_scheduler.core.collector import spare_what_is_loaded

LENGTH: Final = struct.Struct(">I")
READY: Final = b"R"
PAGE: Final = b"P"
FAILED: Final = b"F"

_MEMORY_LIMIT: Final = 2 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What an extractor process runs: functions named `module:function`, found again on the other side.

    `extract(body, headers, url, surroundings)` gives a Page; `initialise(*arguments)` is called once before.
    """

    extract: str
    initialise: str | None = None
    arguments: tuple[Any, ...] = ()


def main() -> None:
    """Serve pages until the socket closes."""
    _shield()
    with socket.socket(fileno=0) as service:
        reader = _Reader()
        while (request := _receive(service)) is not None:
            _send(service, *_attempt(reader, request))


class _Reader:
    """Takes the program first, then pages."""

    def __init__(self) -> None:
        self._extract: Callable[..., Any] | None = None

    def take(self, request: bytes) -> tuple[bytes, bytes]:
        """The answer's kind and content."""
        content = pickle.loads(request)  # noqa: S301 the service's own words
        if self._extract is None:
            self._extract = _prepare(content)
            return READY, b""
        return PAGE, orjson.dumps(self._extract(*content), default=_plain)


def _shield() -> None:
    # signals to the process group or container are the service's to handle: it still drains
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    except (ValueError, OSError):
        pass  # macOS knows no such limit


def _prepare(program: Program) -> Callable[..., Any]:
    if program.initialise is not None:
        _load(program.initialise)(*program.arguments)
    extract = _load(program.extract)
    spare_what_is_loaded(new_objects=10_000, rounds=20, full_rounds=50)
    return extract


def _load(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _attempt(reader: _Reader, request: bytes) -> tuple[bytes, bytes]:
    try:
        return reader.take(request)
    except Exception as exc:  # noqa: BLE001 the edge: a page that breaks the extractor is one failed page
        return FAILED, f"{type(exc).__name__}: {exc}".encode(errors="replace")[:1000]


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _receive(service: socket.socket) -> bytes | None:
    """The next frame's content, None when the other side has gone."""
    head = _receive_exactly(service, LENGTH.size)
    return None if head is None else _receive_exactly(service, LENGTH.unpack(head)[0])


def _receive_exactly(service: socket.socket, size: int) -> bytes | None:
    received = bytearray()
    while len(received) < size:
        chunk = service.recv(min(size - len(received), 1 << 20))
        if not chunk:
            return None
        received += chunk
    return bytes(received)


def _send(service: socket.socket, kind: bytes, content: bytes) -> None:
    service.sendall(LENGTH.pack(len(content) + 1) + kind + content)
