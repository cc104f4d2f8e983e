"""Whether the page has a form by which one can write to its owner.

A form counts if it has room for a message and asks for an address to answer to; search, login and newsletter
forms have no message, comment forms say so.
Not here: pages with contacts (contact_links.py).
"""

import re
from typing import Final

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import Element, attribute

_MAX_FORMS: Final = 30
_MAIL: Final = re.compile(r"e-?mail|correo|courriel|posta|почта|メール|邮箱", re.IGNORECASE)
_COMMENT: Final = re.compile(r"comment|review|kommentar|reply", re.IGNORECASE)
_KNOWN: Final = re.compile(r"wpcf7|contact|kontakt|wpforms|gform|ninja-forms|hs-form|jotform", re.IGNORECASE)


def has_contact_form(reading: Reading) -> bool:
    """Whether there is one."""
    return any(map(_is_contact_form, reading.tree.all("form")[:_MAX_FORMS]))


def _is_contact_form(form: Element) -> bool:
    named = " ".join(attribute(form, name) for name in ("id", "class", "action", "name"))
    if _COMMENT.search(named):
        return False
    writes = form.select("textarea")
    if not writes:
        return False
    return bool(_KNOWN.search(named)) or any(map(_asks_for_mail, form.select("input")))


def _asks_for_mail(field: Element) -> bool:
    words = " ".join(attribute(field, name) for name in ("type", "name", "id", "placeholder", "aria-label"))
    return bool(_MAIL.search(words))
