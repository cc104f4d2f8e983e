"""Compiled rules kept on disk, so that only the first process of a machine compiles them.

A file is named after the digest of what it was made from and of the release that made it, so nothing here can
be out of date; it is written aside and renamed, so nothing here can be half. A folder that cannot be written
costs time, nothing else.
Not here: what is compiled (hyperscan_prefilter.py, literal_prefilter.py).
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from domain_scheduler import __version__


class Cache:
    """Blobs by key in a folder; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """What was kept under the key."""
        if self._folder is None:
            return None
        try:
            return (self._folder / key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, content: bytes) -> None:
        """Keep it, if the folder can be written."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            aside = self._folder / f".{key}.{os.getpid()}"
            aside.write_bytes(content)
            aside.replace(self._folder / key)
        except OSError:
            return


def digest(parts: Iterable[str]) -> str:
    """A name for what this release makes from these texts, in this order."""
    made_of = hashlib.sha256()
    for part in (__version__, *parts):
        made_of.update(part.encode("utf-8", "replace") + b"\x00")
    return made_of.hexdigest()[:32]
