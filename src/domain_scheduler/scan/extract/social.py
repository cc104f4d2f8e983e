"""Profiles on social networks that a page links to, one URL form each.

A profile is the site's own presence; links that share the page, open a single post or lead to the network's
own pages are none. The networks stand in social_networks.py, reading one address in social_profiles.py.
Not here: e-mails and phones (emails.py, phones.py).
"""

from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.social_profiles import Profile, may_be_profile, profile_of
from domain_scheduler.scan.extract.structured_data import texts
from domain_scheduler.scan.extract.tree import attribute

_MAX_PROFILES: Final = 60


def social_profiles(reading: Reading) -> list[tuple[Profile, str]]:
    """Each profile once with its source, in document order, sameAs first."""
    found: dict[str, tuple[Profile, str]] = {}
    for candidate in _candidates(reading):
        profile = profile_of(candidate.value)
        if profile is not None and profile.url not in found:
            found[profile.url] = (profile, candidate.source)
            if len(found) >= _MAX_PROFILES:
                break
    return list(found.values())


def _candidates(reading: Reading) -> Iterator[Found]:
    for thing, source in reading.structured.things:
        for value in texts(thing, "sameAs"):
            yield Found(value, source)
    for anchor in reading.tree.anchors():
        if anchor.scheme in ("http", "https") and may_be_profile(anchor.href):
            yield Found(anchor.href, anchor.element.tag)
    for element in reading.tree.all("link"):
        yield Found(attribute(element, "href"), "link")
