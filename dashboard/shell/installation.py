"""The one dashboard of this process: settings, registry, store, board, hub. Made once, shared by the server and every session.

Flows in: the environment. Flows out: ``installation()``. Opens the connection to the store.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from clickhouse_connect.driver.client import Client

from dashboard.access import Access, read_access
from dashboard.data.board import Board
from dashboard.data.engine import Engine
from dashboard.data.push import Hub
from dashboard.data.search import Index, index_of
from dashboard.data.snapshot import StoreSource
from dashboard.settings import Settings
from dashboard.shell.attendance import Attendance
from streams.calendars import Calendar
from streams.config.clock import now_us as now_us
from streams.desk.auditing import AuditLog
from streams.registry import Registry, load
from streams.store import connect

_lock = threading.Lock()
_made: list[Installation] = []


@dataclass(frozen=True)
class Installation:
    """What sessions share."""

    settings: Settings
    registry: Registry
    hub: Hub

    @cached_property
    def client(self) -> Client:
        """A client that reads; connects at the first call, raises while the store does not answer."""
        return connect(self.settings.store(), readonly=True, patience_s=3.0)

    @cached_property
    def board(self) -> Board:
        """What sessions take their figures from."""
        return Board(StoreSource(Engine(self.client, self.registry, Calendar.load())), self.hub, now_us)

    @cached_property
    def desk(self) -> Client | None:
        """A client that may write acts on cases; None where the installation gives the dashboard none: it only reads then."""
        address = self.settings.desk()
        return connect(address, readonly=True, patience_s=3.0) if address else None

    @cached_property
    def access(self) -> Access | None:
        """Who has which role; None in demo mode. Raises AccessFault."""
        return read_access(self.settings.access_file) if self.settings.access_file else None

    @cached_property
    def attendance(self) -> Attendance:
        """When each person last did something."""
        return Attendance(self.settings.idle_minutes, self.settings.session_hours * 60)

    @cached_property
    def audit(self) -> AuditLog:
        """Where deeds are written down."""
        return AuditLog(lambda: self.desk)

    @cached_property
    def index(self) -> Index:
        """Names of divisions, for the search field."""
        return index_of(self.registry)


def installation() -> Installation:
    """The installation of this process; raises pydantic's ValidationError or RegistryError at the first call."""
    with _lock:
        if not _made:
            settings = Settings()
            _made.append(Installation(settings, load(settings.registry), Hub()))
        return _made[0]
