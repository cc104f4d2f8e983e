"""Reads a web address once, the way browsers do, into the parts that are connected to and asked.

Whoever parses an address twice with two parsers can be led elsewhere (`http://127.0.0.1\\@example.com`);
so everything here works on the parts, and nothing below parses text again. User names are dropped,
fragments too. Only http and https are web addresses; hosts are names in A-labels or plain IP addresses.
Odd spellings of IPv4 addresses (`2130706433`, `0x7f.1`) never become a connection.
Not here: whether the address may be reached (guard.py, routes.py).
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, unquote

from yarl import URL

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import InvalidDomainError, IPAddressGivenError, ascii_host
from domain_scheduler.scan.fetch.failures import FetchError

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
MAX_LENGTH: Final = 8192
"""Characters of an address; longer ones are refused."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):").match
_PORT = re.compile(r":0*[0-9]{1,5}").fullmatch
_IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\]").fullmatch
"""An IPv6 address in brackets, without a zone: a zone is a network interface of this host."""
_CONTROLS: Final = "".join(map(chr, range(0x21)))
_DROPPED: Final = str.maketrans("", "", "\t\n\r")
_LONE_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]").sub
"""Half a character, as JSON may hold it, that no text can be made of; the others stand for single bytes."""
_KEPT_IN_PATH: Final = "%/:@!$&'()*+,;=-._~[]|\\"
_KEPT_IN_QUERY: Final = "%/?:@!$&()*+,;=-._~[]|\\^`{}"


@dataclass(frozen=True)
class WebUrl:
    """A web address in parts: `target` is path and query, percent-encoded; IPv6 hosts have no brackets."""

    scheme: str
    host: str
    port: int
    target: str = "/"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What robots.txt and certificates belong to."""
        return (self.scheme, self.host, self.port)

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The host as an IP address; None when it is a name."""
        return plain_address(self.host)

    @cached_property
    def text(self) -> str:
        """The address as one text, without a default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"

    def for_client(self) -> URL:
        """The same parts in the client's type; nothing is parsed again."""
        path, mark, query = self.target.partition("?")
        port = None if self.port == DEFAULT_PORTS[self.scheme] else self.port
        host = f"[{self.host}]" if ":" in self.host else self.host
        netloc = host if port is None else f"{host}:{port}"
        return URL.build(
            scheme=self.scheme, authority=netloc, path=path, query_string=query if mark else "", encoded=True
        )

    def with_target(self, target: str) -> "WebUrl":
        """Another page of the same origin."""
        return WebUrl(self.scheme, self.host, self.port, target)


def parse_url(text: str, *, base: WebUrl | None = None) -> WebUrl:
    """The address that `text` means, seen from `base`; raises FetchError when it is none."""
    text = _cleaned(text)
    scheme, rest = _split_scheme(text, base)
    if base is not None and not rest.startswith("//"):
        return base.with_target(_target(_relative(rest, base)))
    authority, target = _split_authority(rest)
    host, port = _split_port(authority.rpartition("@")[2])
    return WebUrl(scheme, _host(host), DEFAULT_PORTS[scheme] if port is None else port, _target(target))


def _cleaned(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise _invalid("an address of more than 8,192 characters")
    text = _LONE_SURROGATE("\ufffd", text).strip(_CONTROLS).translate(_DROPPED).partition("#")[0]
    before, mark, query = text.partition("?")
    return before.replace("\\", "/") + mark + query


def _split_scheme(text: str, base: WebUrl | None) -> tuple[str, str]:
    """The scheme, and the rest: `//authority...`, or something relative to `base`."""
    if not (match := _SCHEME(text)):
        if base is None:
            raise _invalid(f"{text[:100]!r} is not a web address")
        return base.scheme, f"//{text.lstrip('/')}" if text.startswith("//") else text
    scheme, rest = match[1].lower(), text[match.end() :]
    if scheme not in DEFAULT_PORTS:
        raise _invalid(f"{scheme}: is not a scheme of web addresses")
    if base is not None and scheme == base.scheme and not rest.startswith("//"):
        return scheme, rest
    return scheme, f"//{rest.lstrip('/')}"


def _split_authority(rest: str) -> tuple[str, str]:
    authority, mark, target = re.match(r"//([^/?]*)([/?]?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    return authority, mark + target


def _split_port(authority: str) -> tuple[str, int | None]:
    host, port = re.match(r"(\[[^\]]*\]|[^:]*)(.*)", authority, re.DOTALL).groups()  # type: ignore[union-attr]
    if port in ("", ":"):
        return host, None
    if not _PORT(port) or int(port[1:]) > 65535:
        raise _invalid(f"{port[1:21]!r} is not a port")
    return host, int(port[1:])


def _host(text: str) -> str:
    try:
        if _IPV6(text):
            return str(IPv6Address(text[1:-1]))
        return str(_plain_ipv4(unquote(text)) or ascii_host(text))
    except IPAddressGivenError as error:
        raise FetchError(ErrorKind.BLOCKED_ADDRESS, f"{text[:60]!r} spells an IP address oddly") from error
    except (InvalidDomainError, AddressValueError) as error:
        raise _invalid(f"{text[:60]!r} is not a host: {error}") from error


def _plain_ipv4(host: str) -> IPv4Address | IPv6Address | None:
    """None too for an IPv6 address: it stands in brackets, or it is none."""
    return None if ":" in host else plain_address(host)


@lru_cache(maxsize=4096)
def plain_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` plainly is; the odd spellings are not."""
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host.removesuffix("."))
    except AddressValueError:
        return None


def _relative(rest: str, base: WebUrl) -> str:
    path, _, _ = base.target.partition("?")
    if not rest:
        return base.target
    if rest.startswith("?"):
        return path + rest
    return rest if rest.startswith("/") else path.rpartition("/")[0] + "/" + rest


def _target(target: str) -> str:
    """Path and query with dot segments removed and everything percent-encoded that must be."""
    path, mark, query = target.partition("?")
    if "." in path or "%2e" in path.lower():
        path = _without_dots(path)
    path = quote(path or "/", safe=_KEPT_IN_PATH, errors="surrogateescape")
    return path + mark + quote(query, safe=_KEPT_IN_QUERY, errors="surrogateescape")


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == ".." and kept:
            kept.pop()
        if dots not in (".", ".."):
            kept.append(segment)
        elif number == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _invalid(message: str) -> FetchError:
    return FetchError(ErrorKind.REDIRECT_INVALID, message)
