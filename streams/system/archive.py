"""Backup and restore of an embedded installation: log, store, own registry, secrets, in one compressed tar.

The system must be stopped, so that log and store are of one moment. Flows in: a data directory. Flows out: one file, and back.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from streams.system.layout import Layout, SystemFault

KEPT = ("kafka", "store", "registry", "secrets", "tokens.json")


def backup(data: Path, to: Path) -> int:
    """Write a backup of ``data`` to the file ``to`` (tar, zstd); bytes written. Raises SystemFault when the system runs or ``to`` exists."""
    layout = Layout(data)
    if not (data / "kafka").exists() and not (data / "store").exists():
        raise SystemFault(f"{data}: there is no installation here; name its directory with --data")
    if to.exists():
        raise SystemFault(f"{to}: exists already; choose another name")
    with layout.lock():
        draft = to.with_name(to.name + ".part")
        with (
            pa.CompressedOutputStream(str(draft), "zstd") as out,
            tarfile.open(fileobj=cast(IO[bytes], out), mode="w|") as tar,
        ):
            for path in _kept(data):
                tar.add(path, arcname=str(path.relative_to(data)), recursive=False)
        draft.chmod(0o600)
        draft.replace(to)
    return to.stat().st_size


def restore(file: Path, data: Path) -> int:
    """Unpack a backup into ``data``, which must be new or empty; number of files. Raises SystemFault."""
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
        raise SystemFault(f"{file}: is not a whole burdenwatch backup ({error}); take another copy") from None
    return count


def _kept(data: Path) -> Iterator[Path]:
    for name in KEPT:
        path = data / name
        if path.exists():
            yield path
            yield from sorted(path.rglob("*"))
