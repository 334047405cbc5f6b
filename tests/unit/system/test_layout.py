"""One directory, one owner, secrets for the owner's eyes only."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.system.layout import Layout, Running, SystemFault


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "data")
    found.prepare()
    return found


def running(pid: int) -> Running:
    return Running("127.0.0.1:9092", "127.0.0.1", 8123, "http://127.0.0.1:8601", "", "", pid, 0)


def test_secrets_are_made_once_and_private(layout: Layout) -> None:
    first = layout.secret("token")
    assert len(first) >= 40
    assert Layout(layout.data).secret("token") == first
    assert layout.secret("store-reader") != first
    assert layout.secret_path("token").stat().st_mode & 0o777 == 0o600
    assert layout.data.stat().st_mode & 0o777 == 0o700


def test_the_token_table_holds_the_hash_and_not_the_token(layout: Layout) -> None:
    text = layout.tokens.read_text()
    token = layout.secret("token")
    assert token not in text
    assert json.loads(text)["tokens"][0]["sha256"] == hashlib.sha256(token.encode()).hexdigest()


def test_preparing_again_changes_nothing(layout: Layout) -> None:
    before = layout.tokens.read_bytes(), layout.secret("token")
    layout.prepare()
    assert (layout.tokens.read_bytes(), layout.secret("token")) == before


def test_a_second_system_on_the_directory_is_refused(layout: Layout) -> None:
    with layout.lock(), pytest.raises(SystemFault, match="another burdenwatch runs on this directory"):
        Layout(layout.data).lock()
    with layout.lock():
        pass


def test_the_note_is_only_believed_while_its_process_lives(layout: Layout) -> None:
    layout.publish(running(os.getpid()))
    assert layout.running().kafka == "127.0.0.1:9092"
    layout.publish(running(2**22 + 1))
    with pytest.raises(SystemFault, match="start it with `burdenwatch up`"):
        layout.running()
    layout.retract()
    with pytest.raises(SystemFault):
        layout.running()


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("--kafka", "nonsense"), "must be HOST:PORT", 2),
        (("--area", "xyz"), "no such division", 2),
        (("--data", "/dev/null"), "choose a directory", 3),
        (("--data", "/proc/none"), "choose a directory", 3),
    ],
)
def test_what_up_cannot_do_is_one_line(words: tuple[str, ...], said: str, code: int, tmp_path: Path) -> None:
    place = () if "--data" in words else ("--data", str(tmp_path / "data"))
    command = [str(Path(sys.executable).with_name("burdenwatch")), "up", *words, *place]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, len(found.stderr.splitlines())) == (code, 1), found.stderr
    assert said in found.stderr
