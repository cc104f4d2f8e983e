"""Names of companies in the text of a page, known by their legal form: "Acme Tools Ltd, 1 Mill Lane".

Partners, customers and makers are companies too. One owns the site only if its name spells the domain, or
if it is the only one that stands right above or before an address or a number to call. Makers of what sites
run on, which privacy notes name with their address, own theirs alone.
Not here: names in structured data (organization.py), behind a copyright sign (copyright_line.py).
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import dropwhile, islice, takewhile
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.owner.spelled_names import letters, nearly_spells, spelled_run

_FORMS: Final = (
    # first, since they begin as others do
    r"Ltd\. Şti|S\.?A\.? de C\.?V"
    r"|Inc(?:orporated)?|INC|L\.?L\.?[CP]|P\.?L\.?L\.?C"
    r"|(?:P(?:ty|TY|te|TE|vt)\.?,? )?L(?:td|TD|imited|IMITED)"
    r"|[Cc]orp(?:oration)?|CORP|Co\.,? (?:Ltd|LTD|KG)|Co|PLC|[Pp]lc|G[Mm][Bb]H(?: & Co\.? (?:KG|OHG))?|mbH|AG"
    r"|e\.? ?[VK]|UG(?: \(haftungsbeschränkt\))?|KG|OHG|S\.?A\.?(?:S|RL|R\.L)?|S\.?à\.?r\.?l|EURL"
    r"|S\.?[Rr]\.?[Ll]|S\.[Pp]\.A|SpA|S\.L(?:\.U)?|B\.?V|N\.V|V\.?O\.?F|A/S|ApS|AB|Oyj?|L(?:tda|da|TDA|DA)"
    r"|[KB]ft|[Zz]rt|s\.?r\.?o|a\.s|d\.o\.o|[Ss]p\. ?z o\.? ?o|A\.?Ş|UAB|SIA|OÜ|Sdn\.? Bhd"
)
_FORM: Final = re.compile(rf",?[ \u00a0](?:{_FORMS})(?![\w&-]|\.\w)\.?")
_BEGINNINGS: Final = """
    Inc INC LL L.L PLL P.L Pt PT Pv Lt LT Lim LIM Corp corp CORP Co PLC Plc plc Gm GM mbH AG e.V e.K eV
    eK e. UG KG OHG S. SA Sà SR Sr SpA EURL B.V BV N.V V.O VO A/S ApS AB Oy Ld LD Kft Bft Zrt s.r sr a.s
    d.o Sp. sp. A.Ş AŞ UAB SIA OÜ Sd
"""
"""How the forms begin, to find where to look."""
_OTHER_FORMS: Final = ("ООО", "ОАО", "ЗАО", "ПАО", "ТОВ", "ТОО", "株式会社", "有限会社", "有限公司")
_IDEOGRAPHS: Final = r"[\u3040-\u30ff\u3400-\u9fff]{2,20}"
_WHOLE: Final = re.compile(
    r"(?:ООО|ОАО|ЗАО|ПАО|ТОВ|ТОО)[ \u00a0][«\"„“](?P<bare>[^»\"“”\n]{2,60})[»\"”“]"
    rf"|(?:株式会社|有限会社){_IDEOGRAPHS}|{_IDEOGRAPHS}?(?:株式会社|有限(?:会社|公司))"
)
"""Names of companies in languages that put the form before them, or do without spaces."""
_BREAK: Final = re.compile(r"[|•·;:©®()\[\]<>\"*]|\s[-–—]\s|\s{2,}|\.\s(?=\S+\s+\S)|\d{3,}")
_MAX_BEFORE: Final = 80
_MAX_FORMS: Final = 1_000
_MAX_NAMES: Final = 40
_MAX_WORDS: Final = 7
_LEAST_LETTERS: Final = 2
_SMALL_WORDS: Final = "of the and & in de del der die und van von y e et la le für for di da do"
_SMALL: Final = frozenset(_SMALL_WORDS.split())
_BEFORE_NAMES: Final = """
    contact contacts copyright by at from about welcome visit home with to in your our a an us headquarters
    division office address
