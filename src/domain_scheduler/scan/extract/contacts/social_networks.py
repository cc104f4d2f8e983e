"""Loads the social networks and what a profile's address looks like on each (social_networks.toml).

A network is known by its `hosts`. Each of its `paths` is a pattern of a profile's path and the one form in
which such a profile is given: `{0}` is the handle, `{host}` the network's host. A path that begins with a
word that the network keeps for itself (`reserved`) is no profile, unless the pattern spells that word out,
and none is one that shows a single post (`posts`). Where hosts below the network's own are profiles,
`subdomains` is their form. `x` stands for Twitter too.
Not here: reading an address by these rules (social_profiles.py).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FILE: Final = "social_networks.toml"


@dataclass(frozen=True, slots=True)
class Network:
    """One network; a path's pattern ends at a slash, a query or the end."""

    name: str
    paths: tuple[tuple[re.Pattern[str], str], ...]
    reserved: frozenset[str]
    posts: re.Pattern[str] | None
    subdomains: str | None


@cache
def networks_by_host() -> dict[str, Network]:
    """Every network under each of its hosts."""
    data = tomllib.loads((files(__package__) / _FILE).read_text("utf-8"))
    everywhere = data["reserved_everywhere"]
    networks = ((_network(row, everywhere), row["hosts"]) for row in data["network"])
    return {host: network for network, hosts in networks for host in hosts}


def _network(row: dict[str, Any], everywhere: list[str]) -> Network:
    paths = tuple((re.compile(rf"{pattern}(?=[/?#&]|$)"), form) for pattern, form in row["paths"])
    posts = re.compile("|".join(row["posts"])) if "posts" in row else None
    reserved = frozenset([*everywhere, *row.get("reserved", ())])
    return Network(row["name"], paths, reserved, posts, row.get("subdomains"))
