"""How many demands of each sort are made in a year, by level of issuer, and how much places differ.

Pure. Flows in: nothing. Flows out: ``FLOWS``. Calibrated so that a median township receives what the domain's table says;
docs/simulator.md tells what was measured. A rate is issuances a year of one place of that level, over all its lines.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Flow(NamedTuple):
    """One sort of demand: its kind, the shape of its year, issuances a year by level, and the spread (sigma of the log) between places."""

    name: str
    kind: str
    shape: str
    county: float
    prefecture: float
    province: float
    centre: float
    sigma: float
    direct: tuple[float, float, float]
    """Shares of what prefecture, province and centre issue that go straight to townships; the rest goes to bureaus of the line below."""

    def rate(self, level: str) -> float:
        """Issuances a year of one place of a level."""
        return {"county": self.county, "prefecture": self.prefecture, "province": self.province}.get(level, self.centre)


_NONE: Final = (0.0, 0.0, 0.0)
FLOWS: Final = (
    Flow("document", "document", "plain", 1_450, 1_200, 900, 700, 0.80, (0.12, 0.05, 0.02)),
    Flow("meeting", "meeting", "plain", 312, 300, 120, 60, 0.45, (0.15, 0.08, 0.05)),
    Flow("inspection", "inspection", "assessing", 455, 260, 120, 40, 0.42, (1.0, 1.0, 1.0)),
    Flow("request", "request", "plain", 283, 300, 150, 40, 0.67, (0.12, 0.06, 0.05)),
    Flow("standing", "request", "planning", 175, 60, 20, 5, 0.26, (0.20, 0.20, 0.0)),
    Flow("group", "group", "planning", 31, 20, 5, 0, 0.60, (0.10, 0.0, 0.0)),
    Flow("app", "app", "plain", 4.5, 5, 2, 1, 0.40, (0.80, 0.80, 1.0)),
    Flow("checkin", "checkin", "planning", 14, 0, 0, 0, 0.80, _NONE),
    Flow("evaluation", "evaluation", "assessing", 6, 6, 4, 1, 0.30, (0.10, 0.05, 0.0)),
    Flow("pilot", "pilot", "planning", 4, 4, 3, 1, 0.30, (0.10, 0.05, 0.0)),
    Flow("secondment", "secondment", "planning", 26, 0, 0, 0, 0.80, _NONE),
    Flow("plaque", "plaque", "plain", 3, 1, 0, 0, 0.30, (1.0, 0.0, 0.0)),
    Flow("certificate", "certificate", "plain", 6, 1, 0, 0, 0.30, (1.0, 0.0, 0.0)),
    Flow("target", "target", "planning", 14, 10, 5, 2, 0.30, (0.10, 0.0, 0.0)),
)
LEVELS: Final = ("centre", "province", "prefecture", "county")
"""Levels in the order in which a day is made: superiors first, so that their documents can be relayed."""

RELAYED: Final = 0.66
"""County documents that would relay a superior's; some find none to relay."""
UNNUMBERED: Final = 0.30
SAME_DAY: Final = 0.24
"""Of the requests that ask for nothing twice: one in seven of all."""
SAME_DAY_EMERGENCY: Final = 0.33
OFF_PLAN: Final = 0.10
OFF_PLAN_LAWFUL: Final = 0.25
DUPLICATED: Final = 0.48
LATE, VERY_LATE = 0.05, 0.005
REPEATED, CORRECTED, WITHDRAWN, AMENDED, RETURNED = 0.01, 0.02, 0.01, 0.02, 0.02
ENDED: Final = 0.05
"""Of standing demands."""
ANSWERED: Final = 0.25
"""Requests, inspections and meetings that one or two units tell the real effort of."""
VIOLATION: Final = 0.0005
"""Events per event that a scenario of each rule adds, on average."""
