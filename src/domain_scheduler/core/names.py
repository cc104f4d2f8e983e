"""Turns whatever people write for a domain into the one name that is asked, or says why it cannot be one.

Spellings of the same name give the same `DomainName`: scheme, user, port, path, query, trailing dot and
case are dropped, IDNA is applied (UTS 46, non-transitional). What remains must be a name that the public
internet could know: at least one label below a public suffix. Two choices to know: `info@example.com` is
read as `example.com` (the part before `@` is a URL's user, and lists of contacts are common), and labels
are as free as in browsers (`a--b`, and `_` left of the registered name), because such sites exist.
The fast path for plain names must give what the thorough one gives; a test compares them.
Not here: what is a suffix (public_suffixes.py), which names the scan tries (scan/fetch/ladder.py).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import idna

from domain_scheduler.core.public_suffixes import public_suffix

MAX_TEXT: Final = 4096
"""Characters of a text that is looked at at all; a web address may be longer than its host."""
MAX_LABEL: Final = 63
MAX_NAME: Final = 253
"""Octets, from RFC 1035."""

_SPECIAL_USE: Final = frozenset(
    (
        "localhost",
        "local",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "test",
        "example",
        "invalid",
        "onion",
    )
)
"""Top-level names that are reserved (RFC 2606, 6761, 6762, 7686, ICANN's `internal`) or common at home."""

_plain = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,63}").fullmatch
"""Names that the thorough path would return unchanged, provided that no label can be too long."""
_plain_address = re.compile(r"https?://((?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,63})(?=/|\Z)").match
"""Web addresses with such a name and no port."""
_scheme = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]{2}").match
_authority_end = re.compile(r"[/\\?#]")
_number = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*").fullmatch
_port = re.compile(r"[0-9]{1,5}").fullmatch
_ldh_label = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?").fullmatch
_host_label = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?").fullmatch


