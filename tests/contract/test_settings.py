"""Every setting stands in docs/settings.md, with its default and meaning; every other variable that is read stands in a document."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from dashboard.settings import Settings as DashboardSettings
from streams.agents.settings import Settings as WorkerSettings
from streams.cli.mailing import Smtp
from streams.intake.settings import Settings as ApiSettings
from streams.system.feed import FeedSettings

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs" / "settings.md"
TOLD: dict[str, type[BaseSettings]] = {
    "parts": WorkerSettings,
    "stream": FeedSettings,
    "api": ApiSettings,
    "dashboard": DashboardSettings,
    "mail": Smtp,
}
OWN = {"BURDENWATCH_STORE_WRITER", "BURDENWATCH_STORE_READER"}
"""From the embedded store to its own child: nobody sets them."""


def rows() -> list[str]:
    """The table: variable, default, who is told, meaning."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for who, kind in TOLD.items():
        prefix = kind.model_config.get("env_prefix", "")
        for name, field in kind.model_fields.items():
            row = (f"{prefix}{name}".upper(), default(field), str(field.description))
            found.setdefault(row, []).append(who)
    lines = ["| variable | default | told to | meaning |", "|---|---|---|---|"]
    for (name, fallback, meaning), all_told in sorted(found.items()):
        told = [one for one in all_told if not (one == "stream" and "parts" in all_told)]
        lines.append(f"| `{name}` | {fallback} | {', '.join(told)} | {meaning.replace('|', '/')} |")
    return lines


def default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "**needed**"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value or value == 0 else ""


def test_every_setting_has_a_description() -> None:
    bare = [
        f"{who}: {name}" for who, kind in TOLD.items() for name, one in kind.model_fields.items() if not one.description
    ]
    assert bare == []


def test_the_table_of_settings_is_the_code() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)<!-- /settings -->", DOC.read_text(), re.DOTALL)
    assert found is not None
    assert found[1].strip() == "\n".join(rows())


def test_every_other_variable_that_is_read_stands_in_a_document() -> None:
    code = [path.read_text() for room in ("streams", "dashboard", "infra") for path in (ROOT / room).rglob("*.py")]
    read = {name for text in code for name in re.findall(r"environ[^\n]{0,12}\(?\[?\"(BURDENWATCH_[A-Z_]+)\"", text)}
    assert {"BURDENWATCH_DATA", "BURDENWATCH_TOKEN", "BURDENWATCH_MAVEN"} <= read
    documents = "\n".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    assert {name for name in read - OWN if f"`{name}`" not in documents} == set()
