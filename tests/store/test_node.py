"""The life of the embedded store: start, clean stop, SIGKILL, a second owner, the death of its own parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from infra.local.clickhouse import ClickHouseError, ClickHouseNode
from infra.local.process import AlreadyRunning, DirectoryLock, free_port, until
from streams.store import Address, connect

pytestmark = pytest.mark.store


def test_what_was_acknowledged_survives_every_end(tmp_path: Path) -> None:
    node = ClickHouseNode(tmp_path, password="w")
    node.start()
    address = node.address
    try:
        client = connect(Address(*address, "burdenwatch", "w"))
        client.command("CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1")
        rows = 0
        for turn in range(4):
            client.insert("kept", [[number] for number in range(100)], column_names=["a"])
            rows += 100
            (tmp_path / "tmp" / "leftover.native").write_bytes(b"x")
            if turn % 2:
                node.stop()
            else:
                node.kill()
            assert not node.is_running()
            assert node.pid is None
            node.start()
            assert node.address == address  # clients need not be told
            assert client.command("SELECT count() FROM kept") == rows
            assert not (tmp_path / "tmp" / "leftover.native").exists()
    finally:
        node.stop()
    node.stop()  # a second time changes nothing


def test_a_directory_has_one_owner(tmp_path: Path) -> None:
    lock = DirectoryLock(tmp_path)
    with pytest.raises(AlreadyRunning, match=f"is used by process {os.getpid()}"):
        ClickHouseNode(tmp_path, password="w").start()
    lock.release()


def test_a_taken_port_is_named(tmp_path: Path, node: ClickHouseNode) -> None:
    port = node.address[1]
    with pytest.raises(ClickHouseError, match=f"port: {port} cannot be used"):
        ClickHouseNode(tmp_path, port=port, password="w").start()


def test_a_broken_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("a file where a directory belongs")
    with pytest.raises((ClickHouseError, FileExistsError)):
        ClickHouseNode(tmp_path, password="w").start()


def test_no_empty_passwords(tmp_path: Path) -> None:
    for password, readonly in (("", None), ("w", "")):
        with pytest.raises(ClickHouseError, match="password: is empty"):
            ClickHouseNode(tmp_path, password=password, readonly_password=readonly)


def test_the_store_dies_with_its_owner(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "infra.local.clickhouse", "--data", str(tmp_path), "--port", str(port)]
    environment = {**os.environ, "BURDENWATCH_STORE_WRITER": "w"}
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == f"clickhouse 127.0.0.1:{port}\n"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1) as reply:
                return bool(reply.read() == b"Ok.\n")
        except OSError:
            return False

    assert answers()
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert until(lambda: not answers(), timeout_s=10)
    owner.stdout.close()
    lock = DirectoryLock(tmp_path)  # free again
    lock.release()


def test_a_wrong_use_exits_with_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.local.clickhouse", "--data", str(tmp_path)]
    environment = {**os.environ, "BURDENWATCH_STORE_WRITER": ""}
    done = subprocess.run(command, capture_output=True, env=environment, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "password" in done.stderr
