"""Everything that the readers of this room find in one page, before it is put into its final form.

One call a reader. Two orders matter: the language comes before the phones, whose region it helps to guess,
and title and site name before the headline, which is the one without the other.
Not here: the form that the rest of the house sees (page.py, details.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain_scheduler.scan.extract.contacts.contact_form import has_contact_form
from domain_scheduler.scan.extract.contacts.contact_links import ContactLink, find_contact_links
from domain_scheduler.scan.extract.contacts.email_ranks import EmailRank
from domain_scheduler.scan.extract.contacts.emails import Email, emails
from domain_scheduler.scan.extract.contacts.phones import Numbers, numbers
from domain_scheduler.scan.extract.contacts.postal_addresses import postal_addresses
from domain_scheduler.scan.extract.contacts.social import social_profiles
from domain_scheduler.scan.extract.contacts.social_profiles import Profile
from domain_scheduler.scan.extract.dates import modified, published
from domain_scheduler.scan.extract.descriptions import description
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.languages import Languages, languages
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.fingerprints import fingerprints
from domain_scheduler.scan.extract.headlines import headline
from domain_scheduler.scan.extract.icons import Icon, icon, icons
from domain_scheduler.scan.extract.images import image
from domain_scheduler.scan.extract.link_relations import canonical
from domain_scheduler.scan.extract.logos import logo
from domain_scheduler.scan.extract.owner.company_numbers import company_numbers
from domain_scheduler.scan.extract.owner.copyright_line import copyright_holder
from domain_scheduler.scan.extract.owner.organization import organization
from domain_scheduler.scan.extract.owner.owner import owner
from domain_scheduler.scan.extract.site_kind import SiteKind, site_kind
from domain_scheduler.scan.extract.site_names import site_name
from domain_scheduler.scan.extract.technology_evidence import technologies_of
from domain_scheduler.scan.extract.titles import title
from domain_scheduler.scan.technologies import Technology, TechnologyMatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found; None and empty mean that the page does not say."""

    title: Found | None
    headline: Found | None
    site_name: Found | None
    description: Found | None
    canonical: Found | None
    icon: Found | None
    icons: list[Icon]
    logo: Found | None
    image: Found | None
    languages: Languages
    published: Found | None
    modified: Found | None
    emails: list[Email]
    numbers: Numbers
    addresses: list[dict[str, Any]]
    organization: dict[str, Any] | None
    company_numbers: list[dict[str, str]]
    copyright_holder: Found | None
    owner: Found | None
    profiles: list[tuple[Profile, str]]
    contact_form: bool
    contact_links: list[ContactLink]
    site_kind: SiteKind
    technologies: Sequence[Technology]
    fingerprints: dict[str, Any]


def find_all(reading: Reading, matcher: TechnologyMatcher | None) -> Findings:
    """Ask every reader."""
    declared_icons = icons(reading)
    spoken = languages(reading)
    holder = copyright_holder(reading)
    own_title, own_name = title(reading), site_name(reading, holder)
    reached, places = numbers(reading, spoken), postal_addresses(reading)
    named, registered = organization(reading, holder), company_numbers(reading)
    written = emails(reading)
    is_reachable = bool(reached.phones or reached.faxes or places or registered) or any(
        email.rank in (EmailRank.OWN_ROLE, EmailRank.OWN) for email in written
    )
    return Findings(
        title=own_title,
        headline=headline(reading, own_title, own_name),
        site_name=own_name,
        description=description(reading),
        canonical=canonical(reading),
        icon=icon(reading, declared_icons),
        icons=declared_icons,
        logo=logo(reading, declared_icons),
        image=image(reading),
        languages=spoken,
        published=published(reading),
        modified=modified(reading),
        emails=written,
        numbers=reached,
        addresses=places,
        organization=named,
        company_numbers=registered,
        copyright_holder=holder,
        owner=owner(reading, named, holder, own_name, is_reachable=is_reachable),
        profiles=social_profiles(reading),
        contact_form=has_contact_form(reading),
        contact_links=find_contact_links(reading),
        site_kind=site_kind(reading),
        technologies=technologies_of(reading, matcher),
        fingerprints=fingerprints(reading),
    )