class InvalidDomainError(ValueError):
    """A text that cannot be a public domain name; `reason` fits behind "line 7: localhost: "."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IPAddressGivenError(InvalidDomainError):
    """The text is an IP address in one of its many spellings, not a name."""

    def __init__(self) -> None:
        super().__init__("an IP address, not a domain name")


@dataclass(frozen=True, slots=True)
class DomainName:
    """A name that the public internet could know, e.g. `www.bücher.co.uk`."""

    ascii: str
    """In lower-case A-labels, without trailing dot: `www.xn--bcher-kva.co.uk`."""
    unicode: str
    """As people read it: `www.bücher.co.uk`."""
    registrable: str
    """What was registered, in A-labels: `xn--bcher-kva.co.uk`."""
    suffix: str
    """The public suffix, in A-labels: `co.uk`."""

    @property
    def sibling(self) -> str | None:
        """The other name under which the same site is often found, in A-labels.

        `www.` before a registered name, the registered name for its `www.`, None for other hosts below it:
        `www.blog.example.com` hardly ever exists.
        """
        if self.ascii == self.registrable:
            return f"www.{self.ascii}" if len(self.ascii) <= MAX_NAME - 4 else None
        return self.registrable if self.ascii == f"www.{self.registrable}" else None


def normalize_domain(text: str) -> DomainName:
    """The domain name that `text` means: a name, a host with port, an address of a page or of a mailbox.

    Raises InvalidDomainError with the reason in words. About 4 µs for a plain name or web address.
    """
    plain = text.strip().lower()
    if len(plain) <= MAX_LABEL and _plain(plain):
        return _public(plain, plain)
    if len(text) <= MAX_TEXT and (address := _plain_address(plain)) and len(address[1]) <= MAX_LABEL:
        return _public(address[1], address[1])
    return _normalize_thoroughly(text)


def _normalize_thoroughly(text: str) -> DomainName:
    name = ascii_host(_host(text))
    domain = _public(name, _unicode(name))
    if "_" in domain.registrable:
        raise InvalidDomainError("has an underscore in the registered name")
    return domain


def ascii_host(host: str) -> str:
    """The host of a web address in lower-case A-labels, without trailing dot; it need not be a public name.

    Raises InvalidDomainError, and its kind IPAddressGivenError for a host that browsers read as an IPv4
    address (`127.0.0.1`, `2130706433`, `0x7f.1`, full-width digits).
    """
    mapped = _mapped(unquote(host)).removesuffix(".")
    if not mapped:
        raise InvalidDomainError("names no host")
    name = ".".join(_ascii_labels(mapped))
    if len(name) > MAX_NAME:
        raise InvalidDomainError(f"longer than {MAX_NAME} characters")
    return name


def _host(text: str) -> str:
    """The part of a name or web address between user and port."""
    text = text.strip().strip("\ufeff").strip()
    if not text:
        raise InvalidDomainError("empty")
    if len(text) > MAX_TEXT:
        raise InvalidDomainError(f"longer than any web address ({len(text):,} characters)")
    if scheme := _scheme(text):
        text = text[scheme.end() :]
    authority = _authority_end.split(text, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        raise IPAddressGivenError
    return _without_port(authority)


def _mapped(host: str) -> str:
    try:
        return idna.uts46_remap(host, std3_rules=False)
    except idna.InvalidCodepoint as error:
        raise _bad_character(error) from error
    except idna.IDNAError as error:
        raise InvalidDomainError(f"longer than {MAX_NAME} characters") from error


def _bad_character(error: idna.InvalidCodepoint) -> InvalidDomainError:
    point = error.codepoint or 0
    return InvalidDomainError(f"has a character that no domain name may have ({chr(point)!r}, U+{point:04X})")


def _without_port(authority: str) -> str:
    host, _, port = authority.partition(":")
    if ":" in port:
        raise IPAddressGivenError
    if port and not _port(port):
        raise InvalidDomainError(f"{port[:20]!r} is not a port")
    return host


def _ascii_labels(host: str) -> list[str]:
    labels = host.split(".")
    if "" in labels:
        raise InvalidDomainError("has an empty part between two dots")
    if _number(labels[-1]):
        raise IPAddressGivenError
    return [_ascii_label(label) for label in labels]


def _ascii_label(label: str) -> str:
    if label.isascii() and not label.startswith("xn--"):
        return _checked(label)
    try:
        return _checked(idna.alabel(label).decode("ascii"))
    except idna.InvalidCodepoint as error:
        raise _bad_character(error) from error
    except idna.IDNAError as error:
        if error.code == "label_too_long":
            raise InvalidDomainError(f"has a part longer than {MAX_LABEL} characters") from error
        raise InvalidDomainError(f"not a valid international name ({error})") from error


def _checked(label: str) -> str:
    if len(label) > MAX_LABEL:
        raise InvalidDomainError(f"has a part longer than {MAX_LABEL} characters")
    if _ldh_label(label) or _host_label(label):
        return label
    if label[0] == "-" or label[-1] == "-":
        raise InvalidDomainError("has a part that starts or ends with a hyphen")
    offender = next(char for char in label if not (char.isalnum() or char in "-_"))
    raise InvalidDomainError(f"has a character that no domain name may have ({offender!r})")


def _unicode(name: str) -> str:
    return ".".join(idna.ulabel(label) if label.startswith("xn--") else label for label in name.split("."))


def _public(name: str, as_unicode: str) -> DomainName:
    suffix = public_suffix(name)
    if suffix is None or suffix in _SPECIAL_USE:
        raise InvalidDomainError(_why_not_public(name))
    if suffix == name:
        raise InvalidDomainError("a public suffix, under which domains are registered, not a domain")
    own = name[: -len(suffix) - 1].rpartition(".")[2]
    return DomainName(name, as_unicode, f"{own}.{suffix}", suffix)


def _why_not_public(name: str) -> str:
    *rest, last = name.split(".")
    if last in _SPECIAL_USE:
        return "a name for local or special use, never a public domain"
    if not rest:
        return "a single word, not a domain name"
    return f"no public suffix: there is no .{last} on the internet"
