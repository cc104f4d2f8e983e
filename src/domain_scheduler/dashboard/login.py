"""Log in with the API key: the browser gets a cookie, so that people need not send headers.

Not here: what the cookie holds (web/session.py), who asks for it (web/access.py), how many wrong keys an
address may send (web/wrong_keys.py).
"""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from domain_scheduler.dashboard.rendering import render
from domain_scheduler.dashboard.routes import OpenPageRoute, go_to
from domain_scheduler.errors import KeyInvalidError, TooManyKeysError
from domain_scheduler.web.access import address_of, require_right_key
from domain_scheduler.web.service import ServiceOf
from domain_scheduler.web.session import COOKIE, LIFETIME, new_session

router: Final = APIRouter(route_class=OpenPageRoute)


@router.get("/login")
async def show_login(request: Request, service: ServiceOf, next: str = "/") -> Response:
    """The form; without a configured key there is nothing to ask for."""
    if service.access.key is None:
        return go_to(request, "/")
    return _form(request, next)


@router.post("/login")
async def log_in(request: Request, service: ServiceOf) -> Response:
    """Give the cookie for the right key, and go where the browser wanted to go."""
    key = service.access.key
    async with request.form(max_files=0, max_fields=5) as form:
        given, target = str(form.get("key", "")), str(form.get("next", "/"))
    if key is None:
        return go_to(request, "/")
    try:
        require_right_key(given, key, address_of(request), service.logins)
    except TooManyKeysError as exc:
        return _come_back(request, target, exc.seconds)
    except KeyInvalidError:
        return _form(request, target, "This is not the key.")
    response = go_to(request, _local(target))
    response.set_cookie(
        COOKIE,
        new_session(key),
        max_age=LIFETIME,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


def _form(request: Request, target: str, wrong: str | None = None) -> Response:
    return render(request, "login.html", next=target, wrong=wrong)


def _come_back(request: Request, target: str, seconds: int) -> Response:
    wrong = f"Too many wrong keys came from your address: try again in {seconds} seconds."
    headers = {"Retry-After": str(seconds)}
    return render(request, "login.html", status=429, headers=headers, next=target, wrong=wrong)


@router.post("/logout")
async def log_out(request: Request) -> Response:
    """Take the cookie back."""
    response = go_to(request, "/login")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def to_login(request: Request) -> Response:
    """Send a browser without a session to the form, to come back afterwards."""
    wanted = request.url.path if request.method == "GET" else "/"
    return go_to(request, f"/login?next={quote(wanted, safe='/')}")


def _local(target: str) -> str:
    """`target` if it is a path of this service: nobody is sent elsewhere by a crafted link."""
    harmless = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if harmless else "/"
