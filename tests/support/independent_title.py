"""The title of a page as lxml reads it: a second opinion that shares no code with our own extraction.

The charset is found as browsers do: byte order mark, then the Content-Type header, then the page's meta,
then what the bytes are (UTF-8 if they decode strictly, else the charset known to the corpus).
"""

import codecs
import re
from typing import Final

import lxml.html
import webencodings

from tests.support.corpus_sites import CorpusSite

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META: Final = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)


def independent_title(site: CorpusSite) -> str | None:
    """The document's title with its white space collapsed, or None if it has none."""
    return title_of(site.page(), content_type=site.content_type, fallback=site.effective_charset)


def title_of(page: bytes, *, content_type: str = "", fallback: str | None = None) -> str | None:
    """The same for any page; `content_type` is the header, `fallback` the charset if none is said."""
    text = decoded(page, content_type=content_type, fallback=fallback)
    if not text.strip():
        return None
    document = lxml.html.document_fromstring(
        text.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    titles = (title for title in document.iter("title") if next(title.iterancestors("svg"), None) is None)
    return next((" ".join(str(title.xpath("string()")).split()) or None for title in titles), None)


def decoded(page: bytes, *, content_type: str, fallback: str | None) -> str:
    """The page as text, in the charset that a browser would take."""
    for mark, encoding in _BOMS:
        if page.startswith(mark):
            return page[len(mark) :].decode(encoding, "replace")
    named = _label(re.search(r"charset\s*=\s*[\"']?([^\s\"';]+)", content_type, re.IGNORECASE)) or _declared(
        page
    )
    if named is not None:
        return str(named.codec_info.decode(page, "replace")[0])
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError:
        return page.decode(fallback or "windows-1252", "replace")


def _declared(page: bytes) -> webencodings.Encoding | None:
    encoding = _label(_META.search(_COMMENT.sub(b"", page)))
    return webencodings.UTF8 if encoding is not None and encoding.name.startswith("utf-16") else encoding


def _label(match: re.Match[str] | re.Match[bytes] | None) -> webencodings.Encoding | None:
    if match is None:
        return None
    label = match.group(1)
    return webencodings.lookup(label if isinstance(label, str) else label.decode("latin-1"))
