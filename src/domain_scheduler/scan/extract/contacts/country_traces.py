"""Countries that a page's own words point to: an address's country, a postal code's form, numbers with +.

Names count in the last part of the text only, where addresses stand, and not if there are many: a list of
countries to choose from is no evidence.
Not here: what is made of them (phone_regions.py).
"""

import re
from collections import Counter
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import texts

_NAMES: Final = {
    "GB": ("united kingdom", "great britain", "england", "scotland", "wales", "london"),
    "IE": ("ireland", "dublin"), "AU": ("australia", "sydney", "melbourne", "brisbane"),
    "NZ": ("new zealand", "auckland"),
    "CA": ("canada", "ontario", "toronto", "vancouver", "british columbia", "alberta", "quebec", "québec"),
    "ZA": ("south africa", "johannesburg"),
    "IN": ("india", "mumbai", "new delhi", "bangalore", "bengaluru", "chennai"), "SG": ("singapore",),
    "HK": ("hong kong",), "US": ("united states", "u.s.a.", "usa"), "DE": ("germany", "deutschland"),
    "AT": ("austria", "österreich"), "CH": ("switzerland", "schweiz", "suisse", "svizzera"),
    "FR": ("france",), "BE": ("belgium", "belgië", "belgie", "belgique"), "ES": ("spain", "españa"),
    "NL": ("netherlands", "nederland"), "IT": ("italy", "italia"), "PT": ("portugal",),
    "BR": ("brazil", "brasil"), "MX": ("mexico", "méxico"), "AR": ("argentina",), "CL": ("chile",),
    "CO": ("colombia",), "PE": ("peru", "perú"), "JP": ("japan",), "CN": ("china",), "TW": ("taiwan",),
    "KR": ("korea",), "IL": ("israel",), "AE": ("united arab emirates", "dubai", "u.a.e."),
    "TR": ("turkey", "türkiye"), "GR": ("greece",), "SE": ("sweden", "sverige"), "NO": ("norway", "norge"),
    "DK": ("denmark", "danmark"), "FI": ("finland", "suomi"), "PL": ("poland", "polska"),
    "CZ": ("czech republic", "česká", "česko"), "HU": ("hungary", "magyarország"),
    "RO": ("romania", "românia"), "RU": ("russia", "россия", "россии", "москва"),
    "UA": ("ukraine", "україна", "україни", "україні", "украина", "украины", "украине", "київ", "киев"),
    "BY": ("belarus", "беларусь", "беларуси", "минск"), "KZ": ("kazakhstan", "казахстан", "казахстана"),
    "PH": ("philippines",), "MY": ("malaysia",), "TH": ("thailand",), "ID": ("indonesia",),
    "VN": ("vietnam", "viet nam", "việt nam"), "NG": ("nigeria",), "KE": ("kenya",),
}  # fmt: skip
_REGION_OF: Final = {name: region for region, names in _NAMES.items() for name in names}
_PLACES: Final = tuple(_REGION_OF)
_ANYWHERE: Final = AhoCorasick(_PLACES, implementation=Implementation.DFA)
_POSTAL_FORMS: Final = re.compile(
    r"[A-Z](?<!\w.)(?:(?P<GB>[A-Z]?\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b)"
    r"|(?P<CA>(?<=[ABCEGHJ-NPRSTVXY])\d[A-Z] \d[A-Z]\d\b)"
    r"|(?P<AU>(?:(?<=N)SW|(?<=V)IC|(?<=Q)LD|(?<=T)AS|(?<=A)CT)\s?,? \d{4}\b)"
    r"|(?P<US>[A-Z]\.?,? \d{5}(?:-\d{4})?\b))"
)
"""Behind the first letter, by which `re` finds them fast."""
_INTERNATIONAL: Final = re.compile(r"\+\s?([1-9]\d{0,2})[\s().-]")
_DECLARED_WEIGHT: Final = 5
_POSTAL_WEIGHT: Final = 3
_NUMBER_WEIGHT: Final = 2
_TOP: Final = 1_000
_BOTTOM: Final = 6_000
_TAIL: Final = 3_000
_MAX_NAMES: Final = 3
"""Countries in the last part of a page above which they are a list to choose from."""


def countries(reading: Reading) -> list[str]:
    """ISO 3166 codes, best supported first."""
    votes: Counter[str] = Counter()
    for thing, _ in reading.structured.things:
        votes.update(dict.fromkeys(_declared(texts(thing, "addressCountry")), _DECLARED_WEIGHT))
    text = reading.tree.visible_text()
    for match in _POSTAL_FORMS.finditer(text[:_TOP] + text[-_BOTTOM:]):
        votes[match.lastgroup or ""] += _POSTAL_WEIGHT
    for match in _INTERNATIONAL.finditer(text):
        votes.update(dict.fromkeys(_regions_of_code(match[1]), _NUMBER_WEIGHT))
    names = _named(text[-_TAIL:].lower())
    if len(names) <= _MAX_NAMES:
        votes.update(names)
    return sorted(filter(None, votes), key=lambda region: (-votes[region], region))[:3]


def _declared(values: list[str]) -> list[str]:
    named = (_REGION_OF.get(value.lower()) for value in values)
    return [*(v.upper() for v in values if len(v) == 2 and v.isalpha()), *filter(None, named)]


def _named(tail: str) -> set[str]:
    """The regions whose names are words of the text."""
    found = {_PLACES[place] for place, _, _ in _ANYWHERE.find_matches_as_indexes(tail, overlapping=True)}
    words = {word.strip(".,;:()|") for word in tail.split()} if found else set()
    return {_REGION_OF[name] for name in found if name in words or not name.isalpha()}


def _regions_of_code(digits: str) -> tuple[str, ...]:
    """The main region of the calling code that the digits begin with."""
    for length in (1, 2, 3):
        if regions := COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length])):
            return regions[:1]
    return ()
