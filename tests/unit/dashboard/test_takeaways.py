"""What a reader takes away is there when the browser asks for it, however many pages were drawn in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.runtime import memory_media_file_storage
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.runtime import RuntimeConfig
from streamlit.web.server.starlette import starlette_app

from dashboard.shell.takeaways import STAYS_S, PatientStorage, install


class Clock:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def taken(manager: MediaFileManager, content: bytes = b"brief") -> str:
    """The id of a file that a click made."""
    placeholder = manager.add_deferred(lambda: content, "text/plain", "1.2", "brief.txt")
    return Path(manager.execute_deferred(placeholder)).stem


def runs(manager: MediaFileManager, times: int) -> None:
    """What Streamlit does after each run of any script."""
    for _ in range(times):
        manager.remove_orphaned_files()


def test_a_file_outlives_runs_of_other_pages_for_a_minute() -> None:
    clock = Clock()
    storage = PatientStorage("/media", clock)
    manager = MediaFileManager(storage)
    file_id = taken(manager)
    runs(manager, 3)
    assert storage.get_file(file_id).content == b"brief"
    clock.at = STAYS_S
    taken(manager, b"another")
    with pytest.raises(MediaFileStorageError):
        storage.get_file(file_id)


def test_a_file_made_again_stays_again() -> None:
    clock = Clock()
    storage = PatientStorage("/media", clock)
    manager = MediaFileManager(storage)
    file_id = taken(manager)
    runs(manager, 3)
    clock.at = STAYS_S - 1
    assert taken(manager) == file_id
    clock.at = STAYS_S + 1
    runs(manager, 3)
    assert storage.get_file(file_id).content == b"brief"


def test_streamlit_keeps_files_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[RuntimeConfig] = []
    monkeypatch.setattr(
        memory_media_file_storage, "MemoryMediaFileStorage", memory_media_file_storage.MemoryMediaFileStorage
    )
    monkeypatch.setattr("streamlit.runtime.Runtime", made.append)
    install()
    script = tmp_path / "page.py"
    script.write_text("")
    starlette_app.App(script)._create_runtime()
    assert isinstance(made[0].media_file_storage, PatientStorage)
