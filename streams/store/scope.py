"""Who asks, and what that person may see.

Pure. Flows in: a signed-in person or token. Flows out: ``Scope``, which every read of the store takes and asks first.
There are no row policies in the embedded engine: this is the whole fence, so no read may be without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

Role = Literal["leadership", "supervisor", "unit", "issuer", "operator"]
Read = TypeVar("Read", bound=Callable[..., Any])
FOR_EVERYONE: Final[set[str]] = set()
"""Module and name of the reads that take no Scope."""


def for_everyone(read: Read) -> Read:
    """Marks a read that takes no Scope: its answer tells of no unit, no demand, no finding and no person, and is the same for all."""
    FOR_EVERYONE.add(f"{read.__module__}.{read.__name__}")
    return read


class OutOfScope(PermissionError):
    """A read asked for something that its Scope does not cover."""


class Unseen(OutOfScope):
    """There is no such thing, or it is not the asker's to see: told alike, so that nobody learns what exists by asking."""


@dataclass(frozen=True)
class Scope:
    """Who asks (``who``), as what (``role``), for which areas (code prefixes, '' = the whole country) and issuers."""

    who: str
    role: Role
    areas: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether this area or unit code lies inside one of the areas. '' is covered by '' alone."""
        return any(code.startswith(area) for area in self.areas)

    def require_area(self, code: str) -> None:
        """Raises OutOfScope unless the area or unit is covered."""
        if not self.covers(code):
            allowed = ", ".join(area or "the whole country" for area in self.areas) or "none"
            raise OutOfScope(
                f"area: {code or 'the whole country'!r}: outside the areas of {self.who} ({allowed}); "
                "ask for an area inside, or for another role"
            )

    def require_issuer(self, issuer: str) -> None:
        """Raises OutOfScope unless the issuer is one of ``issuers``, or the whole country is covered."""
        if issuer not in self.issuers and not self.covers(""):
            allowed = ", ".join(self.issuers) or "none"
            raise OutOfScope(
                f"issuer: {issuer!r}: outside the issuers of {self.who} ({allowed}); ask for one of them, or for another role"
            )

    def require_comparison(self, code: str) -> None:
        """Raises OutOfScope unless the area is covered and the role may see units side by side.

        Units and issuers see their own figures; peers only as distributions, never one by one.
        """
        self.require_area(code)
        if self.role in ("unit", "issuer"):
            raise OutOfScope(
                f"role: {self.role!r} of {self.who}: units side by side are for those who oversee them; "
                "ask for your own unit's load"
            )

    def require_operator(self) -> None:
        """Raises OutOfScope unless the whole country is covered or the role is operator."""
        if self.role != "operator" and not self.covers(""):
            raise OutOfScope(f"role: {self.role!r} of {self.who}: this read is for operators; sign in as one")

    def __post_init__(self) -> None:
        for area in self.areas:
            if area and not area.partition("-")[0].isdecimal():
                raise ValueError(
                    f"areas: {area!r}: must be a code prefix; write '51', a unit's code, or '' for the whole country"
                )
