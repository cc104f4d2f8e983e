"""The owner that a page names in its copyright line: "© 2014 Acme Ltd. All rights reserved".

The line nearest to the end of the page counts, because footers stand there. What is left of it without its
mark, its years and what usually follows is a name only if it is short, has letters, and is neither a word of
the law nor a map's maker.
Not here: organisations in structured data (organization.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.owner.spelled_names import bare

_MAX_NAME: Final = 80
_MAX_WORDS: Final = 12
_MAX_SIGNS: Final = 8
"""Of each spelling the last ones that are looked at."""

_AROUND: Final = 160
"""Characters of a line that are looked at on either side of the mark."""

_SIGNS: Final = ("©", "ⓒ", "Ⓒ", "opyright", "OPYRIGHT", "(c)", "(C)")
_MARK: Final = r"(?:©|ⓒ|\(c\)|\bcopyright\b)"
_MARKS: Final = re.compile(rf"{_MARK}(?:\s*{_MARK})*", re.IGNORECASE)
_LONGEST_MARK: Final = 60
_YEAR: Final = r"(?:19|20)\d\d(?:\s*年)?"
_YEARS: Final = re.compile(
    rf"{_YEAR}(?:\s*(?:[-–—~/,&]|to|bis)\s*(?:{_YEAR}|\d\d\b|present|today|now|heute))*(?:\s+(?:by|von|par|por|di|door)\b)?",
    re.IGNORECASE,
)
_RESERVED: Final = (
    r"(?:(?:all|alle|tous|todos|tutti|minden|wszelkie|wszystkie|toate|kaikki|sva|všechna|všetky|tüm|все|всі|усі)\s"
    r"(?:\w+\s){0,2}?(?:rights?|rechte|rechten|rättigheter|rettigheter|rettigheder|droits|derechos|direitos|diritti|jog"
    r"|prawa|drepturile|oikeudet|prava|práva|hakları|права|авторські)"
    r"|rights\sreserved|derechos\sreservados|direitos\sreservados|droits\sréservés|rechte\svorbehalten"
    r"|版[权權]所有|保留所有权利|保留一切權利|無断転載|著作権)"
)
_MAKERS: Final = (
    r"(?:powered|designed?|developed|created|built|made|hosted|maintained|web\s?site|site|web\s?design|theme|template"
    r"|realizz\w+|réalis\w+|diseñ\w+|erstellt|umsetzung|based)\s*(?:by|with|in|on|von|par|por|da|:)"
)
_LINKS: Final = (
    r"(?:privacy|terms|cookies?|legal\snotice|disclaimer|site\s?map|impressum|imprint|datenschutz|agb|contact\sus"
    r"|log\s?in|sign\sin|back\sto\stop|accessibility|proudly)"
)
_END: Final = re.compile(
    rf"\s[|•·»/]|[|•·;]|\s[-–—]+\s|\s{{3,}}|https?:|\bwww\.|\S+@\S+|\(?\+?\d[\d ().-]{{6,}}"
    rf"|[.,:!\s]*(?:{_RESERVED}|\b{_MAKERS}|\b{_LINKS})|(?<=[a-zà-ÿ]{{4}})\.\s"
    rf"|(?:(?<=\binc)|(?<=\bltd))\.(?:,\s|\s+(?=\w)(?!şti))|,\s+(?!inc|llc|ltd|limited|gmbh|corp|plc)(?-i:[a-zа-яё]{{3}})"
    rf"|,\s+an?\s|\s(?:is|are|ist|sind|est|es|è)\s"
    rf"|(?-i:(?<=[a-z])(?:Terms|Privacy|Cookie))",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"\s[|•·»–—-]\s|\.\s|\s{3,}")
_LOOSE: Final = " \t\u00a0,:-–—"
_NO_NAME: Final = re.compile(
    r"(?:the\s)?(?:this|your|our|my|all|company(?:\sname)?|site\s?name|web\s?site|authors?|owners?|respective|reserved|notice"
    r"|policy|information|statement|act|law|laws|holders?|infringement|and|of|is|in|by|for|or|to|protected|material"
    r"|копирование|перепечатка|использование|воспроизведение|цитирование|любое|полное|при\s|запрещ\w+|未经|本站|转载"
    r"|nachdruck|vervielfältigung|prohibida|reproducción|reproduction|proibida|riproduzione|kopiowanie|kopírování"
    r"|any|no|use|home|contents?|cc0?\b|creative\scommons|(?:جميع\s)?(?:ال)?حقوق|محفوظة)\b",
    re.IGNORECASE,
)
_SOFTWARE: Final = re.compile(
    r"\b(?:jquery|javascript|css\d?|plug-?ins?|templates?|themes?|widget)\b", re.IGNORECASE
)
"""What a page uses carries its own maker's sign."""
_MAP_MAKER: Final = re.compile(
    r"\W*(?:google|openstreetmap|mapbox|leaflet|here|tomtom|yandex|mapquest)\b", re.IGNORECASE
)
_ABBREVIATED: Final = re.compile(
    r"\b(?:inc|ltd|co|corp|ltda|bros|\w\.\w{1,2}|\w{1,2}\.\w|\w\.\w\.\w)$", re.IGNORECASE
)
_ALL_RESERVED: Final = re.compile(_RESERVED, re.IGNORECASE)
_MADE: Final = re.compile(_MAKERS, re.IGNORECASE)
_NEAR_YEAR: Final = 12
_AROUND_NAME: Final = " \t\u00a0\u200b\u2060\ufeff,.;:!-–—|/•·*"


