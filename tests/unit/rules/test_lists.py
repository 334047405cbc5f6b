"""Lists as files: whole versions with validity and source; every fault with its line; what is in force on a day; which rules need what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from streams.registry import load as load_registry
from streams.rules import PackFaults, Rulebook, list_files, load, shipped
from streams.rules.lists import ListVersion, lists_on
from streams.rules.needs import rules_that_need

HELD = """version: 1
kind: list
list: held
name: 共享数据目录
source: 锦数〔2026〕1号
from: 2026-01-01
rows:
  - {item: households-total, holders: [public-security]}
"""


REGISTRY = load_registry()


def read_list(path: Path) -> ListVersion:
    return list_files.read_list(path, REGISTRY).version()


def written(folder: Path, text: str, name: str = "list.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_in_force_from_its_first_day_until_a_later_version(tmp_path: Path) -> None:
    first = read_list(written(tmp_path, HELD))
    second = read_list(
        written(tmp_path, HELD.replace("2026-01-01", "2026-06-01").replace("public-security", "statistics"))
    )
    versions = [second, first]
    assert lists_on(versions, date(2025, 12, 31)).held == {}
    assert lists_on(versions, date(2026, 5, 31)).held == {"households-total": ("public-security",)}
    assert lists_on(versions, date(2026, 6, 1)).held == {"households-total": ("statistics",)}


def test_each_kind_fills_its_part(tmp_path: Path) -> None:
    head = "version: 1\nkind: list\nname: n\nsource: s\nfrom: 2026-01-01\n"
    texts = [
        "list: duty\narea: '510104'\nrows: [{item: A-1, status: basic}]\n",
        "list: approved\nrows: [{item: JH-1, number: 3}]\n",
        "list: plan\nrows: [{item: meeting, issuer: 510104-education, number: 12}]\n",
        "list: cap\nrows: [{item: document, issuer: 510104-education, number: 30}]\n",
    ]
    found = lists_on([read_list(written(tmp_path, head + text)) for text in texts], date(2026, 3, 1))
    assert found.duty == {"510104": {"A-1": "basic"}}
    assert found.approved == {"JH-1": 3}
    assert found.plans == {("510104-education", "meeting", 2026): 12}
    assert found.caps == {("510104-education", "document", 2026): 30}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("holders: [public-security]", "holders: []", "a held list needs it"),
        ("from: 2026-01-01", "from: 2026-01-01\nto: 2025-01-01", "to must be after from"),
        ("list: held", "list: heldd", "list.yml:3"),
        ("source: 锦数〔2026〕1号\n", "", "source"),
        ("rows:", "row:", "list.yml:7"),
    ],
)
def test_a_faulty_list_says_where_and_why(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(PackFaults, match=said):
        read_list(written(tmp_path, HELD.replace(old, new)))


def test_rules_that_judge_by_lists_are_known() -> None:
    needs = rules_that_need(Rulebook(load(shipped())))
    assert needs["R10-held"] == {"held"}
    assert needs["R17-off-list"] == {"duty"}
    assert needs["R22-widened"] == {"approved"}
    assert needs["R02-over-plan"] == {"plan", "cap"}
    assert "R04-principal" not in needs
