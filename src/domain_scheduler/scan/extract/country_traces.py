"""Countries that a page's own words point to: an address's country, a postal code's form, numbers with +.

Names count in the last part of the text only, where addresses stand, and not if there are many: a list of
countries to choose from is no evidence.
Not here: what is made of them (phone_regions.py).
"""

import re
from collections import Counter
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import texts

_NAMES: Final = {
    "GB": r"united kingdom|great britain|england|scotland|wales|london",
    "IE": r"ireland|dublin", "AU": r"australia|sydney|melbourne|brisbane", "NZ": r"new zealand|auckland",
    "CA": r"canada|ontario|toronto|vancouver|british columbia|alberta|qu[eé]bec",
    "ZA": r"south africa|johannesburg",
    "IN": r"india|mumbai|new delhi|bangalore|bengaluru|chennai", "SG": r"singapore", "HK": r"hong kong",
    "US": r"united states|u\.s\.a\.|usa", "DE": r"germany|deutschland", "AT": r"austria|österreich",
    "CH": r"switzerland|schweiz|suisse|svizzera", "FR": r"france",
    "BE": r"belgium|belgi[eëq]\w*", "ES": r"spain|españa",
    "NL": r"netherlands|nederland", "IT": r"italy|italia", "PT": r"portugal", "BR": r"brazil|brasil",
    "MX": r"m[eé]xico", "AR": r"argentina", "CL": r"chile",
    "CO": r"colombia", "PE": r"per[uú]", "JP": r"japan",
    "CN": r"china", "TW": r"taiwan", "KR": r"korea",
    "IL": r"israel", "AE": r"united arab emirates|dubai|u\.a\.e\.",
    "TR": r"turkey|türkiye", "GR": r"greece", "SE": r"sweden|sverige",
    "NO": r"norway|norge", "DK": r"denmark|danmark",
    "FI": r"finland|suomi", "PL": r"poland|polska",
    "CZ": r"czech republic|česk\w+", "HU": r"hungary|magyarország",
    "RO": r"romania|românia", "RU": r"russia|россия", "UA": r"ukraine|україна", "PH": r"philippines",
    "MY": r"malaysia", "TH": r"thailand", "ID": r"indonesia",
    "VN": r"vi[eệ]t\s?nam", "NG": r"nigeria", "KE": r"kenya",
}  # fmt: skip
_ANY_NAME: Final = re.compile(
    "|".join(rf"(?P<{region}>\b(?:{names})\b)" for region, names in _NAMES.items()), re.IGNORECASE
)
_POSTAL_FORMS: Final = re.compile(
    r"(?P<GB>\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b)|(?P<CA>\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b)"
    r"|(?P<AU>\b(?:NSW|VIC|QLD|TAS|ACT)\s?,? \d{4}\b)|(?P<US>\b[A-Z]{2}\.?,? \d{5}(?:-\d{4})?\b)"
)
_INTERNATIONAL: Final = re.compile(r"(?:\+|\b00)\s?([1-9]\d{0,2})[\s().-]")
_DECLARED_WEIGHT: Final = 5
_POSTAL_WEIGHT: Final = 3
_NUMBER_WEIGHT: Final = 2
_TAIL: Final = 3_000
_MAX_NAMES: Final = 3
"""Countries in the last part of a page above which they are a list to choose from."""


def countries(reading: Reading) -> list[str]:
    """ISO 3166 codes, best supported first."""
    votes: Counter[str] = Counter()
    for thing, _ in reading.structured.things:
        votes.update(dict.fromkeys(_declared(texts(thing, "addressCountry")), _DECLARED_WEIGHT))
    text = reading.tree.visible_text()
    for match in _POSTAL_FORMS.finditer(text[:2_000] + text[-20_000:]):
        votes[match.lastgroup or ""] += _POSTAL_WEIGHT
    for match in _INTERNATIONAL.finditer(text):
        votes.update(dict.fromkeys(_regions_of_code(match[1]), _NUMBER_WEIGHT))
    names = dict.fromkeys(match.lastgroup or "" for match in _ANY_NAME.finditer(text[-_TAIL:]))
    if len(names) <= _MAX_NAMES:
        votes.update(names.keys())
    return sorted(filter(None, votes), key=lambda region: (-votes[region], region))[:3]


def _declared(values: list[str]) -> list[str]:
    named = (match.lastgroup for value in values if (match := _ANY_NAME.fullmatch(value)))
    return [*(v.upper() for v in values if len(v) == 2 and v.isalpha()), *filter(None, named)]


def _regions_of_code(digits: str) -> tuple[str, ...]:
    """The main region of the calling code that the digits begin with."""
    for length in (1, 2, 3):
        if regions := COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length])):
            return regions[:1]
    return ()
