"""An address read as a profile on a social network, in the network's one form.

Country and language prefixes of hosts (`de-de.facebook.com`, `at.linkedin.com`), tracking and what follows
the profile's name are dropped; an embedded page and a link that an app opens are read as the profile behind
them. On hosts that run Mastodon by their name, `/@name` is a profile; on others only who links to it can
tell (`fediverse_profile`).
Not here: the networks (social_networks.py), where links come from (social.py).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from domain_scheduler.scan.extract.contacts.social_networks import Network, networks_by_host

APP_SCHEMES: Final = ("whatsapp", "tg")
_APPS: Final = re.compile(
    r"\A(?:whatsapp:(?://)?(send)/?\?|tg:(?://)?resolve\?(?:.*&)?domain=)", re.IGNORECASE
)
_PREFIXES: Final = re.compile(r"^(?:www|m|mobile|web|l|[a-z]{2}(?:-[a-z]{2})?)\.")
_HOST: Final = re.compile(r"\s*(?:https?:)?//([^/?#:\s]+)", re.IGNORECASE)
_MASTODON: Final = re.compile(r"(?:^|\.)(?:mastodon|mstdn|masto)[.-]")
_FEDIVERSE_PATH: Final = re.compile(r"/(?:@|users/)(\w+)/?")
_UNFIT: Final = re.compile(r"[{}$<>\[\]]|.{121}", re.DOTALL)
"""A template that nobody has filled in, or too long for a name."""
_QUERIES: Final = frozenset({"facebook", "linkedin", "whatsapp", "x", "youtube"})
"""Networks on which a query can name a profile."""
_NOISE: Final = re.compile(r"%2B|%20|[+\s().-]", re.IGNORECASE)
_EMBEDDED: Final = re.compile(r"/(?:v\d[\d.]*/)?plugins/(?:page|likebox|like|fan|follow)\.php|/l\.php")


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: network, canonical URL, and the name or number in it."""

    network: str
    url: str
    handle: str


def may_be_profile(url: str) -> bool:
    """Whether the host of an absolute address belongs to a network: a cheap first look at many links."""
    host = _HOST.match(url)
    if host is None:
        return _APPS.match(url) is not None
    return _belongs(host[1].lower())


@lru_cache(maxsize=4096)
def _belongs(host: str) -> bool:
    return _network(host) is not None or _MASTODON.search(host) is not None


def may_be_fediverse(url: str) -> bool:
    """Whether a web address may be a profile on a host of the fediverse: a cheap first look, too."""
    return ("/@" in url or "/users/" in url) and _HOST.match(url) is not None


def profile_of(url: str) -> Profile | None:
    """The profile behind an address; None where it is none."""
    parts = _parts(_APPS.sub(_as_web, url.strip()))
    if parts is None:
        return None
    host = (parts.hostname or "").rstrip(".")
    network = _network(host)
    if network is None:
        return _on_fediverse(host, parts.path) if _MASTODON.search(host) else None
    if network.name == "facebook" and _EMBEDDED.fullmatch(parts.path):
        return _embedded(parts.query)
    if host in networks_by_host() or _PREFIXES.sub("", host) in networks_by_host():
        return _profile(network, host, _path(network, parts))
    return _below(network, host, parts.path)


def network_of(host: str) -> str | None:
    """The network that a host belongs to."""
    network = _network(host)
    return network.name if network is not None else None


def fediverse_profile(url: str) -> Profile | None:
    """The profile at an address of which somebody says that it is his own, on whatever host it is."""
    parts = _parts(url)
    return _on_fediverse(parts.hostname or "", parts.path) if parts is not None else None


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        return parts if parts.hostname else None
    except ValueError:
        return None


def _as_web(app: re.Match[str]) -> str:
    return "https://api.whatsapp.com/send?" if app[1] else "https://t.me/"


def _network(host: str) -> Network | None:
    networks = networks_by_host()
    found = networks.get(host) or networks.get(_PREFIXES.sub("", host))
    if found is not None:
        return found
    above = networks.get(host.partition(".")[2])
    return above if above is not None and above.subdomains else None


def _path(network: Network, parts: SplitResult) -> str:
    fragment = unquote(parts.fragment)
    if fragment.startswith("!/"):
        return fragment[1:]  # how networks wrote addresses when scripts drew their pages
    path = unquote(parts.path)
    if parts.query and network.name in _QUERIES:
        path += f"?{_NOISE.sub('', parts.query)}"
    return path


def _embedded(query: str) -> Profile | None:
    """The profile of a page that is embedded, or behind a link that counts its clicks."""
    named = parse_qs(query)
    target = next(iter(named.get("href") or named.get("u") or ()), "")
    return None if _EMBEDDED.search(target) else profile_of(target)


def _below(network: Network, host: str, path: str) -> Profile | None:
    handle = host.partition(".")[0]
    if handle in network.reserved or not network.subdomains or _is_post(network, path.strip("/")):
        return None
    return Profile(network.name, network.subdomains.format(handle), handle)


def _on_fediverse(host: str, path: str) -> Profile | None:
    match = _FEDIVERSE_PATH.fullmatch(path)
    return Profile("mastodon", f"https://{host}/@{match[1]}", f"@{match[1]}") if match else None


def _is_post(network: Network, path: str) -> bool:
    return network.posts is not None and network.posts.match(path) is not None


def _profile(network: Network, host: str, path: str) -> Profile | None:
    path = "/".join(segment.strip() for segment in path.split("/") if segment.strip())
    if _is_post(network, path):
        return None
    head = re.split(r"[/?&]", path, maxsplit=1)[0].lower()
    for pattern, form in network.paths:
        match = pattern.match(path)
        spelled_out = not pattern.pattern.startswith(("(", "[", "@"))
        if match and (spelled_out or head not in network.reserved) and not _UNFIT.search(match[0]):
            groups = [quote(group, safe="@.:-_%~+/") for group in match.groups()]
            return Profile(network.name, form.format(*groups, host=host), match[match.lastindex or 1])
    return None
