"""Pages of the dashboard run without a browser, over a store with things of one county, as the people of an access file.

Flows in: a page, a reader, an address. Flows out: what the page showed, and the files that it offers.
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

import pytest
import streamlit as st
from clickhouse_connect.driver.client import Client
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from dashboard.data.push import Hub
from dashboard.settings import Settings
from dashboard.shell import drawing, installation, panel, signin
from dashboard.shell.installation import Installation
from streams.registry import Registry
from streams.store import Address, Scope, schema
from streams.store.audit import Audited
from tests.store.strangers import INSIDE, NOON_US, OURS, STRANGERS, fill

ROOT: Final = Path(__file__).parents[2]
HERE: Final = (
    INSIDE,
    Scope("here-supervisor", "supervisor", ("5101",)),
    Scope("here-operator", "operator", ("5101",)),
    Scope("here-unit", "unit", (OURS.unit,)),
    Scope("here-issuer", "issuer", (), (OURS.issuer,)),
)
"""People of every role to whom the things of the store belong."""
READERS: Final = (*STRANGERS, *HERE)


@dataclass
class Shown:
    """What one run of a page showed and offered."""

    texts: list[str] = field(default_factory=list)
    files: dict[str, Callable[[], bytes] | bytes] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)
    """What figures are drawn from, as JSON; among ``texts`` too."""
    script: AppTest | None = None
    """The run itself, for what it holds beside panels."""

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
            "dashboard.shell.installation",
            "dashboard.shell.frame",
            "dashboard.forms.acts",
            "dashboard.forms.drafts",
            "dashboard.forms.bulk",
            "dashboard.forms.listing",
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

        def drawn(*, data: dict[str, Any], **more: Any) -> Any:
            shown.figures.append(data["html"] or gzip.decompress(b64decode(data["packed"])).decode())
            return bridged(data=data, **more)

        monkeypatch.setattr(panel, "_SHOW", bridged)
        monkeypatch.setattr(drawing, "_DRAW", drawn)
        monkeypatch.setattr(st, "download_button", offered)
        monkeypatch.setattr(DeltaGenerator, "download_button", offered)
        monkeypatch.setattr(signin, "claims_of", lambda _settings: {"sub": scope.who})
        script = AppTest.from_file(str(ROOT / "dashboard" / "pages" / f"{page}.py"), default_timeout=60)
        for name, value in query.items():
            script.query_params[name] = value
        script.run()
        assert not script.exception, (page, scope.who, query, script.exception)
        shown.texts.append(str(script.main))
        shown.script = script
        return shown

    return run
