"""The engine behind the HTTP door: chdb handles, each with the settings, database and session of its callers.

Flows in: SQL with parameters and settings. Flows out: bytes in the asked format. May touch: the engine's data directory.
Everything here blocks and is called from worker threads; one handle serves one caller at a time.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from chdb.state.sqlitelike import Connection

Role = Literal["writer", "reader"]

STREAMABLE: Final = frozenset({"Native", "TabSeparated", "TSV", "CSV", "RowBinary", "JSONEachRow"})
"""Formats without a header or footer of the whole: the engine's blocks may be joined."""

SESSIONS: Final = 64
SESSION_S: Final = 60.0
READER_S: Final = 60
"""How long a read of the read-only role may run, in seconds."""

_CODE: Final = re.compile(r"Code: (\d+)\.")
_SETTING: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class EngineError(Exception):
    """What the engine refused: ``code`` is ClickHouse's error number, the text its message."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def fault(error: Exception) -> EngineError:
    """The engine's error with its number; 1001 where it gave none (ClickHouse: STD_EXCEPTION)."""
    if isinstance(error, EngineError):
        return error
    text = str(error)
    start = text.find("Code: ")
    text = text[start:] if start > 0 else text
    found = _CODE.search(text)
    return EngineError(int(found[1]) if found else 1001, text.strip())


def _refusal(code: int, name: str, text: str) -> EngineError:
    return EngineError(code, f"Code: {code}. DB::Exception: {text} ({name})")


DEFAULT: Final = "default"
"""The database of a handle that was told none, as ClickHouse calls it."""


@dataclass
class Handle:
    """One connection to the engine and what was set on it."""

    connection: Connection
    role: Role
    database: str = DEFAULT
    settings: dict[str, str] = field(default_factory=dict)
    fenced: bool = False
    """Whether readonly=1 is set; it cannot be undone on a handle."""
    idle_since: float = 0.0

    def run(self, sql: str, form: str, params: Mapping[str, str]) -> Any:
        """The engine's result object: ``bytes()``, ``rows_read()``, ``elapsed()``."""
        self._allow(sql)
        return self.connection.query(sql, form, params=dict(params))

    def stream(self, sql: str, form: str, params: Mapping[str, str]) -> Any:
        """An iterator over blocks with ``fetch()`` and ``cancel()``."""
        self._allow(sql)
        return self.connection.send_query(sql, form, params=dict(params))

    def insert(self, sql: str, form: str, data: bytes) -> Any:
        """Inserts rows that are written in a format, and returns as ``run`` does.

        Not chdb's streaming insert: its ``finish()`` returns as if all were well when a part could not be written (a full disk), in the
        table or in what hangs on it (tests/store/test_full_store.py).
        """
        if self.role == "reader":
            raise _refusal(164, "READONLY", "reader: Cannot execute query in readonly mode.")
        with _readable(data) as path:
            return self.connection.query(f"{sql} FROM INFILE '{path}' COMPRESSION 'none' FORMAT {form}", "TabSeparated")

    def _allow(self, sql: str) -> None:
        """readonly=1 does not stop INTO OUTFILE nor SYSTEM statements; the engine's own classifier does."""
        if self.role == "writer":
            return
        verdict = self.connection._conn.classify_query(sql)
        if verdict["query_class"].name == "UNKNOWN":
            return  # cannot be parsed: running it gives the engine's own message
        if verdict["query_class"].name != "READ_ONLY" or verdict["statement_count"] != 1:
            raise _refusal(164, "READONLY", "reader: Cannot execute query in readonly mode.")


@contextlib.contextmanager
def _readable(data: bytes) -> Iterator[str]:
    """A path at which the engine finds the bytes: of memory where the system has such files, so that a full disk is in nobody's way."""
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("insert"), "wb", buffering=0) as file:
            file.write(data)
            yield f"/proc/self/fd/{file.fileno()}"
    else:
        with tempfile.NamedTemporaryFile() as kept:
            kept.write(data)
            kept.flush()
            yield kept.name


