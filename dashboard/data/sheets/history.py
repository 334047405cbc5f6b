"""The history of an issuer or of a rule in an area: findings by month and how they went, and the latest of them.

Flows in: an Engine, a Scope, a Place with ``past``. Flows out: ``HistorySheet``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

from dashboard.data.engine import Engine
from dashboard.data.sheets.desk import Row, row_of
from dashboard.place import Place
from streams.store import Scope
from streams.store.casework import Month, acts_of_all, finding_months
from streams.store.findings import findings_in

LATEST: Final = 60


@dataclass(frozen=True)
class HistorySheet:
    """``months``: the oldest first; ``rows``: the latest findings, those that have ended too."""

    at_us: int = field(compare=False)
    months: tuple[Month, ...]
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        area = place.unit or place.area
        chosen = {"rule": place.rule} if place.past == "rule" else {"issuer": place.issuer}
        months = finding_months(engine.client, scope, area, **chosen)
        found = findings_in(engine.client, scope, engine.registry, area, phase="", n=LATEST, **chosen)  # type: ignore[arg-type]
        acts = acts_of_all(engine.client, scope, [row.transition.finding for row in found])
        rows = tuple(row_of(row.transition, acts.get(row.transition.finding, ()), engine) for row in found)
        return cls(at_us, tuple(months), rows)