"""
_NO_NAMES: Final = _SMALL | frozenset(_BEFORE_NAMES.split())
"""Words that no name begins with."""
_MAKERS: Final = re.compile(
    r"(?:google|facebook|meta|vimeo|youtube|twitter|x|microsoft|adobe|linkedin|pinterest|hubspot|shopify|automattic"
    r"|cloudflare|stripe|paypal|amazon|apple|hotjar|the rocket science|intuit|openstreetmap)\b",
    re.IGNORECASE,
)
_SHORTENED: Final = re.compile(r"(?:\b(?:inc|ltd|corp|co|ltda)|\.\s?\w)\.$", re.IGNORECASE)
_MAX_BELOW: Final = 160
_PLACE_OR_NUMBER: Final = re.compile(
    r"\+?\(?\d[\d ().\-/]{6,}\d|\b\d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
    r"|(?i:head office|headquarters|registered office|hauptsitz|siège social|sede legal)"
)


class _Named(NamedTuple):
    """A company: its name as it stands, without its form; `is_reached` if it begins a line above a place."""

    name: str
    bare: str
    is_reached: bool


def legal_name(reading: Reading) -> Found | None:
    """The company behind the site, as its own text names it."""
    text = reading.tree.visible_text()
    companies = [*_companies(text), *_others(text)]
    own = next((company.name for company in companies if _spells(company, reading.host)), None)
    reached = {
        letters(company.bare): company.name
        for company in companies
        if company.is_reached and not _MAKERS.match(company.bare)
    }
    name = own or (next(iter(reached.values())) if len(reached) == 1 else None)
    return Found(name, "text") if name else None


def with_legal_form(found: Found, reading: Reading) -> Found:
    """A name with its legal form, if the text puts it behind that name somewhere."""
    text = reading.tree.visible_text()
    for name in islice(re.finditer(re.escape(found.value), text), _MAX_NAMES):
        if form := _FORM.match(text, name.end()):
            return Found(_pointed(text[name.start() : form.end()]), found.source)
    return found


def _spells(company: _Named, host: str) -> bool:
    """Whether a name, or how it begins, is what the domain is spelled like."""
    run = spelled_run(company.bare, host)
    return (run is not None and company.bare.startswith(run)) or nearly_spells(company.bare, host)


def _companies(text: str) -> Iterator[_Named]:
    found = 0
    for form in islice(_forms(text), _MAX_FORMS):
        line = text[max(0, form.start() - _MAX_BEFORE) : form.start()].rpartition("\n")[2]
        words = _BREAK.split(line)[-1].split()
        bare = _last_name(words)
        if sum(map(str.isalpha, bare)) >= _LEAST_LETTERS and not _FORM.fullmatch(f" {bare}"):
            below = text[form.end() : form.end() + _MAX_BELOW]
            is_reached = len(words) == len(bare.split()) and _is_reached(below)
            yield _Named(_pointed(bare + form[0]), bare, is_reached)
            found += 1
            if found == _MAX_NAMES:
                return


def _others(text: str) -> Iterator[_Named]:
    if any(form in text for form in _OTHER_FORMS):
        for name in islice(_WHOLE.finditer(text), _MAX_NAMES):
            below = text[name.end() : name.end() + _MAX_BELOW]
            yield _Named(name[0], name["bare"] or name[0], _is_reached(below))


def _forms(text: str) -> Iterator[re.Match[str]]:
    """Where the legal forms stand, each with the comma before it."""
    end = 0
    for _, start, _ in _automaton().find_matches_as_indexes(text):
        form = _FORM.match(text, start - 1 if text[start - 1 : start] == "," else start)
        if form and start >= end:
            end = form.end()
            yield form


@cache
def _automaton() -> AhoCorasick:
    return AhoCorasick([space + beginning for beginning in _BEGINNINGS.split() for space in " \u00a0"])


def _is_reached(below: str) -> bool:
    """Whether an address or number follows, and not the rest of a sentence."""
    return not below.lstrip(" \u00a0,")[:1].islower() and _PLACE_OR_NUMBER.search(below) is not None


def _pointed(name: str) -> str:
    """The name without the point behind it, unless that shortens a word."""
    return name if _SHORTENED.search(name) else name.removesuffix(".")


def _last_name(words: list[str]) -> str:
    """The words at the end that begin with a capital, small ones between them included."""
    name = reversed(list(takewhile(_may_belong, reversed(words)))[:_MAX_WORDS])
    return " ".join(dropwhile(lambda word: word.casefold() in _NO_NAMES and word != "The", name))


def _may_belong(word: str) -> bool:
    return not word[0].islower() or word in _SMALL
