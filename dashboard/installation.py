"""The one dashboard of this process: settings, registry, store, board, hub. Made once, shared by the server and every session.

Flows in: the environment. Flows out: ``installation()``. Opens the connection to the store.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cached_property

from clickhouse_connect.driver.client import Client

from dashboard.board import Board
from dashboard.engine import Engine
from dashboard.push import Hub
from dashboard.search import Index
from dashboard.settings import Settings
from dashboard.snapshot import StoreSource
from streams.calendars import Calendar
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
    def board(self) -> Board:
        """Connects to the store at the first call; raises while it does not answer."""
        client = connect(self.settings.store, readonly=True, patience_s=3.0)
        return Board(StoreSource(Engine(client, self.registry, Calendar.load())), self.hub, now_us)

    @cached_property
    def desk(self) -> Client | None:
        """A client that may write acts on cases; None where the installation gives the dashboard none: it only reads then."""
        address = self.settings.desk
        return connect(address, readonly=True, patience_s=3.0) if address else None

    @cached_property
    def index(self) -> Index:
        """Names of divisions, for the search field."""
        return Index(self.registry)


def now_us() -> int:
    """The clock of the process: microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def installation() -> Installation:
    """The installation of this process; raises pydantic's ValidationError or RegistryError at the first call."""
    with _lock:
        if not _made:
            settings = Settings.read()
            _made.append(Installation(settings, load(settings.registry), Hub()))
        return _made[0]
