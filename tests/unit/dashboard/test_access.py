"""Who may come in and as what: the access file, the gate, idleness, and what the start refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.access import Access, AccessFault, demo_viewer, read_access
from dashboard.settings import Settings
from dashboard.shell.attendance import MINUTE_US, Attendance
from dashboard.shell.gate import Gate
from dashboard.shell.server import security
from dashboard.specs import PAGES, ROLES, SEES
from tests.unit.dashboard.figures import registry

FILE = """
version: 1
kind: access
who: sub
people:
  - match: {sub: zhang.san}
    role: supervisor
    areas: ["5101"]
  - match: {groups: "burden-*", dept: "office"}
    role: leadership
    areas: [""]
    wall: true
  - match: {burden_role: "*"}
    role_claim: burden_role
    areas_claim: burden_areas
    issuers_claim: burden_issuers
"""


@pytest.fixture
def access(tmp_path: Path) -> Access:
    path = tmp_path / "access.yml"
    path.write_text(FILE)
    return read_access(path)


def test_the_first_entry_that_fits_decides(access: Access) -> None:
    viewer = access.viewer({"sub": "zhang.san", "groups": ["burden-a"], "dept": "office"})
    assert viewer is not None
    assert (viewer.scope.role, viewer.scope.areas, viewer.home, viewer.scope.who) == (
        "supervisor",
        ("5101",),
        "5101",
        "zhang.san",
    )


def test_every_claim_that_is_named_must_fit(access: Access) -> None:
    assert access.viewer({"sub": "li", "groups": ["burden-a"]}) is None
    found = access.viewer({"sub": "li", "groups": ["other", "burden-a"], "dept": "office"})
    assert found is not None
    assert found.wall
    assert found.scope.covers("")


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"burden_role": "unit", "burden_areas": ["510104017"]}, "unit"),
        ({"burden_role": ["x", "issuer"], "burden_issuers": ["510104-education"]}, "issuer"),
        ({"burden_role": "king"}, None),
        ({"burden_role": "unit", "burden_areas": "all of it"}, None),
        ({}, None),
    ],
)
def test_roles_from_claims_are_roles_that_there_are(
    access: Access, claims: dict[str, object], role: str | None
) -> None:
    found = access.viewer({"sub": "wang"} | claims)
    assert (found.scope.role if found else None) == role


def test_nobody_without_a_name_comes_in(access: Access) -> None:
    assert access.viewer({"groups": ["burden-a"], "dept": "office"}) is None


@given(
    st.dictionaries(
        st.sampled_from(["sub", "groups", "dept", "burden_role", "burden_areas"]), st.text() | st.lists(st.text())
    )
)
def test_no_claims_whatever_raise_or_give_more_than_the_file_says(claims: dict[str, object]) -> None:
    made = Access.model_validate(
        {"version": 1, "kind": "access", "people": [{"match": {"sub": "a*"}, "role": "unit", "areas": ["510104017"]}]}
    )
    found = made.viewer(claims)
    assert found is None or (found.scope.role == "unit" and found.scope.areas == ("510104017",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\nkind: access\npeople:\n  - match: {}\n    role: unit\n", "match is empty"),
        ("version: 1\nkind: access\npeople:\n  - match: {sub: a}\n", "either role or role_claim"),
        (
            "version: 1\nkind: access\npeople:\n  - match: {sub: a}\n    role: unit\n    areas: [chengdu]\n",
            "code prefix",
        ),
        ("version: 1\nkind: access\npeople: [[", "mend the file"),
    ],
)
def test_faults_of_the_file_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "access.yml"
    path.write_text(text)
    with pytest.raises(AccessFault, match=says):
        read_access(path)
    with pytest.raises(AccessFault, match="name a readable file"):
        read_access(tmp_path / "none.yml")


def test_every_page_belongs_to_roles_that_there_are() -> None:
    assert set(SEES) == set(ROLES)
    assert {page for pages in SEES.values() for page in pages} == set(PAGES)
    for role in ("unit", "issuer"):
        assert not {"situation", "hotspots", "review", "health"} & set(SEES[role])


@pytest.mark.parametrize("area", ["", "33", "5101", "510104"])
def test_demo_roles_stay_inside_the_installation(area: str) -> None:
    for role in ROLES:
        viewer = demo_viewer(area, role, registry())
        assert viewer.scope.role == role
        assert viewer.demo
        assert all(code.startswith(area) for code in viewer.scope.areas)
    assert demo_viewer(area, "root", registry()).scope.role == "leadership"


def client(settings: Settings) -> TestClient:
    routes = [Route(path, lambda _: PlainTextResponse("in")) for path in ("/", "/healthz")]
    return TestClient(
        Starlette(routes=routes, middleware=[Middleware(Gate, settings=settings)]), base_url="http://127.0.0.1:8600"
    )


def test_demo_mode_answers_to_this_computer_alone() -> None:
    one = client(Settings.model_validate({"access": "demo"}))
    assert one.get("/").status_code == 200
    assert one.get("/", headers={"Host": "localhost:8600"}).status_code == 200
    for headers in (
        {"Host": "burden.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"X-Forwarded-For": "10.0.0.1"},
        {"Forwarded": "for=x"},
        {"X-Forwarded-Proto": "https"},
        {"X_Forwarded_For": "10.0.0.1"},
        {"X-Client-IP": "10.0.0.1"},
        {"CF-Connecting-IP": "10.0.0.1"},
        {"True-Client-IP": "10.0.0.1"},
        {"X-Original-URL": "/"},
        {"Fly-Client-IP": "10.0.0.1"},
    ):
        assert one.get("/", headers=headers).status_code == 403, headers
    assert one.get("/healthz", headers={"Host": "burden.example"}).status_code == 200


BROWSER = {
    "Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "zh", "Cache-Control": "no-cache", "Connection": "keep-alive",
    "Cookie": "a=b", "DNT": "1", "If-None-Match": "x", "Origin": "http://127.0.0.1:8600", "Pragma": "no-cache", "Priority": "u=0",
    "Referer": "http://127.0.0.1:8600/", "Sec-Fetch-Site": "none", "Sec-CH-UA-Platform": "Linux", "Upgrade-Insecure-Requests": "1",
    "X-Requested-With": "XMLHttpRequest", "X-XSRFToken": "x", "Purpose": "prefetch", "Sec-GPC": "1",
}  # fmt: skip


def test_what_browsers_send_comes_in_and_what_proxies_speak_does_not() -> None:
    gate = Gate(lambda *_: None, Settings.model_validate({"access": "demo"}))  # type: ignore[arg-type]
    headers = Headers({"host": "127.0.0.1:8600"} | {name.lower(): value for name, value in BROWSER.items()})
    assert gate.refusal(headers) == ""
    assert gate.refusal(headers, "1.0"), "nginx that is told nothing"


@pytest.mark.parametrize(
    ("origin", "comes_in"),
    [
        ("http://127.0.0.1:8600", True),
        (None, True),
        ("http://127.0.0.1:9999", False),
        ("http://evil.example", False),
        ("null", False),
    ],
)
def test_a_websocket_belongs_to_our_own_page(origin: str | None, comes_in: bool) -> None:
    async def inside(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    middleware = [Middleware(Gate, settings=Settings.model_validate({"access": "demo"}))]
    one = TestClient(
        Starlette(routes=[WebSocketRoute("/ws", inside)], middleware=middleware), base_url="http://127.0.0.1:8600"
    )
    headers = {"Host": "127.0.0.1:8600"} | ({} if origin is None else {"Origin": origin})
    if comes_in:
        with one.websocket_connect("/ws", headers=headers):
            pass
        return
    with pytest.raises(WebSocketDisconnect) as turned, one.websocket_connect("/ws", headers=headers):
        pass
    assert turned.value.code == 1008


def test_only_named_origins_may_frame_the_page_and_sockets_go_to_its_own_host() -> None:
    plain, portal = security("burden.example"), security("burden.example", ("https://portal.example",))
    assert "wss://burden.example" in plain["Content-Security-Policy"]
    assert "wss: " not in plain["Content-Security-Policy"]
    assert plain["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self' https://portal.example;" in portal["Content-Security-Policy"]
    assert "X-Frame-Options" not in portal
    assert "evil" not in security("evil.example; script-src *")["Content-Security-Policy"]
    with pytest.raises(ValidationError, match="no origin"):
        Settings.model_validate({"access": "demo", "frames": "https://portal.example/path"})


def test_proxy_mode_answers_to_who_knows_the_secret(tmp_path: Path) -> None:
    secret, people = tmp_path / "secret", tmp_path / "access.yml"
    secret.write_text("0123456789abcdef0123\n")
    people.write_text(FILE)
    one = client(Settings.model_validate({"access": "proxy", "access_file": people, "proxy_secret_file": secret}))
    assert one.get("/", headers={"X-Forwarded-User": "zhang.san"}).status_code == 403
    assert one.get("/", headers={"X-Burdenwatch-Proxy": "wrong"}).status_code == 403
    assert one.get("/", headers={"X-Burdenwatch-Proxy": "0123456789abcdef0123"}).status_code == 200


def test_a_mode_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="BURDENWATCH_ACCESS_FILE, BURDENWATCH_OIDC_METADATA"):
        Settings.model_validate({"access": "oidc"})
    with pytest.raises(ValidationError, match="access"):
        Settings.model_validate({})
    short = tmp_path / "short"
    short.write_text("abc")
    with pytest.raises(ValidationError, match="16 characters"):
        Settings.model_validate({"access": "proxy", "access_file": short, "proxy_secret_file": short})


@pytest.mark.parametrize(
    ("environment", "words", "says"),
    [
        ({}, (), "BURDENWATCH_ACCESS"),
        ({"BURDENWATCH_ACCESS": "demo"}, ("--host", "0.0.0.0"), "demo mode shows everything"),
        ({"BURDENWATCH_ACCESS": "proxy"}, (), "BURDENWATCH_PROXY_SECRET_FILE"),
    ],
)
def test_the_dashboard_does_not_start_open_by_accident(
    environment: dict[str, str], words: tuple[str, ...], says: str
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BURDENWATCH_")}
    found = subprocess.run(
        [sys.executable, "-m", "dashboard.serve", *words],
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode == 2
    assert says in found.stderr


def test_who_does_nothing_for_too_long_signs_in_again() -> None:
    one = Attendance(idle_minutes=30, session_minutes=120)
    assert one.visit("zhang", 10 * MINUTE_US, signed_in_us=0)
    assert one.visit("zhang", 39 * MINUTE_US, signed_in_us=0)
    assert not one.idle("zhang", 69 * MINUTE_US)
    assert one.idle("zhang", 70 * MINUTE_US)
    assert not one.visit("zhang", 70 * MINUTE_US, signed_in_us=0)
    assert one.visit("zhang", 71 * MINUTE_US, signed_in_us=71 * MINUTE_US), "signed in anew"
    assert not one.idle("li", 500 * MINUTE_US), "of whom nothing is known, nothing is said"


def test_a_session_ends_however_busy() -> None:
    one = Attendance(idle_minutes=30, session_minutes=60)
    assert all(one.visit("zhang", minute * MINUTE_US, signed_in_us=0) for minute in range(0, 61, 10))
    assert not one.visit("zhang", 61 * MINUTE_US, signed_in_us=0)
