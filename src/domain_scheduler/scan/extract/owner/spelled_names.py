"""Names in a text that the domain is spelled like: "Fire Mountain Gems" on firemountaingems.com.

A name may lose its signs, accents and article on its way into a domain, change from Cyrillic to Latin
letters, keep its top-level domain ("Food.com"), or be cut down to its initials ("Internal Revenue
Service" on irs.gov).
Not here: which texts are looked at (extract/site_names.py).
"""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final

from domain_scheduler.core.public_suffixes import registrable_domain

_WRITTEN_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "&": "and"}
)
_CYRILLIC: Final = "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
_LATIN: Final = tuple(
    str.maketrans(dict(zip(_CYRILLIC, spelled.split(), strict=True)) | {"ъ": "", "ь": ""})
    for spelled in (
        "a b v g g d e e e zh z i i i y k l m n o p r s t u f h ts ch sh sch ъ y ь e yu ya",
        "a b v g g d e e ye j z i i yi i k l m n o p r s t u f kh c ch sh shch ъ i ь e iu ia",
    )
)
"""How domains spell names in Cyrillic: two ways, for a name follows one of them."""
_ASCII_SIGNS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_LOOSE: Final = " ,;:!?@|/\\-–—·•►~*"
_PAIRS: Final = ("()", "[]", "{}", "<>", "«»", "“”", "„“", '""', "''")
_SMALL: Final = frozenset(
    {"of", "the", "and", "for", "in", "de", "des", "la", "y", "e", "und", "für", "der", "i", "van"}
)
_LONGEST_RUN: Final = 8
_LONG: Final = 6
_MOST: Final = 0.6
_SHORT: Final = 3
"""Letters of a label that stand in many a text by chance, unless as capitals."""


def letters(text: str) -> str:
    """Letters and digits only, folded: what two spellings of a name have in common."""
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_SIGNS).decode()
    return "".join(filter(str.isalnum, text.casefold()))


def bare(name: str) -> str:
    """The name without signs around it; brackets and quotes go only if both or one alone are there."""
    name = name.strip(_LOOSE)
    for opening, closing in _PAIRS:
        if name[:1] == opening and (name[-1:] == closing or closing not in name[1:]):
            name = name[1:].removesuffix(closing).strip(_LOOSE)
        elif name[-1:] == closing and opening not in name[:-1]:
            name = name[:-1].strip(_LOOSE)
    return name


def spells(name: str, label: str) -> bool:
    """Whether a name is spelled like the label of a domain, but for its article and signs."""
    return len(label) > 1 and not _spellings(name).isdisjoint(
        {label, f"the{label}", label.removeprefix("the")}
    )


@lru_cache(maxsize=256)
def labels_of(host: str) -> tuple[str, str]:
    """The letters of a host's registrable domain: without and with its public suffix."""
    domain = registrable_domain(host)
    with suppress(UnicodeError):
        domain = domain.encode().decode("idna") if "xn--" in domain else domain
    return letters(domain.partition(".")[0]), letters(domain)


def spelled_part(parts: Iterable[str], host: str) -> str | None:
    """The first of some parts of a text that spells the domain as a whole."""
    label, domain = labels_of(host)
    return next((part for part in parts if spells(part, label) or spells(part, domain)), None)


def spelled_run(text: str, host: str) -> str | None:
    """The words within a text that spell the domain; a label alone only where it looks like a name."""
    label, domain = labels_of(host)
    if not any(label in spelling for spelling in _spellings(text)):
        return None
    for run in _runs(text.split(), len(domain)):
        spellings = _spellings(run)
        if domain in spellings or (label in spellings and _is_name(run, label)):
            return run
    return None


def nearly_spells(name: str, host: str) -> bool:
    """Whether a name is most of the label ("LeanData", leandatainc.com) or continues it."""
    label = labels_of(host)[0]
    return len(label) >= _LONG and any(
        spelling.startswith(label) or (spelling in label and len(spelling) >= _MOST * len(label))
        for spelling in _spellings(name)
    )


def initials_spell(name: str, host: str) -> bool:
    """Whether the domain is made of the first letters of the name's words."""
    label = labels_of(host)[0]
    words = [word for word in map(letters, name.split()) if word and word not in _SMALL]
    return len(label) >= _SHORT and label == "".join(word[0] for word in words)


def _runs(words: list[str], longest: int) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_RUN, len(words)) + 1):
            run = bare(" ".join(words[start:end])).strip(".")
            if len(letters(run)) > 2 * longest:
                break
            yield run


def _is_name(run: str, label: str) -> bool:
    return run.isupper() or (len(label) > _SHORT and not run[:1].islower())


@lru_cache(maxsize=1024)
def _spellings(name: str) -> frozenset[str]:
    folded = name.casefold()
    if folded.isascii() and "&" not in folded:
        return frozenset({letters(folded)})
    spelled = [folded, _bare(folded), _bare(folded.translate(_WRITTEN_OUT))]
    if any("\u0400" <= sign <= "\u04ff" for sign in folded):
        spelled += (folded.translate(latin) for latin in _LATIN)
    return frozenset(map(letters, spelled))


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
