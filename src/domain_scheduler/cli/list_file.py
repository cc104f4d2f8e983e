"""The list that a command is given: a file, or standard input, which is kept in a temporary file.

Not here: what stands in it (batches/intake).
"""

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from domain_scheduler.errors import InputError

_BLOCK: Final = 1024**2


@dataclass(frozen=True, slots=True)
class ListFile:
    """An opened list at its beginning; `name` for people, `digest` of its content."""

    file: BinaryIO
    name: str
    digest: str


@contextmanager
def open_list(path: str) -> Iterator[ListFile]:
    """The list at `path`, `-` for standard input; raises InputError if it cannot be read."""
    if path == "-":
        with tempfile.SpooledTemporaryFile(max_size=_BLOCK) as spooled:
            file = cast(BinaryIO, spooled)
            _copy(sys.stdin.buffer, file)
            yield ListFile(file, "standard input", _digest(file))
        return
    try:
        opened = Path(path).open("rb")  # noqa: SIM115 it is closed below; here its errors are told
    except OSError as exc:
        raise InputError(f"{path} cannot be read: {exc.strerror}") from exc
    with opened:
        yield ListFile(opened, Path(path).name, _digest(opened))


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(_BLOCK):
        target.write(block)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        found.update(block)
    file.seek(0)
    return found.hexdigest()
