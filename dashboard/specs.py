"""The pages that there are, a line each: address, title, who sees it, whose home it is. The navigation, rights and homes are derived.

Pure. To add a page: a file of its name under ``pages/`` that draws it, and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from streams.store.scope import Role

ROLES: Final[tuple[Role, ...]] = get_args(Role)
ABOVE: Final[tuple[Role, ...]] = ("leadership", "supervisor", "operator")
"""Who oversees areas as a whole."""


@dataclass(frozen=True)
class PageSpec:
    """``name``: its address and its file under pages/; ``title``: an English message; ``home_of``: roles that begin there."""

    name: str
    title: str
    roles: tuple[Role, ...] = ABOVE
    home_of: tuple[Role, ...] = ()


SPECS: Final = (
    PageSpec("situation", "Situation", home_of=("leadership",)),
    PageSpec("hotspots", "Hotspots"),
    PageSpec("review", "Review"),
    PageSpec("explore", "Explore"),
    PageSpec("compare", "Compare"),
    PageSpec("desk", "Desk", ROLES, home_of=("supervisor",)),
    PageSpec("unit", "Unit", (*ABOVE, "unit"), home_of=("unit",)),
    PageSpec("issuer", "Issuer", (*ABOVE, "issuer"), home_of=("issuer",)),
    PageSpec("rules", "Rules", ROLES),
    PageSpec("health", "Health", home_of=("operator",)),
)
"""In the order of the navigation; the first is what the bare address opens."""
PAGES: Final[Mapping[str, str]] = {one.name: one.title for one in SPECS}


def _seen(role: Role) -> tuple[str, ...]:
    homes = [one.name for one in SPECS if role in one.home_of]
    return (*homes, *(one.name for one in SPECS if role in one.roles and one.name not in homes))


SEES: Final[Mapping[Role, tuple[str, ...]]] = {role: _seen(role) for role in ROLES}
"""Pages by role; the first is where the person begins."""
