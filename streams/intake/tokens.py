"""Who may send and read: bearer tokens, kept as SHA-256 only.

Pure but for reading one file. Flows in: the tokens file, a token. Flows out: ``Token`` with what it may do.

The file is JSON or YAML::

    tokens:
      - name: education department of Sichuan
        sha256: 3f0a…            # printf %s TOKEN | sha256sum
        issuers: ["510000-education"]       # patterns: * and ?; what it may speak for
        sources: ["//oa.example.cn/510000/*"]
        areas: ["51"]                       # what it may read; '' is the whole country
        role: issuer                        # leadership, supervisor, unit, issuer, operator
        units: ["510104017"]                # units, or areas of units, that it may answer for (a unit's token: its areas)
        backfill: true                      # it may change demands with a time more than a day ago (imports of history)
"""

from __future__ import annotations

import hashlib
import hmac
import re
from fnmatch import translate
from functools import lru_cache
from pathlib import Path

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from streams.store.scope import Role, Scope


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
    """The table of tokens. Looking one up takes the same time whether it is there or not."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        seen: set[str] = set()
        for token in tokens:
            if not re.fullmatch(r"[0-9a-f]{64}", token.sha256):
                raise TokenFault(
                    f"sha256 of {token.name!r}: must be 64 hexadecimal digits; printf %s TOKEN | sha256sum"
                )
            if token.name in seen:
                raise TokenFault(f"name: {token.name!r}: stands twice; give each token a name of its own")
            seen.add(token.name)
            token.scope()
        self._tokens = tokens

    def find(self, bearer: str) -> Token | None:
        """The token whose hash this is, else None."""
        hashed = hashlib.sha256(bearer.encode()).hexdigest()
        found = None
        for token in self._tokens:
            if hmac.compare_digest(token.sha256, hashed):
                found = token
        return found


def load(path: Path) -> Tokens:
    """Reads the tokens file; raises TokenFault naming file, field and remedy."""
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))  # JSON is YAML
        return Tokens(msgspec.convert(content, _File).tokens)
    except OSError as error:
        raise TokenFault(f"{path}: {error.strerror}; name a readable file in BURDENWATCH_TOKENS_FILE") from error
    except (YAMLError, UnicodeDecodeError, msgspec.ValidationError, ValueError) as error:
        raise TokenFault(f"{path}: {' '.join(str(error).split())}; mend the file and start again") from error


def _matches(patterns: tuple[str, ...], value: str) -> bool:
    return any(_compiled(pattern).match(value) is not None for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
