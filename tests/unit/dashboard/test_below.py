"""Pages below a path: the document, redirects, cookies, and the setting."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.serve import command
from dashboard.settings import Settings
from dashboard.shell.below import Cookies, Pages, inside
from dashboard.shell.server import Assets, Strays

OIDC: dict[str, Any] = {
    "access": "oidc", "access_file": "people", "oidc_metadata": "https://id.example/", "oidc_client_id": "burdenwatch",
    "oidc_client_secret_file": "client", "cookie_secret_file": "cookie",
}  # fmt: skip


def client(path: str) -> TestClient:
    """What stands before Streamlit, and a Streamlit that answers nothing."""
    layers = [Middleware(kind, path=path) for kind in (Pages, Assets, Strays)]
    return TestClient(Starlette(middleware=layers), follow_redirects=False, headers={"Accept": "text/html"})


@pytest.mark.parametrize("path", ["", "/burden", "/a/b"])
def test_every_page_is_the_document_that_says_where_its_server_is(path: str) -> None:
    one = client(path)
    for page in ("/", "/desk", "/unit?unit=510104017"):
        answer = one.get(f"{path}{page}")
        assert answer.status_code == 200
        assert f'BACKEND_BASE_URL: location.origin + "{path}/"' in answer.text
        assert answer.text.index("window.__streamlit") < answer.text.index('type="module"')
        assert answer.headers["content-encoding"] == "gzip"
    again = one.get(f"{path}/", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_who_asks_above_the_path_is_led_below_it() -> None:
    one = client("/burden")
    for asked, led in (("/burden?a=1", "/burden/?a=1"), ("/", "/burden/"), ("/desk?area=51", "/burden/desk?area=51")):
        assert one.get(asked).headers["location"] == led
    assert one.get("/burden/nowhere?a=1").headers["location"] == "/burden/?lost=nowhere&a=1"
    assert one.get("/others").status_code == 404
    assert one.get("/burdens").status_code == 404
    assert one.get("/burden/app/static/burden.css").status_code == 200
    assert one.get("/app/static/burden.css").status_code == 404


def test_what_lies_inside() -> None:
    assert inside("/burden", "/burden/desk") == "/desk"
    assert inside("/burden", "/burdens/desk") is None
    assert inside("", "/desk") == "/desk"


@pytest.mark.parametrize(
    ("framed", "scheme", "wanted"),
    [
        (False, "", "a=b; Path=/burden; HttpOnly; SameSite=lax"),
        (True, "", "a=b; Path=/burden; HttpOnly; SameSite=lax"),
        (False, "https", "a=b; Path=/burden; HttpOnly; SameSite=lax; Secure"),
        (True, "https", "a=b; Path=/burden; HttpOnly; Secure; SameSite=None"),
    ],
)
def test_cookies_go_along_in_frames_over_tls_alone(framed: bool, scheme: str, wanted: str) -> None:
    async def page(_: Request) -> Response:
        answer = PlainTextResponse("")
        answer.headers["Set-Cookie"] = "a=b; Path=/burden; HttpOnly; SameSite=lax"
        return answer

    one = TestClient(Starlette(routes=[Route("/", page)], middleware=[Middleware(Cookies, framed=framed)]))
    assert one.get("/", headers={"X-Forwarded-Proto": scheme} if scheme else {}).headers["set-cookie"] == wanted


@pytest.mark.parametrize(("said", "path"), [("", ""), ("/", ""), ("/burden/", "/burden"), ("a/b", "/a/b")])
def test_a_path_is_read_with_or_without_slashes(said: str, path: str) -> None:
    settings = Settings.model_validate({"access": "demo", "path": said})
    assert settings.path == path
    assert f"--server.baseUrlPath={path.removeprefix('/')}" in command("127.0.0.1", 8600, settings.path)


@pytest.mark.parametrize("wrong", ["https://host/burden", "/a//b", "/..", '/"/', "/a b", "/./a"])
def test_what_is_no_path_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="/burden/"):
        Settings.model_validate({"access": "demo", "path": wrong})


def test_people_come_back_below_the_path() -> None:
    back = "https://host.example/burden/oauth2callback"
    assert Settings.model_validate(OIDC | {"path": "/burden/", "oidc_redirect": back}).oidc_redirect == back
    with pytest.raises(ValidationError, match="/burden/oauth2callback"):
        Settings.model_validate(OIDC | {"path": "/burden", "oidc_redirect": "https://host.example/oauth2callback"})
