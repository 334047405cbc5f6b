"""Writes down who looked at what, without making anybody wait for it.

Flows in: deeds from sessions. Flows out: rows of the store's ``audit`` in batches, and one line of the log each. Touches the store.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import structlog
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from streams.store.audit import Audited, insert_audit

BATCH: Final = 500
EVERY_S: Final = 1.0
KEPT: Final = 50_000
"""So many deeds wait at most while the store is away; the log has them all."""
log = structlog.get_logger()


class AuditLog:
    """Thread-safe. Without a ``client`` that may write (``client()`` gives None) deeds go to the log alone."""

    def __init__(self, client: Callable[[], Client | None]) -> None:
        self._client = client
        self._waiting: queue.Queue[Audited] = queue.Queue(KEPT)
        self._batch: list[Audited] = []
        self._writing = threading.Lock()
        self._token = ""

    def note(self, deed: Audited) -> None:
        """Takes one deed; returns at once."""
        log.info("audit", **vars(deed))
        try:
            self._waiting.put_nowait(deed)
        except queue.Full:
            log.error("audit not stored: too many wait", who=deed.who)

    def write(self) -> int:
        """Stores what waits, one batch; the number of rows. What cannot be stored is tried again under the same token."""
        with self._writing:
            return self._written()

    def _written(self) -> int:
        if not self._batch:
            while len(self._batch) < BATCH and not self._waiting.empty():
                self._batch.append(self._waiting.get_nowait())
            self._token = uuid4().hex
        if not self._batch:
            return 0
        try:
            client = self._client()
            stored = insert_audit(client, self._batch, self._token) if client else 0
        except (ClickHouseError, OSError) as error:
            log.warning("audit not stored, tried again", error=str(error).splitlines()[0])
            return 0
        self._batch = []
        return stored

    def run(self, stop: threading.Event) -> None:
        """Until stopped, and once more then."""
        while not stop.wait(EVERY_S):
            self.write()
        self.write()
