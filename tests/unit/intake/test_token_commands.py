"""Tokens by command: shown once, kept as hashes, taken over while the API runs, gone when revoked or past their last day."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.intake.tokens import Token, TokenFault, Tokens, load
from streams.system.layout import Layout

COMMAND = str(Path(sys.executable).with_name("burdenwatch"))


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "data")
    found.prepare()
    return found


def run(layout: Layout, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "token", *words, "--data", str(layout.data)], capture_output=True, text=True, timeout=60, check=False
    )


def test_a_token_is_made_listed_and_taken_away(layout: Layout) -> None:
    made = run(
        layout, "add", "锦江区教育局", "--issuers", "510104-education", "--sources", "//oa.example.cn/510104/education", "--areas", "510104",
        "--units", "510104017", "--expires", "2099-06-30",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    bearer = made.stdout.strip()
    found = load(layout.tokens).find(bearer)
    assert found is not None
    assert (found.name, found.answers_for("510104017"), found.may_backfill) == ("锦江区教育局", True, False)
    assert bearer not in layout.tokens.read_text()
    assert layout.tokens.stat().st_mode & 0o077 == 0
    assert "锦江区教育局: issuer issuers=510104-education" in run(layout, "list").stdout
    assert run(layout, "revoke", "锦江区教育局").returncode == 0
    assert load(layout.tokens).find(bearer) is None
    assert load(layout.tokens).find(layout.secret("token")) is not None, "the others stay"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "x", "--role", "emperor"), "role"),
        (("add", "installation"), "stands twice"),
        (("add", "x", "--expires", "soon"), "2027-06-30"),
        (("add", "x", "--areas", "chengdu"), "code prefix"),
        (("revoke", "nobody"), "no such token"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(layout: Layout, words: tuple[str, ...], said: str) -> None:
    before = layout.tokens.read_bytes()
    found = run(layout, *words)
    assert (found.returncode, len(found.stderr.splitlines())) == (2, 1), found.stderr
    assert said in found.stderr
    assert layout.tokens.read_bytes() == before


def test_a_file_that_changes_is_taken_over_and_a_bad_one_is_not(tmp_path: Path) -> None:
    path, clock = tmp_path / "tokens.json", [1_000_000_000_000_000]
    hashed = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"  # of "test"
    path.write_text(json.dumps({"tokens": []}))
    tokens = Tokens(load(path).all(), path=path, now_us=lambda: clock[0])
    assert tokens.find("test") is None
    path.write_text(json.dumps({"tokens": [{"name": "a", "sha256": hashed}]}))
    clock[0] += 2_000_000
    assert tokens.find("test") is not None
    path.write_text("tokens: [[[")
    clock[0] += 2_000_000
    assert tokens.find("test") is not None


def test_a_token_ends_with_its_last_day() -> None:
    hashed = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    at = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    clock = [int(at.timestamp()) * 1_000_000]
    tokens = Tokens((Token("a", hashed, expires="2026-06-30"),), now_us=lambda: clock[0])
    assert tokens.find("test") is not None
    clock[0] += 60_000_000
    assert tokens.find("test") is None
    with pytest.raises(TokenFault, match="must be a day"):
        Tokens((Token("a", hashed, expires="30.6.2026"),))
