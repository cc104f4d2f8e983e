"""Extraction functions for extractor processes: they do what the page says, however bad.

Found by name from another process, so they are plain functions of a module.
"""

import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from domain_scheduler.core.report import Page
from domain_scheduler.scan.surroundings import Surroundings

_state: dict[str, str] = {}


def initialise(greeting: str) -> None:
    """Keep `greeting`; "broken" fails."""
    if greeting == "broken":
        raise RuntimeError("no rules today")
    _state["greeting"] = greeting


def extract(body: bytes, headers: Sequence[tuple[str, str]], url: str, _: Surroundings) -> Page:
    """A page, unless its order is hang, spin, die, kill, exit, raise, exhaust, eat or touch (then hang)."""
    order = body.split(b" ")[0].decode()
    if order == "hang":
        time.sleep(600)
    if order == "die":
        os.abort()
    if order == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == "exit":
        sys.exit(0)
    if order == "raise":
        raise ValueError("the page is odd")
    if order == "spin":
        re.fullmatch("(a+)+b", "a" * 60)
    if order == "exhaust":
        bytearray(8 * 1024**3)
    if order == "eat":
        eaten: list[bytes] = []
        while True:
            eaten.append(bytes(64 * 1024**2))
    if order == "touch":
        Path(url).touch()
        time.sleep(600)
    return Page(title=body.decode(), emails=("a@b.example",), details={"pid": os.getpid(), **_state})
