"""Every page of the dashboard, run without a browser, for strangers of every role at crafted addresses; and every file that pages offer.

What is another's and what is not there look the same. Views, files and denied tries are written down. A page without a case fails.
"""

from __future__ import annotations

import gzip
import html
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
import streamlit as st
from clickhouse_connect.driver.client import Client
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from dashboard import drawing, installation, panel, signin
from dashboard.access import ROLES, SEES
from dashboard.installation import Installation
from dashboard.push import Hub
from dashboard.settings import Settings
from dashboard.views.masthead import PAGES
from streams.registry import Registry
from streams.store import Address, Scope, schema
from streams.store.audit import Audited
from tests.store.strangers import INSIDE, NOON_US, NOWHERE, OURS, STRANGERS, Things, fill, told_secrets, without
from tests.store.test_every_route import _words

pytestmark = pytest.mark.store
ROOT: Final = Path(__file__).parents[2]
READERS: Final = (*STRANGERS, INSIDE)


def addresses(page: str, things: Things) -> list[dict[str, str]]:
    """Crafted addresses of a page: each parameter that can name something, at home, and the things' own place."""
    week = [{"days": "7"}]
    named = {
        "situation": week, "hotspots": week, "review": week, "health": week, "unit": [{"note": "1-2"}],
        "explore": [{"issuer": things.issuer, "rows": "issuer"}],
        "compare": [{"left": f"{things.area}~30d~"}, {"right": f"{things.area}~30d~{things.issuer}"}],
        "desk": [{"finding": things.finding}, {"issuer": things.issuer}, {"rule": "R11-short-notice"}],
        "issuer": [{"issuer": things.issuer}], "rules": [{"rule": "R11-short-notice"}],
    }[page]  # fmt: skip
    return [*named, named[0] | {"area": things.area}, {"unit": things.unit}]


KEYED: Final = {"finding", "left", "right"}
"""Parameters that name one thing by itself: a page at home that is asked for it says that there is no access."""


@dataclass
class Shown:
    """What one run of a page showed and offered."""

    texts: list[str] = field(default_factory=list)
    files: dict[str, Callable[[], bytes] | bytes] = field(default_factory=dict)

    def text(self) -> str:
        """All of it as the reader meets it."""
        return html.unescape("\n".join(self.texts))


@pytest.fixture(scope="module")
def deeds() -> list[Audited]:
    """What was written down, in order."""
    return []


@pytest.fixture(scope="module")
def shared(
    migrated: Client, registry: Registry, reader: Address, writer: Address, deeds: list[Audited],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:  # fmt: skip
    """The installation as a proxy's people meet it, with everybody of READERS in its access file."""
    for name, definition in schema.tables(migrated).items():
        if definition.startswith("CREATE TABLE"):
            migrated.command(f"TRUNCATE TABLE {name}")
    fill(migrated, registry)
    folder = tmp_path_factory.mktemp("access")
    (folder / "reader").write_text(reader.password)
    (folder / "writer").write_text(writer.password)
    (folder / "proxy").write_text("x" * 20)
    people = "".join(
        f"  - match: {{sub: {one.who}}}\n    role: {one.role}\n    areas: {list(one.areas)}\n    issuers: {list(one.issuers)}\n"
        for one in READERS
    )
    (folder / "access.yml").write_text(f"version: 1\nkind: access\npeople:\n{people}")
    settings = Settings(
        store_host=reader.host, store_port=reader.port, store_user=reader.user, store_password_file=folder / "reader",
        desk_user=writer.user, desk_password_file=folder / "writer", access="proxy", access_file=folder / "access.yml",
        proxy_secret_file=folder / "proxy", language="zh",
    )  # fmt: skip
    made = Installation(settings, registry, Hub())
    before, installation._made[:] = list(installation._made), [made]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made.audit, "note", deeds.append)
        for module in (
            "dashboard.installation",
            "dashboard.frame",
            "dashboard.acts",
            "dashboard.drafts",
        ):
            patch.setattr(f"{module}.now_us", lambda: NOON_US)
        yield made
    installation._made[:] = before


