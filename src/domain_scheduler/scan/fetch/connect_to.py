"""curl's `--connect-to`: for tests and staging, where a connection for a host and port really goes.

`HOST1:PORT1:HOST2:PORT2`: a connection to HOST1:PORT1 goes to HOST2:PORT2 instead; an empty part matches
anything (HOST1, PORT1) or stays as it is (HOST2, PORT2). IPv6 addresses stand in brackets. The first rule
that matches wins. The URL, the Host header and the name in the certificate stay those of the site.
A HOST2 was written by whoever runs the service, so the guard trusts it, for these connections only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain_scheduler.errors import SettingsError

_RULE = re.compile(r"(\[[^\]]*\]|[^:\[\]]*):(\d*):(\[[^\]]*\]|[^:\[\]]*):(\d*)").fullmatch


@dataclass(frozen=True, slots=True)
class Detour:
    """One rule; an empty host or port None means any (from) or unchanged (to)."""

    host: str
    port: int | None
    to_host: str
    to_port: int | None

    def matches(self, host: str, port: int) -> bool:
        """Whether a connection to `host` (lower case) and `port` goes elsewhere by this rule."""
        return self.host in ("", host) and self.port in (None, port)


def parse_detours(rules: Iterable[str]) -> tuple[Detour, ...]:
    """The rules of the setting; raises SettingsError for one that is not in curl's form."""
    return tuple(map(_parse_detour, rules))


def _parse_detour(rule: str) -> Detour:
    if not (match := _RULE(rule.strip())):
        raise SettingsError(f"fetch.connect_to: {rule!r} is not HOST1:PORT1:HOST2:PORT2 (each may be empty)")
    host, port, to_host, to_port = match.groups()
    return Detour(host.strip("[]").lower(), _port(port), to_host.strip("[]").lower(), _port(to_port))


def _port(text: str) -> int | None:
    if text and not 0 < int(text) < 65536:
        raise SettingsError(f"fetch.connect_to: {text} is not a port")
    return int(text) if text else None


def find_detour(detours: tuple[Detour, ...], host: str, port: int) -> Detour | None:
    """The first rule for a connection to `host` and `port`."""
    return next((detour for detour in detours if detour.matches(host, port)), None)
