"""Who may ask: the key, host names, foreign web pages, and where it is safe to listen."""

from collections.abc import Mapping

import pytest
from pydantic import SecretStr
from starlette.requests import Request

from domain_scheduler.errors import CrossSiteError, HostRefusedError, KeyInvalidError, SettingsError
from domain_scheduler.settings import ApiSettings
from domain_scheduler.web.access import access_of, require_safe_binding
from domain_scheduler.web.session import COOKIE, LIFETIME, new_session, session_holds


def request(headers: Mapping[str, str], method: str = "GET") -> Request:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": raw, "query_string": b""})


def keyed() -> ApiSettings:
    return ApiSettings(key=SecretStr("right"))


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "10.0.0.5:80"])
def test_a_host_of_the_settings_is_answered(host: str) -> None:
    settings = ApiSettings(host="10.0.0.5", key=SecretStr("right"))
    access_of(settings, checks_hosts=True).require_host(request({"host": host}))


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "[::2]"]
)
def test_another_host_is_refused(host: str) -> None:
    with pytest.raises(HostRefusedError):
        access_of(ApiSettings(), checks_hosts=True).require_host(request({"host": host}))


def test_a_star_admits_any_host() -> None:
    access = access_of(ApiSettings(allowed_hosts=("*",)), checks_hosts=True)
    access.require_host(request({"host": "any.example"}))


@pytest.mark.parametrize("headers", [{"authorization": "Bearer right"}, {"x-api-key": "right"}])
def test_the_right_key_is_let_in(headers: dict[str, str]) -> None:
    access_of(keyed(), checks_hosts=True).require_caller(request(headers, "POST"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": "wrong"},
        {"authorization": "Bearer "},
        {"authorization": "Basic right"},
        {"x-api-key": "é"},
    ],
)
def test_without_the_right_key_nobody_is_let_in(headers: dict[str, str]) -> None:
    with pytest.raises(KeyInvalidError):
        access_of(keyed(), checks_hosts=True).require_caller(request(headers))


def test_a_session_made_with_the_key_is_let_in() -> None:
    cookie = {"cookie": f"{COOKIE}={new_session('right')}"}
    access_of(keyed(), checks_hosts=True).require_caller(request(cookie))


@pytest.mark.parametrize(
    "value",
    ["", "1.2", new_session("other"), "99999999999.é", "x.y", new_session("right") + "0"],
    ids=["none", "forged", "another key's", "not ASCII", "no number", "longer"],
)
def test_another_session_is_not(value: str) -> None:
    assert not session_holds("right", value)


def test_a_session_ends() -> None:
    value = new_session("right", now=1_000)
    assert session_holds("right", value, now=1_000 + LIFETIME - 1)
    assert not session_holds("right", value, now=1_000 + LIFETIME)


FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://["},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_page_of_another_site_cannot_change_anything(headers: dict[str, str]) -> None:
    with pytest.raises(CrossSiteError):
        access_of(ApiSettings(), checks_hosts=True).require_caller(
            request({"host": "localhost:8000", **headers}, "POST")
        )


@pytest.mark.parametrize("headers", FOREIGN)
def test_nor_can_it_with_the_cookie_of_a_session(headers: dict[str, str]) -> None:
    cookie = {"cookie": f"{COOKIE}={new_session('right')}", "host": "localhost:8000"}
    with pytest.raises(CrossSiteError):
        access_of(keyed(), checks_hosts=True).require_caller(request(cookie | headers, "PATCH"))


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://localhost:8000"}],
)
def test_own_pages_and_programs_can(headers: dict[str, str]) -> None:
    access_of(ApiSettings(), checks_hosts=True).require_caller(
        request({"host": "localhost:8000", **headers}, "POST")
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback_needs_no_key(host: str) -> None:
    require_safe_binding(ApiSettings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "service.example", "localhost.example", ""])
def test_anything_else_needs_one(host: str) -> None:
    with pytest.raises(SettingsError, match="API__KEY"):
        require_safe_binding(ApiSettings(host=host))
    require_safe_binding(ApiSettings(host=host, key=SecretStr("right")))
