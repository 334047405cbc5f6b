"""How the cases of an area stand, and what that leaves of its findings when a reader asks for a state, a person, a deadline or a word.

Flows in: an Engine, a Scope, a Place. Flows out: ``Caseload`` and the ``Sift`` that the reads of findings take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dashboard.data.engine import Engine
from dashboard.place import Place
from streams.alerts.cases import Case, case_of
from streams.desk.findings import severity_ranks, titles_of
from streams.store import Scope
from streams.store.casework import cases_in
from streams.store.findings import titled
from streams.store.sifting import ANY, Sift


@dataclass(frozen=True)
class Caseload:
    """Cases on which somebody has acted, by finding; ``today`` decides what is overdue. A finding without a case is new."""

    cases: Mapping[str, Case] = field(default_factory=dict, repr=False)
    today: date = date.min

    def due(self, which: str, owner: str = "") -> int:
        """How many cases have something due ("due": today or later, "overdue": before today); of one person where named."""
        return sum(1 for one in self.cases.values() if _is_due(one, which, self.today) and owner in ("", one.owner))

    @property
    def owners(self) -> Mapping[str, int]:
        """Cases that are not yet decided, by the person in charge."""
        return Counter(one.owner for one in self.cases.values() if one.owner and one.state not in ("decided", "closed"))

    @property
    def states(self) -> Mapping[str, int]:
        """Cases by state; new ones are not counted."""
        return Counter(one.state for one in self.cases.values() if one.state != "new")


def caseload(engine: Engine, scope: Scope, area: str, today: date) -> Caseload:
    """The cases of an area; of none for readers who do not oversee it (they see their own findings alone). Raises OutOfScope."""
    acts = cases_in(engine.client, scope, area)
    return Caseload({finding: case_of(finding, some, engine.calendar) for finding, some in acts.items()}, today)


def sifted(engine: Engine, scope: Scope, place: Place, cases: Caseload) -> Sift:
    """What the address asks for beyond rule, layer and issuer. Raises OutOfScope."""
    if not (place.state or place.owner or place.due or place.text):
        return ANY
    worded = _worded(engine, scope, place) if place.text else ANY
    fits = tuple(one.finding for one in cases.cases.values() if _fits(one, place, cases.today))
    if place.state == "new" and not (place.owner or place.due):
        touched = tuple(one.finding for one in cases.cases.values() if one.state != "new")
        return _with(worded, only=None, without=touched, ended=False)
    if place.state or place.owner or place.due:
        return _with(worded, only=fits, without=(), ended=True)
    return worded


def _with(worded: Sift, *, only: tuple[str, ...] | None, without: tuple[str, ...], ended: bool) -> Sift:
    return Sift(only, without, worded.worded, worded.rules, worded.issuers, worded.places, worded.titled, ended)


def _fits(case: Case, place: Place, today: date) -> bool:
    return (
        place.state in ("", case.state)
        and place.owner in ("", case.owner)
        and (not place.due or _is_due(case, place.due, today))
        and (bool(place.state) or not place.owner or case.state not in ("decided", "closed"))
    )


def _is_due(case: Case, which: str, today: date) -> bool:
    return case.due is not None and (case.due < today) == (which == "overdue")


def _worded(engine: Engine, scope: Scope, place: Place) -> Sift:
    """Rules whose title, places and offices whose name, and demands whose title or number hold what was typed."""
    text, area = place.text, place.unit or place.area
    low = text.casefold()
    rules = tuple(rule for rule in severity_ranks() if any(low in one.casefold() for one in (rule, *titles_of(rule))))
    issuers = tuple(one.code for one in engine.index.offices(text, area, n=500))
    places = tuple(one.code for one in engine.index.find(text, area, n=500))
    return Sift(
        worded=True, rules=rules, issuers=issuers, places=places, titled=tuple(titled(engine.client, scope, area, text))
    )
