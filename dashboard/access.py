"""Who looks at the page, and what that person may see.

Pure. Flows in: the settings (later also a signed-in person's claims). Flows out: a ``Viewer`` with the Scope that every read takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.store import Scope


@dataclass(frozen=True)
class Viewer:
    """A person with a Scope; ``home`` is the area that the page opens with."""

    scope: Scope
    home: str


def demo_viewer(area: str) -> Viewer:
    """Leadership over the area that the installation is about: the viewer where nobody signs in."""
    return Viewer(Scope(who="demo", role="leadership", areas=(area,)), area)
