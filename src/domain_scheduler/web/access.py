"""Who may ask: the key, the host name, and no other site's web page.

Three independent checks. A key, where one is configured, is compared in constant time, and not tried by the
dozen (wrong_keys.py). The host name stops a web page that points its own name at this machine (DNS
rebinding). A browser that is told by another site to change something (CSRF) is refused, unless the request
carries the key in a header, which no foreign page can add: the service answers no CORS preflight.
Not here: how a refusal looks (api/problems.py), the login page (dashboard/login.py).
"""

import hashlib
import hmac
import ipaddress
import logging
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from domain_scheduler.errors import (
    CrossSiteError,
    HostRefusedError,
    KeyInvalidError,
    SettingsError,
    TooManyKeysError,
)
from domain_scheduler.settings import ApiSettings
from domain_scheduler.web.session import COOKIE, session_holds
from domain_scheduler.web.wrong_keys import WrongKeys

_log = logging.getLogger(__name__)

_HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """The checks of one service; `hosts` None means that the application around it answers for host names."""

    key: str | None
    hosts: frozenset[str] | None
    wrong_keys: WrongKeys = field(default_factory=WrongKeys)

    def require_host(self, request: Request) -> None:
        """Return if the Host header names this service; raises HostRefusedError."""
        if self.hosts is None or "*" in self.hosts:
            return
        name = host_name(request.headers.get("host", ""))
        if name not in self.hosts:
            raise HostRefusedError(
                f"the host name {name[:100]!r} is not one of this service: "
                "add it to DOMAIN_SCHEDULER_API__ALLOWED_HOSTS"
            )

    def require_caller(self, request: Request) -> None:
        """Return if the caller may do this; raises KeyInvalidError, TooManyKeysError or CrossSiteError."""
        given = given_key(request)
        if self.key is not None and given is not None:
            require_right_key(given, self.key, address_of(request), self.wrong_keys)
            return
        if self.key is not None and not session_holds(self.key, request.cookies.get(COOKIE)):
            raise KeyInvalidError("send the API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`")
        require_same_site(request)


def require_right_key(given: str, key: str, address: str, wrong_keys: WrongKeys) -> None:
    """Return if `given` is the key; raises KeyInvalidError, or TooManyKeysError, then for the right one too.

    The refusal of a right key tells nothing: it is refused like any other.
    """
    if (seconds := wrong_keys.seconds_to_wait(address)) > 0:
        raise TooManyKeysError(
            f"too many wrong keys came from your address: try again in {seconds} seconds", seconds
        )
    if same_secret(given, key):
        wrong_keys.forget(address)
        return
    if wrong_keys.note(address, given):
        _log.warning("a wrong key was sent", extra={"action": "wrong_key", "client": address})
    raise KeyInvalidError("the API key is not the right one")


def address_of(request: Request) -> str:
    """The address that the request comes from, as far as it is known."""
    return request.client.host if request.client else ""


def access_of(settings: ApiSettings, *, checks_hosts: bool) -> Access:
    """The checks that `settings` ask for."""
    names = {name.lower() for name in settings.allowed_hosts} | {settings.host.lower()}
    key = settings.key.get_secret_value() if settings.key is not None else None
    return Access(key=key, hosts=frozenset(names) if checks_hosts else None)


def require_safe_binding(settings: ApiSettings) -> None:
    """Return if it is safe to listen on `settings.host`; raises SettingsError if it needs a key."""
    if settings.key is None and not is_loopback(settings.host):
        raise SettingsError(
            f"without an API key the service listens on loopback only, not on {settings.host}: "
            "set DOMAIN_SCHEDULER_API__KEY, or listen on 127.0.0.1"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_same_site(request: Request) -> None:
    """Return unless another site's page makes a browser change something; raises CrossSiteError."""
    if request.method in _HARMLESS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:
        foreign = origin is not None and origin.partition("://")[2] != request.headers.get("host")
    if foreign:
        raise CrossSiteError("a web page of another site may not change anything here")


def given_key(request: Request) -> str | None:
    """The key that the request carries in a header, if any."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.headers.get("x-api-key")


def same_secret(given: str, expected: str) -> bool:
    """Whether both are equal, in a time that tells nothing of where they differ."""
    digests = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, expected))
    return hmac.compare_digest(*digests)


def host_name(host: str) -> str:
    """The name in a Host header, in lower case and without its port; an IPv6 address keeps its brackets."""
    name = host.lower().strip()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]
