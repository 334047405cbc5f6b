"""A backup goes back whole, and half of one leaves nothing; of a running system: tests/acceptance/test_kept_log.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.system.archive import backup, restore
from streams.system.layout import Layout, SystemFault


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    Layout(data).prepare()
    (data / "kafka" / "log").mkdir()
    (data / "kafka" / "log" / "0.log").write_bytes(bytes(range(256)) * 1000)
    (data / "store" / "part").write_bytes(b"\0" * 5000)
    (data / "logs" / "worker.log").write_text("not kept")
    return data


def tree(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def test_back_and_forth(installation: Path, tmp_path: Path) -> None:
    file, copy = tmp_path / "b.tar.zst", tmp_path / "copy"
    assert backup(installation, file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert restore(file, copy) > 0
    kept = {name: content for name, content in tree(installation).items() if not name.startswith(("logs", "run"))}
    assert tree(copy) == kept
    assert "secrets/token" in kept


def test_nothing_is_overwritten(installation: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.zst"
    backup(installation, file)
    with pytest.raises(SystemFault, match="exists already"):
        backup(installation, file)
    with pytest.raises(SystemFault, match="not empty"):
        restore(file, installation)


def test_half_a_backup_is_refused(installation: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.zst"
    backup(installation, file)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(SystemFault, match="not a whole burdenwatch backup"):
        restore(file, tmp_path / "copy")
    assert not any((tmp_path / "copy").iterdir()), "the next try finds an empty place"
