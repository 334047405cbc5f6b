"""Where an installation keeps its things: one directory, its secrets, and the note that says how to reach the running system.

Flows in: a directory. Flows out: paths, secrets (made once, readable by the owner only), ``Running``.
Touches the file system below that directory and nothing else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from streams.config.kafka import Brokers, KafkaSettings


class SystemFault(Exception):
    """A part of the installation is missing, down or in use; the text says which, why and what to do."""


def default_data() -> Path:
    """The data directory where none is named: BURDENWATCH_DATA, else the user's data directory."""
    named = os.environ.get("BURDENWATCH_DATA")
    if named:
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "burdenwatch"


class Running(msgspec.Struct, frozen=True):
    """How to reach a running system (run/system.json); addresses are HOST:PORT or URLs, files are paths."""

    kafka: str
    store_host: str
    store_port: int
    api: str
    dashboard: str
    area: str
    pid: int
    since_us: int
    kafka_told: dict[str, str] = {}
    """How the broker is spoken to, as fields of KafkaSettings; passwords are named by their files."""

    def brokers(self) -> Brokers:
        """The broker of this installation. Raises pydantic's ValidationError where a file of it is gone."""
        told: dict[str, Any] = dict(self.kafka_told)
        return KafkaSettings(kafka=self.kafka, **told).brokers()


@dataclass(frozen=True)
class Layout:
    """Paths and secrets below one data directory."""

    data: Path

    @property
    def kafka(self) -> Path:
        return self.data / "kafka"

    @property
    def store(self) -> Path:
        return self.data / "store"

    @property
    def registry(self) -> Path:
        """Own organisations (``burdenwatch registry import``)."""
        return self.data / "registry"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def note(self) -> Path:
        return self.run / "system.json"

    @property
    def tokens(self) -> Path:
        """The API's table of tokens, as hashes."""
        return self.data / "tokens.json"

    def prepare(self) -> None:
        """Make the directories, the secrets and the token table; what is there already stays."""
        for folder in (self.data, self.kafka, self.store, self.registry, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        token = self.secret("token")
        if not self.tokens.exists():
            row = {
                "name": "installation",
                "sha256": hashlib.sha256(token.encode()).hexdigest(),
                "issuers": ["*"],
                "sources": ["*"],
                "areas": [""],
                "role": "operator",
            }
            self.write_tokens(msgspec.json.format(msgspec.json.encode({"tokens": [row]}), indent=1))

    def write_tokens(self, content: bytes) -> None:
        """Put down the table of tokens, whole or not at all."""
        _write_private(self.tokens, content)

    def secret_path(self, name: str) -> Path:
        return self.data / "secrets" / name

    def secret(self, name: str) -> str:
        """The secret of this name (token, store-writer, store-reader, push); made at first use."""
        path = self.secret_path(name)
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_private(path, secrets.token_urlsafe(32).encode())
        return path.read_text().strip()

    def lock(self) -> IO[str]:
        """Take this directory for one running system; the lock lasts as long as the returned file is open.

        Raises SystemFault when another one runs on it.
        """
        self.run.mkdir(parents=True, exist_ok=True)
        held = (self.run / "lock").open("a+")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            message = f"{self.data}: another burdenwatch runs on this directory; stop it or choose another with --data"
            raise SystemFault(message) from None
        return held

    def publish(self, running: Running) -> None:
        _write_private(self.note, msgspec.json.format(msgspec.json.encode(running), indent=1))

    def retract(self) -> None:
        self.note.unlink(missing_ok=True)

    def running(self) -> Running:
        """The system that runs on this directory. Raises SystemFault when there is none."""
        try:
            found = msgspec.json.decode(self.note.read_bytes(), type=Running)
            os.kill(found.pid, 0)
        except (OSError, msgspec.MsgspecError):
            message = f"{self.data}: no burdenwatch runs on this directory; start it with `burdenwatch up`, or name another with --data or --to"
            raise SystemFault(message) from None
        return found


def _write_private(path: Path, content: bytes) -> None:
    """Write so that only the owner can read it and a crash leaves the old or the new file, never half."""
    draft = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
