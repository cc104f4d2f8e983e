"""Profiles on social networks that a page links to, one URL form each.

A profile is the site's own presence; links that share the page, open a single post or lead to the network's
own pages are none, so a network's site has no profile there. Frames and boxes of an embedded page count like
links; Mastodon, which runs on any host, is known by `rel=me` and the author's meta.
Not here: the networks (social_networks.py), reading one address (social_profiles.py).
"""

from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.contacts.social_profiles import (
    APP_SCHEMES,
    Profile,
    fediverse_profile,
    may_be_fediverse,
    may_be_profile,
    network_of,
    profile_of,
)
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import texts
from domain_scheduler.scan.extract.document.tree import attribute

_MAX_PROFILES: Final = 60
_SCHEMES: Final = ("http", "https", *APP_SCHEMES)
_BOXES: Final = ".fb-page[data-href], .fb-like-box[data-href]"


def social_profiles(reading: Reading) -> list[tuple[Profile, str]]:
    """Each profile once with its source, in document order, sameAs first."""
    found: dict[str, tuple[Profile, str]] = {}
    own = network_of(reading.host)
    for profile, source in _profiles(reading):
        if profile.network != own and profile.url not in found:
            found[profile.url] = (profile, source)
            if len(found) >= _MAX_PROFILES:
                break
    return list(found.values())


def _profiles(reading: Reading) -> Iterator[tuple[Profile, str]]:
    seen: set[str] = set()
    for url, source in _candidates(reading):
        if url not in seen and (profile := profile_of(url)):
            yield profile, source
        seen.add(url)
    for url, source in _fediverse(reading):
        if profile := profile_of(url) or fediverse_profile(url):
            yield profile, source


def _candidates(reading: Reading) -> Iterator[Found]:
    """Addresses at hosts of networks."""
    for thing, source in reading.structured.things:
        for value in texts(thing, "sameAs"):
            if may_be_profile(value):
                yield Found(value, source)
    for element, href, scheme in reading.tree.anchors():
        if scheme in _SCHEMES and may_be_profile(href):
            yield Found(href, element.tag)
    for tag, name in (("link", "href"), ("iframe", "src")):
        for element in reading.tree.all(tag):
            if may_be_profile(url := attribute(element, name)):
                yield Found(url, tag)
    if reading.tree.mentions("data-href"):
        for element in reading.tree.select(_BOXES):
            if may_be_profile(url := attribute(element, "data-href")):
                yield Found(url, element.tag)


def _fediverse(reading: Reading) -> Iterator[Found]:
    """Addresses that a page calls its own, and the author's account as a meta gives it (`@name@host`)."""
    for anchor in reading.tree.anchors():
        if may_be_fediverse(anchor.href) and "me" in attribute(anchor.element, "rel").lower().split():
            yield Found(anchor.href, anchor.element.tag)
    for relations, element in reading.tree.linked():
        if "me" in relations:
            yield Found(attribute(element, "href"), "link")
    name, _, host = reading.metas.get("fediverse:creator").lstrip("@").partition("@")
    if name and host:
        yield Found(f"https://{host}/@{name}", "meta")