def copyright_holder(reading: Reading) -> Found | None:
    """The holder that the page's last copyright line names; a meta element's if no line does."""
    if name := _in_text(reading.tree.visible_text()):
        return Found(name, "copyright")
    for found in reading.metas.found("copyright", "dcterms.rightsholder", "rights"):
        name = _in_text(found.value) or _behind(_MARKS.sub("", found.value))
        if _is_name(name):
            return Found(name, found.source)
    return None


def _in_text(text: str) -> str | None:
    for mark in _marks(text):
        after = text[mark.end() : mark.end() + _AROUND].partition("\n")[0]
        before = text[max(0, mark.start() - _AROUND) : mark.start()].rpartition("\n")[2]
        name = _beside(before, after) if _is_claim(before, mark[0], after) else None
        around = text[max(0, mark.start() - _AROUND) : mark.end() + _AROUND]
        if name and not _made_the_software(name, around):
            return name
    return None


def _made_the_software(name: str, around: str) -> bool:
    """Whether the site only runs on what it makes: "Powered by Forum 4.1 / © 2015 Forum Inc."."""
    maker = name.lower().removeprefix("the ").split(" ", maxsplit=1)[0]
    return f"powered by {maker}" in around.lower()


def _marks(text: str) -> Iterator[re.Match[str]]:
    """The marks, the last one first; found by plain search, for most of a page is far from any."""
    start = len(text)
    for place in sorted({place for sign in _SIGNS for place in _last(text, sign)}, reverse=True):
        around = _MARKS.finditer(text, max(0, place - _LONGEST_MARK), place + _LONGEST_MARK)
        mark = next((mark for mark in around if mark.start() <= place < mark.end()), None)
        if mark and mark.start() < start:
            start = mark.start()
            yield mark


def _last(text: str, sign: str) -> Iterator[int]:
    end = len(text)
    for _ in range(_MAX_SIGNS):
        end = text.rfind(sign, 0, end)
        if end < 0:
            return
        yield end


def _is_claim(before: str, mark: str, after: str) -> bool:
    """Whether it claims the page: the sign does, words only beside a year; maps and software are others'."""
    if _MAP_MAKER.match(_YEARS.sub("", after)) or _MADE.search(before):
        return False
    signed = "©" in mark or "ⓒ" in mark.lower()
    return signed or bool(_YEARS.search(f"{before[-_NEAR_YEAR:]} {after[:_NEAR_YEAR]}"))


def _beside(before: str, after: str) -> str | None:
    """The name behind the mark; before it only where nothing follows."""
    behind = _behind(after)
    if behind and not _NO_NAME.match(behind):
        return behind if _is_name(behind) else None
    ahead = _ahead(before)
    return ahead if _is_name(ahead) else None


def _is_name(name: str) -> bool:
    letters, digits = sum(map(str.isalpha, name)), sum(map(str.isdigit, name))
    if len(name) > _MAX_NAME or name.count(" ") >= _MAX_WORDS or letters < max(2, digits) or ": " in name:
        return False
    return not (_NO_NAME.match(name) or _SOFTWARE.search(name) or _MADE.search(name) or _MARKS.search(name))


def _behind(part: str) -> str:
    piece = next(_pieces(part), "")
    return _bare(_END.split(f" {piece} ", maxsplit=1)[0], piece)


def _ahead(part: str) -> str:
    *_, piece = ("", *_pieces(_ALL_RESERVED.sub("", part)))
    return _bare(_SEPARATOR.split(piece)[-1], part)


def _pieces(part: str) -> Iterator[str]:
    """What stands between the years of a part of a line."""
    return filter(None, (piece.strip(_LOOSE) for piece in _YEARS.split(part)))


def _bare(name: str, within: str) -> str:
    """The name without what surrounds it; an abbreviation at its end keeps its point."""
    name = bare(name.strip(_AROUND_NAME)).strip(_AROUND_NAME).removeprefix("by ")
    point = "." if _ABBREVIATED.search(name) and f"{name}." in within else ""
    return " ".join(name.split()) + point