class Engine:
    """The one engine of this process and its handles."""

    def __init__(self, path: Path, *, memory_bytes: int) -> None:
        """Opens (or makes) the data directory. Raises RuntimeError when another process has it."""
        self._where = f"{path}?max_server_memory_usage={memory_bytes}"
        self._lock = threading.Lock()
        self._idle: dict[Role, list[Handle]] = {"writer": [], "reader": []}
        self._sessions: dict[tuple[Role, str], Handle | None] = {}
        self._memory = memory_bytes
        self._first = Connection(self._where)
        self._first.query("CREATE DATABASE IF NOT EXISTS burdenwatch", "TabSeparated")
        version, zone = self._first.query("SELECT version(), timezone()", "TabSeparated").bytes().decode().split()
        self.version: str = version
        self.timezone: str = zone

    @contextlib.contextmanager
    def lease(self, role: Role, database: str, settings: Mapping[str, str], session: str) -> Iterator[Handle]:
        """A handle with exactly these settings for one caller. A handle whose use failed is thrown away."""
        for name in settings:
            if not _SETTING.fullmatch(name):
                raise _refusal(115, "UNKNOWN_SETTING", f"Setting name {name[:40]!r} is not an identifier")
            if role == "reader":
                raise _refusal(164, "READONLY", f"reader: Cannot modify '{name}' setting in readonly mode.")
        handle = self._take(role, session)
        try:
            self._dress(handle, database, settings)
            yield handle
        except BaseException:
            self._drop(handle, session)
            raise
        self._give(handle, session)

    def close(self) -> None:
        """Closes every idle handle; the engine ends with the last of them."""
        with self._lock:
            handles = [h for group in self._idle.values() for h in group]
            handles += [h for h in self._sessions.values() if h is not None]
            self._idle = {"writer": [], "reader": []}
            self._sessions.clear()
        for handle in handles:
            handle.connection.close()
        self._first.close()

    def _take(self, role: Role, session: str) -> Handle:
        with self._lock:
            if session:
                return self._take_session(role, session)
            if self._idle[role]:
                return self._idle[role].pop()
        return Handle(Connection(self._where), role)

    def _take_session(self, role: Role, session: str) -> Handle:
        now = time.monotonic()
        for key, handle in list(self._sessions.items()):
            if handle is not None and (now - handle.idle_since > SESSION_S or len(self._sessions) > SESSIONS):
                if key == (role, session) and now - handle.idle_since <= SESSION_S:
                    continue
                del self._sessions[key]
                handle.connection.close()
        key = (role, session)
        if key in self._sessions:
            found = self._sessions[key]
            if found is None:
                raise _refusal(373, "SESSION_IS_LOCKED", f"Session {session} is locked by a concurrent client.")
            self._sessions[key] = None
            return found
        self._sessions[key] = None
        return Handle(Connection(self._where), role)

    def _dress(self, handle: Handle, database: str, settings: Mapping[str, str]) -> None:
        """Brings database and settings of a handle to what the caller asks for; sends only differences."""
        database = database or DEFAULT  # whoever names none must not get that of the last caller
        if handle.database != database:
            quoted = database.replace("\\", "\\\\").replace("`", "\\`")
            handle.connection.query(f"USE `{quoted}`", "TabSeparated")
            handle.database = database
        if handle.role == "reader":
            if not handle.fenced:
                limits = f"max_execution_time = {READER_S}, max_memory_usage = {self._memory // 2}"
                handle.connection.query(f"SET {limits}, readonly = 1", "TabSeparated")
                handle.fenced = True
            return
        if handle.settings == settings:
            return
        changes = [f"{n} = DEFAULT" for n in handle.settings if n not in settings]
        changes += [f"{n} = {_quoted(v)}" for n, v in settings.items() if handle.settings.get(n) != v]
        handle.connection.query("SET " + ", ".join(changes), "TabSeparated")
        handle.settings = dict(settings)

    def _give(self, handle: Handle, session: str) -> None:
        handle.idle_since = time.monotonic()
        with self._lock:
            if session:
                self._sessions[(handle.role, session)] = handle
            else:
                self._idle[handle.role].append(handle)

    def _drop(self, handle: Handle, session: str) -> None:
        if session:  # a session outlives a failed query: its temporary tables must stay
            self._give(handle, session)
            return
        handle.connection.close()


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
