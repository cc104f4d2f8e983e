"""Everything that the readers of this room find in one page, before it is put into its final form.

One call a reader; the only order that matters is that the language comes before the phones, whose region it
helps to guess.
Not here: the form that the rest of the house sees (page.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain_scheduler.scan.extract.contact_links import find_contact_links
from domain_scheduler.scan.extract.descriptions import description
from domain_scheduler.scan.extract.emails import emails
from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.icons import Icon, icon, icons
from domain_scheduler.scan.extract.images import image, logo
from domain_scheduler.scan.extract.languages import Languages, languages
from domain_scheduler.scan.extract.link_relations import canonical
from domain_scheduler.scan.extract.phone_regions import phone_regions
from domain_scheduler.scan.extract.phones import phones
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.site_kind import SiteKind, site_kind
from domain_scheduler.scan.extract.social import social_profiles
from domain_scheduler.scan.extract.social_networks import Profile
from domain_scheduler.scan.extract.technology_evidence import technologies_of
from domain_scheduler.scan.extract.titles import title
from domain_scheduler.scan.technologies import Technology, TechnologyMatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found; None and empty mean that the page does not say."""

    title: Found | None
    description: Found | None
    canonical: Found | None
    icon: Found | None
    icons: list[Icon]
    logo: Found | None
    image: Found | None
    languages: Languages
    emails: list[Found]
    phones: list[Found]
    profiles: list[tuple[Profile, str]]
    contact_links: list[str]
    site_kind: SiteKind | None
    technologies: Sequence[Technology]


def find_all(reading: Reading, matcher: TechnologyMatcher | None) -> Findings:
    """Ask every reader."""
    declared_icons = icons(reading)
    spoken = languages(reading)
    return Findings(
        title=title(reading),
        description=description(reading),
        canonical=canonical(reading),
        icon=icon(reading, declared_icons),
        icons=declared_icons,
        logo=logo(reading),
        image=image(reading),
        languages=spoken,
        emails=emails(reading),
        phones=phones(reading, phone_regions(reading.host, spoken)),
        profiles=social_profiles(reading),
        contact_links=find_contact_links(reading),
        site_kind=site_kind(reading),
        technologies=technologies_of(reading, matcher),
    )
