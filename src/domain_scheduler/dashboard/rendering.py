"""Templates become pages: everything escaped, and a policy that lets no foreign or inline code run.

What sites say of themselves is hostile text. Two locks keep it text: Jinja escapes every value, and the
Content-Security-Policy admits scripts and styles from our own files alone, no inline ones.
Not here: what a page shows (pages.py and its neighbours).
"""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from domain_scheduler import __version__
from domain_scheduler.batches.exports.result_file import available_formats
from domain_scheduler.core.error_kinds import MEANINGS
from domain_scheduler.dashboard import words

_HERE: Final = Path(__file__).parent
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in (
        "number",
        "percent",
        "duration",
        "ago",
        "exact",
        "parsed",
        "web_address",
        "pretty",
        "spoken",
    ):
        environment.filters[name] = getattr(words, name)
    environment.globals |= {
        "version": __version__,
        "formats": available_formats(),
        "priorities": words.PRIORITIES,
        "meanings": {str(kind): text for kind, text in MEANINGS.items()},
    }
    return environment


_TEMPLATES: Final = _environment()


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """The page that `template` makes of `values`."""
    text = _TEMPLATES.get_template(template).render(
        root=request.scope.get("root_path", ""), path=request.url.path, **values
    )
    return HTMLResponse(text, status_code=status, headers={**HEADERS, **(headers or {})})


def asks_for_fragment(request: Request) -> bool:
    """Whether htmx asks, for a part of a page that is already there."""
    return request.headers.get("hx-request") == "true"


def error_page(request: Request, *, status: int, title: str, detail: str) -> HTMLResponse:
    """What went wrong, as a page of its own or as a notice on the page that is there."""
    if asks_for_fragment(request):
        headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
        return render(request, "notice.html", status=status, headers=headers, title=title, detail=detail)
    return render(request, "error.html", status=status, title=title, detail=detail)


def static_files() -> StaticFiles:
    """Style, script and the vendored libraries."""
    return StaticFiles(directory=_HERE / "static")
