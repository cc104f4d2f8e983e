"""Which texts are e-mail addresses of somebody.

The form must be one that mail servers take, the domain must end in a public suffix, and the address must
not be one of those that pages are full of without meaning anybody: names of image files (`logo@2x.png`), keys
of error trackers, examples and placeholders.
Not here: finding them (emails.py, email_text.py), ranking them (email_ranks.py).
"""

import re
from typing import Final

from domain_scheduler.core.names import InvalidDomainError, ascii_host
from domain_scheduler.core.public_suffixes import public_suffix

_FORM: Final = re.compile(
    r"[a-z0-9_][a-z0-9._%+'&=/!#$*?^`{|}~-]{0,63}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
_MAX_LENGTH: Final = 254
_FILE_ENDINGS: Final = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp", "css", "js", "json", "html", "htm"}
    | {"php", "woff", "woff2", "ttf", "eot", "mp4", "webm", "pdf", "zip"}
)
_PLACEHOLDER_DOMAINS: Final = re.compile(
    r"(?:^|\.)(?:example|sentry|sentry-next|wixpress|beispiel|exemple|ejemplo|esempio|voorbeeld|exemplo)\."
    r"|(?:^|\.)ingest\.|^(?:your-?(?:domain|site|company|email|mail|business|website|name)|my-?(?:domain|site|"
    r"website|email)|domain|domena|domaine|dominio|website|site|yoursite|company|companyname|email|address|"
    r"addresshere|test|foo|bar|foobar|something|somewhere)"
    r"\.(?:com|org|net|de|fr|tld|co|pl|cz|ru|es|it|nl|co\.uk|com\.br)$"
)
_PLACEHOLDER_LOCALS: Final = frozenset(
    {"your-name", "yourname", "your.name", "youremail", "your-email", "your.email", "yourmail", "you"}
    | {"firstname.lastname", "first.last", "firstname", "name.surname", "john.doe", "johndoe", "jane.doe"}
    | {"janedoe", "max.mustermann", "mustermann", "jean.dupont", "mario.rossi", "username", "someone"}
    | {
        "git",
        "somebody",
        "user.name",
        "nombre",
        "nome",
        "e-mail",
        "mail.address",
        "email.address",
        "emailaddress",
    }
)
_KEY: Final = re.compile(r"[0-9a-f]{20,}|[0-9a-f]{8}-[0-9a-f-]{13,}")


def email_address(text: str, *, host: str = "") -> str | None:
    """The address in lower case, its domain in A-labels; None for what only looks like one.

    A domain that elsewhere stands for nobody's is somebody's on a page of its own `host`.
    """
    address = text.strip(" \t\r\n<>\"'()[];:,.").lower()
    if not address.isascii():
        address = _with_ascii_domain(address)
    if len(address) > _MAX_LENGTH or not _FORM.fullmatch(address):
        return None
    local, _, domain = address.partition("@")
    own = f".{host}".endswith(f".{domain}")
    return None if _is_malformed(local, domain) or _is_nobody(local, "" if own else domain) else address


def _with_ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{ascii_host(domain)}"
    except InvalidDomainError:
        return ""


def _is_malformed(local: str, domain: str) -> bool:
    if ".." in local or local.endswith(".") or len(local) > 64:
        return True
    if domain.rpartition(".")[2] in _FILE_ENDINGS:
        return True
    suffix = public_suffix(domain)
    return suffix is None or suffix == domain


def _is_nobody(local: str, domain: str) -> bool:
    return (
        local in _PLACEHOLDER_LOCALS
        or _KEY.fullmatch(local) is not None
        or _PLACEHOLDER_DOMAINS.search(domain) is not None
    )
