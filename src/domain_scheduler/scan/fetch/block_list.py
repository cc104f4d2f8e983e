"""Names that are never asked because their owners said so, or whoever runs the service did."""

from collections.abc import Iterable

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import InvalidDomainError, ascii_host
from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.fetch.failures import FetchError


class BlockList:
    """`example.com` stands for itself and everything below it; `.example` for everything below only."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._names: set[str] = set()
        self._suffixes: set[str] = set()
        for entry in entries:
            name = _name(entry)
            self._suffixes.add(name)
            if not entry.startswith("."):
                self._names.add(name)

    def check(self, host: str) -> None:
        """Raises FetchError OPTED_OUT for a name on the list."""
        if not self._suffixes:
            return
        labels = host.split(".")
        parents = (".".join(labels[number:]) for number in range(1, len(labels)))
        if host in self._names or any(parent in self._suffixes for parent in parents):
            raise FetchError(ErrorKind.OPTED_OUT, f"{host} is on the block list")


def _name(entry: str) -> str:
    try:
        return ascii_host(entry.lstrip("."))
    except InvalidDomainError as error:
        raise SettingsError(f"fetch.block_list: {entry!r} {error.reason}") from error
