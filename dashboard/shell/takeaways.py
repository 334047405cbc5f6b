"""Files that readers take away stay until their browser has fetched them.

Flows in: what Streamlit keeps and drops. Flows out: the same files, a minute longer. Touches Streamlit's storage of media.

Streamlit makes the file of a button when it is clicked, tells the browser where it is, and drops it when any two runs of any script
have ended, as no element of a page names it. With people who read a live page that may be before the browser asked for it: the
download breaks off. Known to no setting, so the storage that Streamlit makes for itself is one that waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from streamlit.runtime import memory_media_file_storage
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

STAYS_S: Final = 60.0


class PatientStorage(MemoryMediaFileStorage):
    """Drops what is downloaded ``STAYS_S`` seconds after it was told to, unless it was made again in between."""

    def __init__(self, media_endpoint: str, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(media_endpoint)
        self._now = now
        self._leaving: dict[str, float] = {}

    def load_and_get_id(
        self, path_or_data: str | bytes, mimetype: str, kind: MediaFileKind, filename: str | None = None
    ) -> str:
        file_id = super().load_and_get_id(path_or_data, mimetype, kind, filename)
        self._leaving.pop(file_id, None)
        self._drop_left()
        return file_id

    def delete_file(self, file_id: str) -> None:
        kept = self._files_by_id.get(file_id)
        if kept is not None and kept.kind is MediaFileKind.DOWNLOADABLE:
            self._leaving.setdefault(file_id, self._now() + STAYS_S)
        else:
            super().delete_file(file_id)
        self._drop_left()

    def _drop_left(self) -> None:
        now = self._now()
        for file_id in [file_id for file_id, at in list(self._leaving.items()) if at <= now]:
            self._leaving.pop(file_id, None)
            super().delete_file(file_id)


def install() -> None:
    """Makes Streamlit's application use this storage; before the application starts."""
    vars(memory_media_file_storage)["MemoryMediaFileStorage"] = PatientStorage
