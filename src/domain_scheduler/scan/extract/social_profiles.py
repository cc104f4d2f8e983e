"""An address read as a profile on a social network, in the network's one form.

Country and language prefixes of hosts (`de-de.facebook.com`, `at.linkedin.com`), tracking and what follows
the profile's name are dropped.
Not here: the networks (social_networks.py), where links come from (social.py).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from domain_scheduler.scan.extract.social_networks import Network, networks_by_host

_PREFIXES: Final = re.compile(r"^(?:www|m|mobile|web|[a-z]{2}(?:-[a-z]{2})?)\.")
_HOST: Final = re.compile(r"\s*(?:https?:)?//([^/?#:\s]+)", re.IGNORECASE)
_MAX_HANDLE: Final = 120
_QUERIES: Final = frozenset({"facebook", "whatsapp"})
"""Networks on which a query can name a profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: network, canonical URL, and the name or number in it."""

    network: str
    url: str
    handle: str


def may_be_profile(url: str) -> bool:
    """Whether the host of an absolute address belongs to a network: a cheap first look at many links."""
    host = _HOST.match(url)
    return host is not None and _host_network(host[1].lower()) is not None


def profile_of(url: str) -> Profile | None:
    """The profile behind an address; None where it is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    network = _host_network(host)
    if network is None:
        return None
    path = unquote(parts.path)
    if parts.query and network.name in _QUERIES:
        path += f"?{parts.query}"
    if parts.fragment.startswith("!"):
        path += f"#{parts.fragment}"
    return _profile(network, host, path)


def _host_network(host: str) -> Network | None:
    networks = networks_by_host()
    return networks.get(host) or networks.get(_PREFIXES.sub("", host))


def _profile(network: Network, host: str, path: str) -> Profile | None:
    path = "/".join(segment.strip() for segment in path.split("/") if segment.strip())
    head = re.split(r"[/?]", path, maxsplit=1)[0].lower()
    for pattern, form in network.paths:
        match = pattern.match(path)
        spelled_out = not pattern.pattern.startswith(("(", "[", "@"))
        if match and (spelled_out or head not in network.reserved) and len(match[0]) <= _MAX_HANDLE:
            groups = [quote(group, safe="@.:-_%~+") for group in match.groups()]
            return Profile(network.name, form.format(*groups, host=host), match[match.lastindex or 1])
    return None
