"""The social networks, and what a profile's address looks like on each.

A network is known by its hosts; the path must match one of its profile patterns and must not begin with a
word that the network keeps for itself (share, login, help, ...). `x` stands for Twitter too.
Not here: where the links come from (social.py).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: network, canonical URL, and the name or number in it."""

    network: str
    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class Network:
    """`url` is the one form in which profiles are given; `{0}` is the handle."""

    name: str
    hosts: tuple[str, ...]
    paths: tuple[tuple[str, str], ...]
    reserved: frozenset[str]


_HANDLE: Final = r"([A-Za-z0-9._-]+)"
_EVERYWHERE: Final = (
    "share sharer sharer.php share.php intent login signin signup register search explore about help terms "
    "privacy policies policy legal hashtag tag tags home settings account accounts oauth api embed widgets "
    "plugins dialog download downloads jobs business developers dev support contact press blog"
)


def _network(name: str, hosts: str, paths: dict[str, str], reserved: str = "") -> Network:
    return Network(
        name, tuple(hosts.split()), tuple(paths.items()), frozenset(f"{_EVERYWHERE} {reserved}".split())
    )


NETWORKS: Final = (
    _network(
        "facebook",
        "facebook.com fb.com fb.me",
        {
            r"pages/[^/]+/(\d+)": "https://www.facebook.com/{0}",
            r"pages/category/[^/]+/([^/]+)": "https://www.facebook.com/{0}",
            r"p/([^/]+)": "https://www.facebook.com/{0}",
            r"people/[^/]+/(\d+)": "https://www.facebook.com/{0}",
            r"groups/([^/]+)": "https://www.facebook.com/groups/{0}",
            r"([^/]+)": "https://www.facebook.com/{0}",
        },
        "groups pages people events photo photo.php photos video videos watch story.php permalink.php tr "
        "l.php profile.php ads marketplace gaming messages notes media posts login.php dialog "
        "full_data_use_policy",
    ),
    _network(
        "x", "twitter.com x.com", {r"@?([A-Za-z0-9_]{1,20})": "https://x.com/{0}"}, "i statuses status tos"
    ),
    _network(
        "instagram",
        "instagram.com",
        {_HANDLE: "https://www.instagram.com/{0}"},
        "p reel reels tv stories direct",
    ),
    _network(
        "linkedin",
        "linkedin.com",
        {
            r"company/([^/]+)": "https://www.linkedin.com/company/{0}",
            r"school/([^/]+)": "https://www.linkedin.com/school/{0}",
            r"showcase/([^/]+)": "https://www.linkedin.com/showcase/{0}",
            r"in/([^/]+)": "https://www.linkedin.com/in/{0}",
        },
    ),
    _network(
        "youtube",
        "youtube.com",
        {
            r"channel/([A-Za-z0-9_-]+)": "https://www.youtube.com/channel/{0}",
            r"@([^/]+)": "https://www.youtube.com/@{0}",
            r"user/([^/]+)": "https://www.youtube.com/user/{0}",
            r"c/([^/]+)": "https://www.youtube.com/c/{0}",
            r"([A-Za-z0-9_-]+)": "https://www.youtube.com/{0}",
        },
        "watch embed v playlist results shorts live feed channel user c iframe_api player_api redirect t yt "
        "creators",
    ),
    _network("tiktok", "tiktok.com", {r"@([^/]+)": "https://www.tiktok.com/@{0}"}),
)


def _by_host() -> dict[str, Network]:
    return {host: network for network in NETWORKS for host in network.hosts}


_NETWORK_OF: Final = _by_host()
_PREFIXES: Final = re.compile(r"^(?:www|m|mobile|web|[a-z]{2}(?:-[a-z]{2})?)\.")


def profile_of(url: str) -> Profile | None:
    """The profile behind an address; None where it is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    network = _NETWORK_OF.get(host) or _NETWORK_OF.get(_PREFIXES.sub("", host))
    return _profile(network, unquote(parts.path)) if network else None


def _profile(network: Network, path: str) -> Profile | None:
    path = path.strip("/ ")
    segments = [segment for segment in path.split("/") if segment]
    for pattern, form in network.paths:
        match = re.match(rf"{pattern}(?:/|$)", "/".join(segments))
        if match and segments[0].lower() not in network.reserved - frozenset(pattern.split("/")[:1]):
            handle = match[1].strip()
            return Profile(network.name, form.format(handle), handle)
    return None
