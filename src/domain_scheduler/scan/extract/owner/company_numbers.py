"""Numbers by which registers and tax offices know the company behind a site, from its imprint or footer.

A number counts only behind a word that announces it, in the form that its country gives it, and if its check
digits are right where they are known. `vat` numbers carry their country's letters where they are written so.
Not here: what the forms are (company_number_forms.py), numbers in structured data (organization.py).
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import Tree
from domain_scheduler.scan.extract.owner.company_number_forms import Form, forms_by_label

_REACH: Final = 60
"""Characters behind a label within which its number begins and ends."""
_MAX_NUMBERS: Final = 10
_MAX_LABELS: Final = 200
"""The last ones: imprints stand at the end, and a shop may say "incl. VAT" beside everything before it."""
_LOOSE: Final = str.maketrans("", "", " \u00a0.-/:")


def company_numbers(reading: Reading) -> list[dict[str, str]]:
    """Each number once, in the order of the page: kind, country, value."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for form, value in _announced(reading.tree):
        number = {"kind": form.kind, "country": form.country, "value": value}
        found.setdefault((form.kind, value), number)
    return list(found.values())[:_MAX_NUMBERS]


def _announced(tree: Tree) -> Iterator[tuple[Form, str]]:
    text, lowered = tree.visible_text(), tree.lowered_text()
    if len(lowered) > len(text):
        lowered = text.replace("İ", "I").lower()  # the one letter that grows
    labels, automaton = _labels()
    matches = automaton.find_matches_as_indexes(lowered, overlapping=True)
    words = [match for match in matches if not lowered[match[1] - 1 : match[1]].isalnum()]
    for index, start, end in words[-_MAX_LABELS:]:
        behind = text[start : end + _REACH].replace("\n", " ")
        for form in forms_by_label()[labels[index]]:
            match = form.pattern.search(behind)
            if match and form.is_sound(match[0]):
                yield form, ("".join(match.groups()) or match[0]).translate(_LOOSE).upper()
                break


@cache
def _labels() -> tuple[list[str], AhoCorasick]:
    labels = list(forms_by_label())
    return labels, AhoCorasick(labels, implementation=Implementation.DFA)
