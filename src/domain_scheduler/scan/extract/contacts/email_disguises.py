"""E-mail addresses that a page hides from robots and shows to people, beyond the ways of running text.

Read are Cloudflare's `data-cfemail`, TYPO3's shifted letters, ROT13, text that is laid out from right to
left, attributes that hold an address or its parts, and scripts that put one together.
Not here: `name [at] domain` (email_text.py), the scripts' own reading (email_scripts.py).
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import unquote

from domain_scheduler.scan.extract.contacts.email_addresses import email_address
from domain_scheduler.scan.extract.contacts.email_scripts import scripted_addresses
from domain_scheduler.scan.extract.contacts.email_text import addresses_in
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.traces import Trace
from domain_scheduler.scan.extract.document.tree import Element, attribute

_PROTECTED_LINK: Final = "/cdn-cgi/l/email-protection#"
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){6,260}")
_SHIFTED: Final = re.compile(
    r"linkTo_UnCryptMailto\((?:%27|['\"]|&quot;|&#39;)(.{8,300}?)(?:%27|['\"]|&quot;|&#39;)"
)
_ROTATED: Final = re.compile(r"znvygb:([^\"'\s\\<>]{6,100})")
_RIGHT_TO_LEFT: Final = re.compile(r"\.([\w-]{1,60})\s*\{[^{}]*bidi-override")
_RANGES: Final = ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A))
"""What TYPO3 shifts, each range within itself."""
_SHIFTS: Final = (*range(1, 26), *range(-25, 0))
_WHOLE: Final[tuple[Trace, ...]] = ("data-email", "data-mail", "data-mailto")
_LOCALS: Final = (
    "data-user",
    "data-name",
    "data-local",
    "data-account",
    "data-username",
    "data-u",
    "data-box",
)
_DOMAINS: Final[tuple[Trace, ...]] = ("data-domain", "data-website", "data-host")
_ENDINGS: Final = ("data-tld", "data-suffix", "data-ext")
_HIDDEN: Final = re.compile(r"[\w.-]{3,40}")
_MAX_ELEMENTS: Final = 40
_MAX_SCRIPTS: Final = 65_536


def disguised(reading: Reading) -> Iterator[Found]:
    """What looks like addresses, by disguise."""
    yield from _protected(reading)
    yield from (Found(address, "attribute") for address in _shifted(reading))
    yield from (Found(address, "attribute") for address in _in_attributes(reading))
    yield from (Found(address, "text") for address in _from_right_to_left(reading))
    yield from (Found(address, "script") for address in _scripted(reading))


def hidden_texts(reading: Reading) -> list[str]:
    """Words that nobody sees, put into an address to spoil it for robots."""
    if not (reading.tree.mentions("display:none") or reading.tree.mentions("display: none")):
        return []
    hidden = reading.tree.select("span[style*='display:none'], span[style*='display: none']")[:_MAX_ELEMENTS]
    return [text for element in hidden if _HIDDEN.fullmatch(text := element.text.strip())]


def _protected(reading: Reading) -> Iterator[Found]:
    if reading.tree.mentions("data-cfemail"):
        for element in reading.tree.select("[data-cfemail]"):
            yield Found(decode_protected(attribute(element, "data-cfemail")) or "", "cfemail")
    for anchor in reading.tree.anchors():
        if _PROTECTED_LINK in anchor.href:
            yield Found(decode_protected(anchor.href.partition("#")[2]) or "", "cfemail")


def decode_protected(code: str) -> str | None:
    """The address behind Cloudflare's code: hex bytes, each but the first xor'ed with the first."""
    if not _HEX.fullmatch(code):
        return None
    key, *rest = bytes.fromhex(code)
    return bytes(byte ^ key for byte in rest).decode("utf-8", "replace")


def _shifted(reading: Reading) -> Iterator[str]:
    mentions, source = reading.tree.mentions, reading.decoded.text
    if mentions("linkTo_UnCryptMailto"):
        for match, _ in zip(_SHIFTED.finditer(source), range(_MAX_ELEMENTS), strict=False):
            yield _unshifted(unescape(unquote(match[1])))
    if mentions("data-mailto-token"):
        for element in reading.tree.select("[data-mailto-token]")[:_MAX_ELEMENTS]:
            yield _unshifted(attribute(element, "data-mailto-token"))
    if mentions("znvygb:"):
        yield from (codecs.decode(text, "rot13") for text in _ROTATED.findall(source)[:_MAX_ELEMENTS])


def _unshifted(text: str) -> str:
    """The address in a link that was shifted by an unknown number: the shift that makes it a mailto link."""
    for shift in _SHIFTS:
        if _shift(text[:7], shift) == "mailto:":
            return _shift(text[7:], shift).partition("?")[0]
    return ""


def _shift(text: str, by: int) -> str:
    return "".join(_shifted_character(ord(character), by) for character in text)


def _shifted_character(code: int, by: int) -> str:
    for first, last in _RANGES:
        if first <= code <= last:
            return chr(first + (code - first + by) % (last - first + 1))
    return chr(code)


def _in_attributes(reading: Reading) -> Iterator[str]:
    for name in filter(reading.tree.mentions, _WHOLE):
        for element in reading.tree.select(f"[{name}]")[:_MAX_ELEMENTS]:
            yield from _spelled(attribute(element, name))
    for name in filter(reading.tree.mentions, _DOMAINS):
        # what scripts are told by attributes are their own settings (analytics: whose domain, what name)
        for element in reading.tree.select(f"[{name}]:not(script)")[:_MAX_ELEMENTS]:
            yield from _from_parts(element, attribute(element, name))


def _spelled(text: str) -> Iterator[str]:
    """An address as it stands, from its end, in ROT13 or in base64."""
    for spelled in (text, text[::-1], codecs.decode(text, "rot13"), _from_base64(text)):
        if email_address(spelled):
            yield spelled
            return


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _from_parts(element: Element, domain: str) -> Iterator[str]:
    local = next(filter(None, (attribute(element, name) for name in _LOCALS)), "")
    ending = next(filter(None, (attribute(element, name) for name in _ENDINGS)), "")
    if local and domain:
        yield from _spelled(f"{local}@{domain}.{ending}" if ending else f"{local}@{domain}")
        yield f"{local[::-1]}@{domain[::-1]}"


def _from_right_to_left(reading: Reading) -> Iterator[str]:
    selectors = ["bdo[dir=rtl]"] if reading.tree.mentions("<bdo") else []
    if reading.tree.mentions("bidi-override"):
        styles = "\n".join(style.text for style in reading.tree.all("style"))[:_MAX_SCRIPTS]
        selectors += ["[style*=bidi-override]", *(f".{name}" for name in _RIGHT_TO_LEFT.findall(styles)[:4])]
    for selector in selectors:
        for element in reading.tree.select(selector)[:_MAX_ELEMENTS]:
            yield from addresses_in(element.text[:300][::-1])


def _scripted(reading: Reading) -> Iterator[str]:
    scripts = reading.tree.all("script")
    inline = (e.text for e in scripts if not attribute(e, "src") and "json" not in attribute(e, "type"))
    yield from scripted_addresses("\n".join(inline)[:_MAX_SCRIPTS])
    yield from scripted_addresses("\n".join(_links_with_scripts(reading))[:_MAX_SCRIPTS])


def _links_with_scripts(reading: Reading) -> Iterator[str]:
    clicked = set(reading.tree.select("[onclick]")) if reading.tree.mentions("onclick") else ()
    for anchor in reading.tree.anchors():
        if anchor.scheme == "javascript":
            yield unquote(anchor.href[:2_000])
        if clicked and anchor.element in clicked:
            yield attribute(anchor.element, "onclick")[:2_000]
