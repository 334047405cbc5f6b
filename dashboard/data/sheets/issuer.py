"""What one issuer causes: its load by day, week and kind, its demands, the findings about them.

Flows in: an Engine, a Scope, a Place with an issuer. Flows out: ``IssuerSheet``. Bodies of demands are not read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Self

from dashboard.data.engine import Engine
from dashboard.place import Place
from dashboard.words import moment
from streams.calendars.periods import DAY_US
from streams.rules import Transition
from streams.store import Scope
from streams.store.comparing import alike
from streams.store.findings import by_issuer
from streams.store.issuing import Issued, IssuedDay, issued_by, issuer_days

BACK_DAYS: Final = 90
AHEAD_DAYS: Final = 30
DEMANDS: Final = 300
FINDINGS: Final = 40


@dataclass(frozen=True)
class IssuerSheet:
    """``days`` reach from 90 days back to 30 days ahead."""

    at_us: int = field(compare=False)
    today: date
    days: tuple[IssuedDay, ...]
    demands: tuple[Issued, ...]
    findings: tuple[Transition, ...]
    workdays: frozenset[date]
    alike: bool = True
    """Whether 30 days can be compared with the 30 before."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope, RegistryError."""
        today = moment(at_us).date()
        here = engine.client, scope, engine.registry, place.issuer
        first, last = today - timedelta(days=BACK_DAYS), today + timedelta(days=AHEAD_DAYS)
        days = engine.later(issuer_days, *here, first, last)
        demands = engine.later(issued_by, *here, at_us - BACK_DAYS * DAY_US, DEMANDS, until_us=place.until_us)
        findings = [one.transition for one in by_issuer(*here, FINDINGS, until_us=place.until_us)]
        span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return cls(
            at_us, today, tuple(days.result()), tuple(demands.result()), tuple(findings),
            frozenset(day for day in span if engine.calendar.is_workday(day)),
            alike(engine.since(), today - timedelta(days=59)),
        )  # fmt: skip
