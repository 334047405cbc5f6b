"""The jars of the embedded Kafka: fetched once, checked always.

Flows in: ``kafka-jars.lock`` (made by ``pin_kafka.py``), a Maven repository, a cache directory. Flows out: the class
path. May touch: the cache directory, the network.

A jar is downloaded next to its place, compared with the SHA-256 of the lock file, and renamed into place; so a jar
under its name is whole. At each start every jar is hashed again (36 MB in 40 ms). What does not match is thrown away and
fetched again; what the repository then serves wrongly as well is an error.

Environment: ``BURDENWATCH_MAVEN`` (address of a repository, for closed networks), ``BURDENWATCH_CACHE`` (directory).
Run as ``python -m infra.local.kafka_jars`` it fetches what is missing.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
import msgspec
import stamina

from infra.local.process import DirectoryLock

MAVEN: Final = "https://repo1.maven.org/maven2"
LOCK: Final = Path(__file__).with_name("kafka-jars.lock")
PARALLEL: Final = 6
ATTEMPTS: Final = 4
FETCH_WAIT_S: Final = 300.0


class JarError(RuntimeError):
    """A jar cannot be had, or is not what the lock file says."""


class Jar(msgspec.Struct, frozen=True):
    """One pinned file of a Maven repository."""

    path: str
    """Relative to the repository: group/artifact/version/file."""
    sha256: str
    bytes: int

    @property
    def name(self) -> str:
        """The bare file name."""
        return self.path.rsplit("/", 1)[-1]


class Lock(msgspec.Struct, frozen=True):
    """What the lock file holds: one Kafka version and all its jars, in class path order."""

    kafka: str
    jars: tuple[Jar, ...]


class _Wrong(Exception):
    """A download that is not the pinned file; trying again may help."""


def read_lock(path: Path = LOCK) -> Lock:
    """Reads a lock file; raises JarError where it is not one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Lock)
    except (OSError, msgspec.DecodeError) as error:
        raise JarError(f"{path}: {error}; make it anew with `python -m infra.local.pin_kafka`") from error


def repository() -> str:
    """The Maven repository in use, without a slash at its end."""
    return (os.environ.get("BURDENWATCH_MAVEN") or MAVEN).rstrip("/")


def cache_directory(version: str) -> Path:
    """Where the jars of a Kafka version are kept on this machine."""
    own = os.environ.get("BURDENWATCH_CACHE")
    base = Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "burdenwatch"
    return base / f"kafka-{version}"


def class_path(lock: Lock, cache: Path, *, address: str | None = None) -> list[Path]:
    """The jars of ``lock`` in ``cache``, fetched where missing or broken; raises JarError."""
    if any(not _holds(cache / jar.name, jar) for jar in lock.jars):
        # Two systems that start at once share one fetch: the second waits and finds everything there.
        owner = DirectoryLock(cache, name="fetch.lock", wait_s=FETCH_WAIT_S)
        try:
            _fetch_all(
                [jar for jar in lock.jars if not _holds(cache / jar.name, jar)],
                cache,
                (address or repository()).rstrip("/"),
            )
        finally:
            owner.release()
    return [cache / jar.name for jar in lock.jars]


def _holds(path: Path, jar: Jar) -> bool:
    """Whether ``path`` is the pinned jar, by size and hash."""
    try:
        return path.stat().st_size == jar.bytes and _sha256(path) == jar.sha256
    except FileNotFoundError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_all(jars: Sequence[Jar], cache: Path, address: str) -> None:
    for stale in cache.glob("*.part"):  # left behind by a fetch that was killed; we hold the lock
        stale.unlink()
    if not jars:
        return
    size = sum(jar.bytes for jar in jars) / 1e6
    print(f"fetching {len(jars)} Kafka jars ({size:.0f} MB) from {address}", file=sys.stderr, flush=True)
    with (
        httpx.Client(timeout=30, follow_redirects=True) as client,
        ThreadPoolExecutor(PARALLEL, thread_name_prefix="jars") as pool,
    ):
        for done in [pool.submit(_fetch, client, jar, cache, address) for jar in jars]:
            done.result()


def _fetch(client: httpx.Client, jar: Jar, cache: Path, address: str) -> None:
    url = f"{address}/{jar.path}"
    try:
        for attempt in stamina.retry_context(
            on=(httpx.TransportError, httpx.HTTPStatusError, _Wrong),
            attempts=ATTEMPTS,
            wait_initial=0.2,
            wait_max=3,
            wait_jitter=0.1,
        ):
            with attempt:
                _download(client, url, jar, cache)
    except _Wrong as error:
        raise JarError(
            f"{url}: {error}; the repository serves another file than the one that was pinned: "
            "set BURDENWATCH_MAVEN to a repository that serves the original"
        ) from error
    except httpx.HTTPError as error:
        raise JarError(
            f"{url}: {error or type(error).__name__}; check the network, "
            "or set BURDENWATCH_MAVEN to a repository within reach"
        ) from error


def _download(client: httpx.Client, url: str, jar: Jar, cache: Path) -> None:
    handle, part = tempfile.mkstemp(prefix=jar.name + ".", suffix=".part", dir=cache)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file, client.stream("GET", url) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > jar.bytes:
                    raise _Wrong(f"is longer than the pinned {jar.bytes} bytes")
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != jar.sha256:
            raise _Wrong(f"has SHA-256 {digest.hexdigest()}, pinned is {jar.sha256}")
        os.replace(part, cache / jar.name)
    finally:
        Path(part).unlink(missing_ok=True)


def main() -> int:
    """Fetches the jars into the user's cache; exit code 3 where that fails."""
    lock = read_lock()
    try:
        paths = class_path(lock, cache_directory(lock.kafka))
    except JarError as error:
        print(error, file=sys.stderr)
        return 3
    print(f"Kafka {lock.kafka}: {len(paths)} jars in {paths[0].parent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
