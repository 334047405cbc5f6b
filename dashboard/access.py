"""Who looks at the page, and what that person may see.

Pure but for reading the access file. Flows in: claims about a person (from OIDC or a proxy), the access file. Flows out: a ``Viewer``
with the Scope that every read takes; None where nobody knows the person.

The access file is YAML; the first entry that fits decides::

    version: 1
    kind: access
    who: sub                            # the claim that names the person in acts and in the audit; for a proxy: user
    people:
      - match: {sub: zhang.san}
        role: supervisor                # leadership, supervisor, unit, issuer, operator
        areas: ["5101"]                 # code prefixes; "" is the whole country
      - match: {groups: "burden-*"}     # a list fits when one of its values does; * and ? stand for anything
        role: leadership
        areas: [""]
        wall: true                      # a screen on a wall: the idle limit does not hold
      - match: {burden_role: issuer}
        role: issuer
        issuers: ["510104-education"]
      - match: {sub: "*"}               # from the claims themselves, where the directory holds them
        role_claim: burden_role
        areas_claim: burden_areas
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dashboard.specs import ROLES, SEES
from streams.registry import Registry
from streams.store import Scope
from streams.store.scope import Role

DEMO_COUNTY: Final = "510104"
DEMO_LINE: Final = "education"


class AccessFault(ValueError):
    """The access file cannot be used; the text says where, why and what to do."""


@dataclass(frozen=True)
class Viewer:
    """A person with a Scope; ``home`` is the area that the page opens with. ``demo``: may try on other roles; ``wall``: a screen
    that nobody touches, never idle."""

    scope: Scope
    home: str
    demo: bool = False
    wall: bool = False

    @property
    def pages(self) -> tuple[str, ...]:
        """What this person may open, the first one first."""
        return SEES[self.scope.role]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Strict):
    """Whom it fits (every claim named in ``match``), and what they may see: said here, or by their own claims."""

    match: dict[str, str]
    role: Role | None = None
    areas: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    role_claim: str = ""
    areas_claim: str = ""
    issuers_claim: str = ""
    wall: bool = False

    @model_validator(mode="after")
    def _says_a_role(self) -> Entry:
        if not self.match:
            raise ValueError('match is empty; name a claim, or write {sub: "*"} for everybody who signs in')
        if (self.role is None) == (not self.role_claim):
            raise ValueError("give either role or role_claim")
        Scope("", "leadership", self.areas)
        return self

    def fits(self, claims: Mapping[str, Any]) -> bool:
        """Whether every claim that is named has a value that the pattern stands for."""
        return all(
            any(fnmatchcase(value, pattern) for value in _texts(claims.get(name)))
            for name, pattern in self.match.items()
        )

    def scope(self, who: str, claims: Mapping[str, Any]) -> Scope | None:
        """What the person may see; None where their own claims name no role that there is."""
        role = self.role
        if role is None:
            role = next((one for one in ROLES if one in _texts(claims.get(self.role_claim))), None)
        areas = self.areas + tuple(_texts(claims.get(self.areas_claim)))
        issuers = self.issuers + tuple(_texts(claims.get(self.issuers_claim)))
        try:
            return None if role is None else Scope(who, role, areas, issuers)
        except ValueError:
            return None


class Access(_Strict):
    """The access file."""

    version: Literal[1]
    kind: Literal["access"]
    who: str = "sub"
    people: tuple[Entry, ...]

    def viewer(self, claims: Mapping[str, Any]) -> Viewer | None:
        """The person that these claims are about; None where no entry fits."""
        who = next(iter(_texts(claims.get(self.who))), "")
        if not who:
            return None
        entry = next((one for one in self.people if one.fits(claims)), None)
        scope = entry.scope(who, claims) if entry else None
        return None if entry is None or scope is None else Viewer(scope, home_of(scope), wall=entry.wall)


def home_of(scope: Scope) -> str:
    """Where a person begins: the first of the areas; an issuer's own area where there is none."""
    if scope.areas:
        return scope.areas[0]
    return scope.issuers[0].partition("-")[0].rstrip("0") if scope.issuers else ""


def read_access(path: Path) -> Access:
    """Raises AccessFault that names file, field and remedy."""
    try:
        return Access.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise AccessFault(f"{path}: {error.strerror}; name a readable file in BURDENWATCH_ACCESS_FILE") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise AccessFault(f"{path}: {' '.join(str(error).split())}; mend the file and start again") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise AccessFault(f"{path}: {faults}; mend the file and start again") from error


def demo_viewer(area: str, role: str, registry: Registry) -> Viewer:
    """Somebody of a role (leadership where it is none that there is) over the area that the installation is about, to try it."""
    chosen: Role = next((one for one in ROLES if one == role), "leadership")
    who = f"demo-{chosen}"
    if chosen == "unit":
        unit = _first_township(area, registry)
        return Viewer(Scope(who, "unit", (unit,)), unit, demo=True)
    if chosen == "issuer":
        county = _first_township(area, registry)[:6]
        return Viewer(Scope(who, "issuer", (), (f"{county}-{DEMO_LINE}",)), county, demo=True)
    return Viewer(Scope(who, chosen, (area,)), area, demo=True)


def _first_township(area: str, registry: Registry) -> str:
    code = DEMO_COUNTY if DEMO_COUNTY.startswith(area) else area
    while len(code) < 9:
        below = registry.children(code)
        if not below:
            return code
        code = below[0]
    return code


def _texts(value: Any) -> list[str]:
    """A claim as texts: one, several, or none."""
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value] if isinstance(value, Sequence) else []
