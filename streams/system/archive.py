"""Backup and restore of an embedded installation: log, store, own registry, secrets, in one compressed tar.

Of a stopped system the files as they are. Of a running one the store is frozen first, then copied are how far the workers came, the kept log,
what clients wrote, and the rest: whatever came in between is in the kept log, or comes again. The first start after a restore settles it.

Flows in: a data directory. Flows out: one file, and back. Touches the directory, and the store of a running system.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Final, cast

import pyarrow as pa

from streams.agents.topics import ADMITTED, EVENTS
from streams.store import Address, connect
from streams.store.freezing import NAME, freeze
from streams.system.layout import Layout, Running, SystemFault

KEPT: Final = ("kafka", "store", "registry", "secrets", "tokens.json")
MARK: Final = "restored-live"
"""A file in the data directory: the kept log may have more than the store. The next start settles it."""
COMMITTED: Final = "__consumer_offsets"
_REMADE: Final = (
    ".index",
    ".timeindex",
    ".txnindex",
    ".snapshot",
    ".lock",
    "server.properties",
    "kafka.log",
    "clickhouse.log",
)
"""Endings of what broker and store make anew when they start after a crash, as they will."""


def backup(data: Path, to: Path) -> int:
    """Write a backup of ``data`` to the file ``to`` (tar, zstd); bytes written. Raises SystemFault when nothing is there or ``to`` exists."""
    layout = Layout(data)
    if not (data / "kafka").exists() and not (data / "store").exists():
        raise SystemFault(f"{data}: there is no installation here; name its directory with --data")
    if to.exists():
        raise SystemFault(f"{to}: exists already; choose another name")
    try:
        lock = layout.lock()
    except SystemFault:
        _write(to, _of_running(layout, layout.running()))
    else:
        with lock:
            _write(to, _of_stopped(data))
    return to.stat().st_size


def restore(file: Path, data: Path) -> int:
    """Unpack a backup into ``data``, which must be new or empty; number of files. Raises SystemFault, and leaves nothing then."""
    if data.exists() and any(data.iterdir()):
        raise SystemFault(f"{data}: is not empty; restore into a new directory with --data")
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    count = 0
    try:
        with (
            pa.CompressedInputStream(str(file), "zstd") as raw,
            tarfile.open(fileobj=cast(IO[bytes], raw), mode="r|") as tar,
        ):
            for member in tar:
                tar.extract(member, data, filter="data")
                count += member.isfile()
    except (tarfile.TarError, OSError) as error:
        for path in data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise SystemFault(f"{file}: is not a whole burdenwatch backup ({error}); take another copy") from None
    return count


def _write(to: Path, files: Iterator[tuple[Path, str]]) -> None:
    """One file of these (path, name inside)."""
    draft = to.with_name(to.name + ".part")
    try:
        with (
            closing(cast(Generator[tuple[Path, str]], files)),
            pa.CompressedOutputStream(str(draft), "zstd") as out,
            tarfile.open(fileobj=cast(IO[bytes], out), mode="w|") as tar,
        ):
            for path, name in files:
                _add(tar, path, name)
        draft.chmod(0o600)
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """A folder, or a file as long as it is now: it may grow meanwhile, or be gone."""
    if path.is_dir():
        tar.add(path, arcname=name, recursive=False)
        return
    try:
        content = path.open("rb")
    except FileNotFoundError:
        return
    with content:
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=content), content)


def _of_stopped(data: Path) -> Iterator[tuple[Path, str]]:
    for name in (*KEPT, MARK):
        for path in _below(data / name):
            yield path, str(path.relative_to(data))


def _of_running(layout: Layout, running: Running) -> Iterator[tuple[Path, str]]:
    """The files of a running system, in the order that makes them fit (see above)."""
    data = layout.data
    mark = layout.run / MARK
    mark.touch()
    yield mark, MARK
    with closing(
        connect(Address(running.store_host, running.store_port, "burdenwatch", layout.secret("store-writer")))
    ) as client:
        try:
            freeze(client)
            yield from _frozen(data)
        finally:
            shutil.rmtree(layout.store / "engine" / "shadow" / NAME, ignore_errors=True)
    log = layout.kafka / "log"
    heads = [path for path in _below(layout.kafka) if path.parent in (layout.kafka, log) and path.is_file()]
    topics = [path for topic in (COMMITTED, ADMITTED, EVENTS) for path in _below(log) if _topic(path, log) == topic]
    given: set[Path] = set()
    for path in [*heads, *topics, *_below(layout.kafka)]:
        if path not in given and not path.name.endswith(_REMADE):
            given.add(path)
            yield path, str(path.relative_to(data))
    for name in ("registry", "secrets", "tokens.json"):
        for path in _below(data / name):
            yield path, str(path.relative_to(data))


def _topic(path: Path, log: Path) -> str:
    """Topic of a path below the broker's log directory, "" for what is of none."""
    parts = path.relative_to(log).parts
    return parts[0].rpartition("-")[0] if parts else ""


def _frozen(data: Path) -> Iterator[tuple[Path, str]]:
    """The engine's directory with the frozen parts in the place of those that are written."""
    engine = data / "store" / "engine"
    tables = {path for path in (engine / "store").glob("*/*") if path.is_dir()}
    aside = engine / "shadow"
    for path in _below(data / "store"):
        inside = next((table for table in tables if table in path.parents), None)
        moves = aside in (path, *path.parents) or (
            inside is not None and path.relative_to(inside).parts[0] != "format_version.txt"
        )
        if not moves and not path.name.endswith(_REMADE):
            yield path, str(path.relative_to(data))
    held = aside / NAME / "store"
    for path in _below(held):
        yield path, str((engine / "store" / path.relative_to(held)).relative_to(data))


def _below(path: Path) -> Iterator[Path]:
    """The path, if there is one, and all below it."""
    if path.is_file():
        yield path
    for folder, folders, files in os.walk(path):  # unlike rglob it lets things go while it looks
        folders.sort()
        yield Path(folder)
        yield from (Path(folder, name) for name in sorted(files))
