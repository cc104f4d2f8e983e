"""Telephone numbers in running text, each with what the page calls it.

A run of digits counts only if it looks written as a number to call: it starts with +, is grouped the way
numbers are, or follows a word that announces one. Dates, prices, company ids, accounts and product codes do
not. A label is looked for before the number on its line, else at the end of the line above.
Not here: whether the number exists and where (phone_numbers.py).
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

_MAX_CANDIDATES: Final = 300
_MAX_LINE: Final = 100_000
_LABEL_REACH: Final = 32
_SHORT_LINE: Final = 60

_BEFORE: Final = r"(?<![\w$€£#@/=_&%?])(?<![.,:-]\d)(?<!\d[.,:/-])"
_SEPARATOR: Final = r"(?:[^\S\n]?[).\]/·•‐-―−-]{1,2}[^\S\n]?|[^\S\n]{1,2})?"
_RUN: Final = re.compile(
    r"(?=[\d+＋(\[])" + _BEFORE + r"(?:"  # the sign first: `re` passes over all others at once
    # North America first: its numbers are often followed by a street or an opening hour
    r"(?:\+?1[-. ]{0,2})?(?:\([2-9]\d\d\)[-. ]{0,3}[2-9]\d\d[-. –]{0,3}"
    r"|[2-9]\d\d[-. /–]{1,3}[2-9]\d\d[-. –]{1,3})\d{4}(?![\d@])"
    rf"|(?:(?:\+|＋|\(\+|00)\d{{1,3}}\)?[\s.-]{{0,2}}(?:\(0\))?[\s.-]{{0,2}})?[(\[]?\d(?:{_SEPARATOR}\d){{6,23}}"
    r"(?:(?=x\d)|(?![\w%€@]|[.,/:-]\d)))"
)
_VANITY: Final = re.compile(
    r"(?=[\d(])(?<![\w-])(?:1[-. ])?(?:\(?8(?:00|88|77|66|55|44|33)\)?[-. ]{1,2}[A-Z0-9][A-Z0-9-]{6,10}"
    r"|\(?[2-9]\d\d\)?[-. ]{1,2}[2-9]\d\d[- ][A-Z]{4}|\([2-9]\d\d\) ?[A-Z]{3}-?[A-Z]{4})(?![\w-])"
)
_FAX: Final = re.compile(
    r"(?<![a-z])(?:(?:tele-?)?(?:fax|faks)|facsimile|t[eé]l[eé]copi\w*|f(?=\s*[:.]?\s*$))|факс|传真|傳真|ファックス|ファクス|팩스|φαξ|פקס|فاكس",
    re.IGNORECASE,
)
_FAX_IS_DIALLED: Final = re.compile(r"(fax\W{1,3})(?:dial|call|ring)\W{0,3}$", re.IGNORECASE)
_CALL: Final = re.compile(
    r"(?<![a-zà-ÿ])(?:tel|tél|tlf|tfno|tlfn|tel[eé]?[fp]h?[oó]n\w*|t[eé]l[eé]phone|phone"
    r"|ph|fon|fono|fone|mob|mobil\w*"
    r"|cell|cellulare|celular|handy|gsm|call|ring|dial|hotline|toll[ -]?free|freephone|freecall"
    r"|whatsapp|sms|puh"
    r"|puhelin|sími|numer|infolinia|kom|tél[eé]fonos?|контакт|teléfonos?|rufen"
    r"|appelez|llame|ligue|bel ons"
    r"|[tpm](?=\s*[:.]|\s*$))(?![a-zà-ÿ])|тел|моб|電話|通話|フリー(?:ダイヤル|コール)|电话|热线|熱線|手机|전화|τηλ|טל|هاتف|تلفن|โทร"
    r"|điện thoại|☎|📞|✆|℡|🕿",
    re.IGNORECASE,
)
_SHARED: Final = re.compile(r"\W*(?:und|and|et|e|y|en|ou|or)?\W*")
_NOT_A_PHONE: Final = re.compile(
    r"(?<![a-z])(?:isbn|issn|ean|gtin|upc|sku|iban|bic|swift|blz|konto\w*|account"
    r"|acct|vat|ust|uid|tva|iva"
    r"|p\.?\s?iva|nif|cif|"
    r"siret|siren|rcs|hrb|hra|kvk|btw|abn|acn|crn|ein|nip|regon|krs|ico|ičo|dič|dic"
    r"|cui|cvr|org\.?\s?n[ro]|"
    r"инн|огрн|кпп|р/с|ogrn|tax|company\s(?:no|number|reg)\w*|registration|registered|reg\."
    r"|licen[sc]e|lic\.?|"
    r"item|order|model|part|serial|patent|po box|box|zip|plz|version|ref|id|no\."
    r"|nr\.?|art\.?|icp备?|备|号)"
    r"[^a-z\d\n]{0,6}(?:n[or°º]\.?\s?)?[:#]?\s*$",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(
    r"\d(?:(?:[^\d\n]{0,4}\d){6}|\d\d[- ][A-Z]{4}\b|\d\d\) ?[A-Z]{3}-?[A-Z]{4}\b"
    r"|\d\d\)?[-. ]{1,2}[A-Z0-9][A-Z0-9-]{6})"
)
"""One digit comes first, for `re` looks for that alone much faster."""
_AFTER: Final = re.compile(
    r"\s*[(\[–-]?\s*(?:main\s)?(fax|tel|phone|office|mobile|cell"
    r"|toll)\b(?!\s*[:.]?\s*[\d(+])(?!\s*:)",
    re.IGNORECASE,
)
_WIDE: Final = re.compile(r"[^\S\n]{3,}")
_DATE: Final = re.compile(
    r"^\(?(?:(?:19|20)\d\d[-./ ][01]?\d[-./ ][0-3]?\d|[0-3]?\d[-./ ][0-3]?\d[-./ ](?:19|20)\d\d|"
    r"(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d)"
)
_NORTH_AMERICAN: Final = re.compile(
    r"^(?:\+?1[-. ]{0,2})?(?:\(\d{3}\)[-. ]{0,3}\d{3}[-. –]{0,3}|\d{3}[-. /–]{1,3}\d{3}[-. –]{1,3})\d{4}$"
)
_TRUNK: Final = re.compile(r"^\(?0\d{1,5}\)?[\s/().–-]{1,3}\d[\d\s/().–-]{4,}$")
_GROUPED: Final = re.compile(
    r"^(?:\(?\d{2,4}\)?(?:[\s.–-]{1,3}\d{2,4}){2,5}|\(\d{2,4}\)[\s.–-]{0,3}\d{3,5}[\s.–-]{1,3}\d{3,5})$"
)


class Candidate(NamedTuple):
    """A number as written; `kind` is `fax`, `phone` or `both` as labelled, None without a label."""

    text: str
    kind: str | None
    likely: bool
    """Whether it looks like a number to call even without a label."""


def numbers_in(text: str) -> Iterator[Candidate]:
    """What looks like numbers to call, in order."""
    for line, above in islice(_lines(text), _MAX_CANDIDATES):
        yield from islice(_in_line(_WIDE.sub("  ", line[:_MAX_LINE]), above), _MAX_CANDIDATES)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each line with enough digits for a number, with the end of the text above it."""
    end = 0
    while match := _DIGITS.search(text, end):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        yield text[start:end], text[max(start - 2 * _LABEL_REACH, 0) : start].strip().rpartition("\n")[2]