@pytest.fixture
def opened(shared: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Scope, dict[str, str]], Shown]:
    """Runs a page for a reader at an address."""
    assert shared.settings.access == "proxy"

    def run(page: str, scope: Scope, query: dict[str, str]) -> Shown:
        shown = Shown()

        def bridged(*, data: dict[str, Any], **_: Any) -> Any:
            kept = data["html"] or gzip.decompress(b64decode(data["packed"])).decode()
            shown.texts += [kept, str(data.get("alt", ""))]
            return SimpleNamespace(go="", tick="")

        def offered(*args: Any, **more: Any) -> bool:
            label, data, name = [one for one in args if not isinstance(one, DeltaGenerator)][:3]
            shown.files[f"{label} {name}"] = data
            assert more.get("on_click") == "ignore", "a file that is taken away must not draw the page anew"
            return False

        monkeypatch.setattr(panel, "_SHOW", bridged)
        monkeypatch.setattr(drawing, "_DRAW", bridged)
        monkeypatch.setattr(st, "download_button", offered)
        monkeypatch.setattr(DeltaGenerator, "download_button", offered)
        monkeypatch.setattr(signin, "claims_of", lambda _settings: {"sub": scope.who})
        script = AppTest.from_file(str(ROOT / "dashboard" / "pages" / f"{page}.py"), default_timeout=60)
        for name, value in query.items():
            script.query_params[name] = value
        script.run()
        assert not script.exception, (page, scope.who, query, script.exception)
        shown.texts.append(str(script.main))
        return shown

    return run


def test_every_page_has_a_case() -> None:
    assert all(addresses(page, OURS) for page in PAGES)
    assert {path.stem for path in (ROOT / "dashboard" / "pages").glob("[a-z]*.py")} == set(PAGES)
    assert {scope.role for scope in STRANGERS} == set(ROLES)


def same(text: str, things: Things, query: dict[str, str], registry: Registry) -> str:
    """A page's text without what was asked for, in each form that an address gives it; a body's name is the registry's, and no secret."""
    text = text.replace(urlencode(query), "<query>")
    if query.get("issuer") == OURS.issuer:
        text = text.replace(registry.issuer(OURS.issuer).name_zh, OURS.issuer)
    for value in query.values():
        text = text.replace(quote(value, safe=""), "<asked>").replace(value, "<asked>")
    return without(text, things)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_learns_nothing_by_an_address(
    page: str, opened: Any, deeds: list[Audited], registry: Registry
) -> None:
    for scope in STRANGERS:
        for query, other in zip(addresses(page, OURS), addresses(page, NOWHERE), strict=True):
            here = (scope.who, query)
            deeds.clear()
            theirs = opened(page, scope, query)
            done = [one.deed for one in deeds]
            nothing = opened(page, scope, other)
            if not (page == "health" and scope.role == "operator"):  # the audit is the operators' to read
                assert told_secrets(same(theirs.text(), NOWHERE, query, registry), NOWHERE) == [], here
            if query != other:
                mine, none = same(theirs.text(), OURS, query, registry), same(nothing.text(), NOWHERE, other, registry)
                assert mine == none, here
            elsewhere = {"area", "unit"} & set(query) or KEYED & set(query)
            allowed = page in SEES[scope.role]
            if not allowed or elsewhere or (page == "issuer" and query):
                assert "denied" in done, (here, done)
                assert theirs.files == {}, here
            else:
                assert set(done) <= {"view", "denied", "sign-in"}, here
                assert "view" in done or "denied" in done, here
            for name, made in theirs.files.items():
                held = _words(made() if callable(made) else made)
                assert told_secrets(held, OURS) == [], (here, name)


@pytest.mark.parametrize(
    "page", ["desk", "unit", "issuer", "situation", "explore", "compare", "review", "hotspots", "rules"]
)
def test_insiders_see_it_take_it_away_and_are_written_down(page: str, opened: Any, deeds: list[Audited]) -> None:
    seen, taken = "", ""
    for query in addresses(page, OURS):
        deeds.clear()
        shown = opened(page, INSIDE, query)
        assert [one.deed for one in deeds if one.deed != "sign-in"] == ["view"], (query, deeds)
        seen += shown.text()
        for name, made in shown.files.items():
            deeds.clear()
            taken += _words(made() if callable(made) else made)
            assert [one.deed for one in deeds] == ["export"], name
    assert told_secrets(seen, NOWHERE), page
    if page in ("desk", "unit", "issuer", "situation"):
        assert told_secrets(taken, NOWHERE), page
