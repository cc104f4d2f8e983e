"""With a key the dashboard asks for it once, and a browser keeps a cookie that nobody else can use."""

import httpx
import pytest
from pydantic import SecretStr

from domain_scheduler.web.wrong_keys import MOST_WRONG, PERIOD
from tests.integration.dashboard.conftest import Browse

KEY = SecretStr("the right key")


async def test_without_a_key_nobody_is_asked(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/login")
    assert (response.status_code, response.headers["location"]) == (303, "/")


async def test_the_right_key_opens_the_page_that_was_wanted(browse: Browse) -> None:
    async with browse(key=KEY) as browser:
        sent = await browser.get("/scheduler")
        assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/scheduler")
        form = await browser.get(sent.headers["location"])
        assert 'value="/scheduler"' in form.text
        done = await browser.post("/login", data={"key": KEY.get_secret_value(), "next": "/scheduler"})
        assert (done.status_code, done.headers["location"]) == (303, "/scheduler")
        cookie = done.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and "the right key" not in cookie
        assert (await browser.get("/scheduler")).status_code == 200
        assert (await browser.get("/api/v3/batches")).status_code == 200
        await browser.post("/logout")
        assert (await browser.get("/")).status_code == 303


async def test_a_wrong_key_is_asked_again_and_noted(browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    async with browse(key=KEY) as browser:
        response = await browser.post("/login", data={"key": "wrong", "next": "/"})
        assert "This is not the key" in response.text and "set-cookie" not in response.headers
    assert "a wrong key was sent" in caplog.messages and 'wrong"' not in caplog.text


async def test_keys_are_not_tried_by_the_dozen(browse: Browse) -> None:
    right = {"key": KEY.get_secret_value()}
    async with browse(key=KEY) as browser:
        for number in range(MOST_WRONG):
            assert (await browser.post("/login", data={"key": f"wrong {number}"})).status_code == 200
        refused = await browser.post("/login", data=right)
        assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= PERIOD
        assert "Too many wrong keys" in refused.text and "set-cookie" not in refused.headers
        shown = await browser.get("/api/v3/batches", headers={"X-API-Key": right["key"]})
        assert shown.status_code == 200, "programs go on working"


async def test_keys_in_headers_are_not_tried_by_the_dozen_either(
    browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    def with_key(key: str) -> dict[str, str]:
        return {"Accept": "application/json", "Authorization": f"Bearer {key}"}

    async with browse(key=KEY) as browser:
        for number in range(MOST_WRONG):
            path = ("/api/v3/batches", "/metrics", "/")[number % 3]
            assert (await browser.get(path, headers=with_key(f"wrong {number}"))).status_code == 401
        refused = await browser.get("/api/v3/batches", headers=with_key(KEY.get_secret_value()))
        assert refused.status_code == 429 and refused.json()["code"] == "too_many_keys"
        assert 0 < int(refused.headers["retry-after"]) <= PERIOD
        assert (await browser.get("/health/live")).status_code == 200
        assert (await browser.post("/login", data={"key": KEY.get_secret_value()})).status_code == 303
    assert caplog.messages.count("a wrong key was sent") == MOST_WRONG


async def test_a_program_with_an_old_key_shuts_nobody_out(browse: Browse) -> None:
    async with browse(key=KEY) as browser:
        for _ in range(3 * MOST_WRONG):
            assert (await browser.get("/api/v3/batches", headers={"X-API-Key": "old"})).status_code == 401
        shown = await browser.get("/api/v3/batches", headers={"X-API-Key": KEY.get_secret_value()})
        assert shown.status_code == 200


async def test_a_live_page_without_a_session_goes_to_the_form(browse: Browse) -> None:
    async with browse(key=KEY) as browser:
        response = await browser.get("/live", headers={"HX-Request": "true"})
        assert response.headers["hx-redirect"].startswith("/login")


async def test_a_program_gets_a_problem_and_no_form(browse: Browse) -> None:
    async with browse(key=KEY) as browser:
        response = await browser.get("/api/v3/batches", headers={"Accept": "application/json"})
        assert response.status_code == 401 and response.json()["code"] == "api_key_invalid"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "x", "/\nx"]
)
async def test_nobody_is_sent_to_another_site(browse: Browse, target: str) -> None:
    async with browse(key=KEY) as browser:
        response = await browser.post("/login", data={"key": KEY.get_secret_value(), "next": target})
        assert response.headers["location"] == "/"


async def test_a_page_of_another_site_can_do_nothing_with_the_cookie(browse: Browse) -> None:
    async with browse(key=KEY) as browser:
        await browser.post("/login", data={"key": KEY.get_secret_value()})
        for path in ("/submit", "/batches/1/pause", "/scheduler/pass", "/login", "/logout"):
            response = await browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})
            assert response.status_code == 403, path