def _in_line(line: str, above: str) -> Iterator[Candidate]:
    end = 0
    kind: str | None = None
    for match in _matches(line):
        before = line[max(end, match.start() - _LABEL_REACH) : match.start()]
        labelled = _kind(before) or _kind_after(line[match.end() : match.end() + 24])
        if labelled is None and not before.strip(" \t:-–|•*/"):
            labelled = kind if end else _kind(above)
        end, kind = match.end(), labelled
        if _NOT_A_PHONE.search(before) or _DATE.match(match[0]):
            continue
        yield Candidate(
            match[0].strip(), labelled, _is_likely(match[0].strip(), short=len(line) <= _SHORT_LINE)
        )


def _matches(line: str) -> list[re.Match[str]]:
    found = [*_RUN.finditer(line), *_VANITY.finditer(line)]
    return sorted(found, key=lambda match: match.start())


def _kind(label: str) -> str | None:
    """What the words say that stand before a number: the last of them counts, unless they share it."""
    label = _FAX_IS_DIALLED.sub(r"\1", label)
    fax = max((match.start() for match in _FAX.finditer(label)), default=-1)
    call = max((match.start() for match in _CALL.finditer(label)), default=-1)
    if (
        fax >= 0
        and call >= 0
        and re.fullmatch(r"\W*(?:/|&|\+|und|and|et|e|y|en|ou|or)?\W*", _between(label, fax, call))
    ):
        return "both"
    if max(fax, call) < 0:
        return None
    return "fax" if fax > call else "phone"


def _between(label: str, fax: int, call: int) -> str:
    """The text between the two words."""
    first, last = sorted((fax, call))
    return re.sub(r"^[\w.]+", "", label[first:last])


def _kind_after(text: str) -> str | None:
    """A label behind the number (`(fax)`, `- Fax`), unless it is that of the next number."""
    match = _AFTER.match(text)
    return None if match is None else "fax" if match[1].lower() == "fax" else "phone"


def _is_likely(number: str, *, short: bool) -> bool:
    """Whether it is written as a number to call; mere groups of digits are one only on a short line."""
    return (
        number.startswith(("+", "＋", "(+"))
        or any(pattern.match(number) for pattern in (_NORTH_AMERICAN, _TRUNK))
        or _VANITY.fullmatch(number) is not None
        or (short and _GROUPED.match(number) is not None and len(re.findall(r"\d", number)) >= 9)
    )
