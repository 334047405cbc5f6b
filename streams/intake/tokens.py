"""Who may send and read: bearer tokens, kept as SHA-256 only.

Pure but for reading one file, again when it changes. Flows in: the tokens file, a token. Flows out: ``Token`` with what it may do.

The file is JSON or YAML::

    tokens:
      - name: education department of Sichuan
        sha256: 3f0a…            # printf %s TOKEN | sha256sum
        issuers: ["510000-education"]       # patterns: * and ?; what it may speak for
        sources: ["//oa.example.cn/510000/*"]
        areas: ["51"]                       # what it may read; '' is the whole country
        role: issuer                        # leadership, supervisor, unit, issuer, operator
        units: ["510104017"]                # units, or areas of units, that it may answer for (a unit's token: its areas)
        expires: "2027-06-30"               # the last day on which it holds
        backfill: true                      # it may change demands with a time more than a day ago (imports of history)
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from streams.calendars.periods import OFFSET_US
from streams.config.clock import now_us
from streams.store.scope import Role, Scope

_LOG: Final = logging.getLogger(__name__)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LOOK_US: Final = 1_000_000
"""How often the file is looked at."""


class TokenFault(ValueError):
    """The tokens file cannot be used; the text says where, why and what to do."""


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source: what it is called, what it may speak for, what it may read."""

    name: str
    sha256: str
    issuers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    role: Role = "issuer"
    units: tuple[str, ...] = ()
    backfill: bool = False
    expires: str = ""
    """Last day on which it holds (2027-06-30, Asia/Shanghai); '' for no end."""

    @property
    def may_backfill(self) -> bool:
        """Whether it may bring in what happened long ago."""
        return self.backfill or self.role == "operator"

    @property
    def speaks_for_all(self) -> bool:
        """Whether it speaks for every issuer."""
        return "*" in self.issuers

    def speaks_for(self, issuer: str) -> bool:
        """Whether it may demand in the name of this issuer."""
        return _matches(self.issuers, issuer)

    def owns(self, source: str) -> bool:
        """Whether this source is named to it in full, so that nobody else writes there."""
        return source in self.sources

    def answers_for(self, unit: str) -> bool:
        """Whether it may say what this unit spent: those of ``units``; all of its areas for a unit's token and an operator's."""
        own = self.units + (self.areas if self.role in ("unit", "operator") else ())
        return any(unit.startswith(area) for area in own)

    def oversees(self, area: str) -> bool:
        """Whether it supervises the issuers of this area ('' = the centre)."""
        return self.role in ("supervisor", "operator") and any(area.startswith(own) for own in self.areas)

    def speaks_as(self, source: str) -> bool:
        """Whether it may send events of this source."""
        return _matches(self.sources, source)

    def scope(self) -> Scope:
        """What it may read."""
        plain = tuple(issuer for issuer in self.issuers if not set(issuer) & set("*?["))
        return Scope(who=self.name, role=self.role, areas=self.areas, issuers=plain)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tokens: tuple[Token, ...]


class Tokens:
    """The table of tokens, found by their hashes: how long a look takes says nothing of any token."""

    def __init__(
        self,
        tokens: tuple[Token, ...],
        *,
        path: Path | None = None,
        now_us: Callable[[], int] = now_us,
    ) -> None:
        """``path``: read again when the file changes. Raises TokenFault."""
        _check(tokens)
        self._path, self.now_us = path, now_us
        self._put(tokens)
        self._stamp = _stamp(path)
        self._looked_us = 0

    def _put(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._by_hash = {token.sha256: token for token in tokens}

    def find(self, bearer: str) -> Token | None:
        """The token whose hash this is and which still holds, else None."""
        self._look_again()
        hashed = hashlib.sha256(bearer.encode()).hexdigest()
        today = (_EPOCH + timedelta(microseconds=self.now_us() + OFFSET_US)).date().isoformat()
        found = self._by_hash.get(hashed)
        return found if found is not None and (not found.expires or today <= found.expires) else None

    def all(self) -> tuple[Token, ...]:
        """Every token, expired ones too, in the order of the file."""
        return self._tokens

    def _look_again(self) -> None:
        """Take over a file that has changed; one that cannot be used changes nothing, and the log says so."""
        now_us = self.now_us()
        if self._path is None or now_us - self._looked_us < LOOK_US:
            return
        self._looked_us = now_us
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._put(load(self._path)._tokens)
            except TokenFault as error:
                _LOG.error("the tokens file is not taken over: %s", error)


def _check(tokens: tuple[Token, ...]) -> None:
    seen: set[str] = set()
    for token in tokens:
        if not re.fullmatch(r"[0-9a-f]{64}", token.sha256):
            raise TokenFault(f"sha256 of {token.name!r}: must be 64 hexadecimal digits; printf %s TOKEN | sha256sum")
        if token.name in seen:
            raise TokenFault(f"name: {token.name!r}: stands twice; give each token a name of its own")
        if token.expires and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", token.expires):
            raise TokenFault(f"expires of {token.name!r}: {token.expires[:20]!r}: must be a day; write 2027-06-30")
        seen.add(token.name)
        token.scope()


def _stamp(path: Path | None) -> tuple[int, int]:
    """Another value where the file was written again; of no file the same."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return 0, 0
    return (found.st_mtime_ns, found.st_size) if found is not None else (0, 0)


def checked(rows: list[dict[str, object]]) -> Tokens:
    """Tokens from plain values; raises TokenFault naming the field."""
    try:
        return Tokens(msgspec.convert({"tokens": rows}, _File).tokens)
    except ValueError as error:
        raise TokenFault(" ".join(str(error).split())) from error


def load(path: Path) -> Tokens:
    """Reads the tokens file; raises TokenFault naming file, field and remedy."""
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))  # JSON is YAML
        return Tokens(msgspec.convert(content, _File).tokens, path=path)
    except OSError as error:
        raise TokenFault(f"{path}: {error.strerror}; name a readable file in BURDENWATCH_TOKENS_FILE") from error
    except (YAMLError, UnicodeDecodeError, msgspec.ValidationError, ValueError) as error:
        raise TokenFault(f"{path}: {' '.join(str(error).split())}; mend the file and start again") from error


def _matches(patterns: tuple[str, ...], value: str) -> bool:
    return any(_compiled(pattern).match(value) is not None for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
