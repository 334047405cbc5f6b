"""What the desk of a supervising body shows: open findings of an area by rule, worst first; or one finding with everything about it.

Flows in: an Engine, a Scope, a Place. Flows out: ``DeskSheet``, ``FindingSheet``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from dashboard.data.engine import Engine
from dashboard.data.sheets.caseload import Caseload, caseload, sifted
from dashboard.place import LAYERS, Place
from dashboard.words import moment
from streams.alerts.cases import Act, Case, case_of
from streams.desk.acting import cased
from streams.desk.findings import explained, rulebook, severity_ranks
from streams.rules import Transition
from streams.rules.explain import in_words
from streams.store import Scope
from streams.store.alerting import withheld_of
from streams.store.casework import acts_of_all, precedents
from streams.store.findings import (
    OpenCount,
    OpenGroup,
    finding_history,
    findings_in,
    open_counts,
    open_groups,
    require_finding,
)
from streams.store.remarks import Said, remarks_in
from streams.store.scope import Unseen
from streams.store.sifting import ANY, Sift

SHOWN: Final = 60
TICKED: Final = 1_000
EXPORTED: Final = 1_000_000


@dataclass(frozen=True)
class Row:
    """A finding in the list, and how its case stands."""

    last: Transition
    case: Case
    severity: str
    title: Mapping[str, str]
    measured: Mapping[str, str]
    """What was measured against which limit, in a sentence, by language."""


@dataclass(frozen=True)
class DeskSheet:
    """``counts`` by rule, most grave first; ``rows`` of what is chosen. Where that is more than SHOWN, ``groups`` by issuer and rule stand
    for them, ``groups_in_all`` of which there are."""

    at_us: int = field(compare=False)
    counts: tuple[OpenCount, ...]
    titles: Mapping[str, Mapping[str, str]]
    rows: tuple[Row, ...]
    groups: tuple[OpenGroup, ...] = ()
    groups_in_all: int = 0
    total: int = 0
    """Findings that the filter names."""
    remarks: tuple[Said, ...] = ()
    caseload: Caseload = field(default_factory=Caseload)
    """Cases of the area: in whose hands, in which state, what is due."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        area = place.unit or place.area
        cases = caseload(engine, scope, area, moment(at_us).date())
        sift = sifted(engine, scope, place, cases)
        counts = open_counts(engine.client, scope, area, sift=sift, until_us=place.until_us)
        total = named_in_all(engine, scope, place, sift)
        rows: tuple[Row, ...] = ()
        groups, in_all = list[OpenGroup](), 0
        if place.issuer or total <= SHOWN:
            rows = worst(engine, scope, place, SHOWN, sift=sift)
        else:
            chosen: dict[str, str] = {"rule": place.rule, "layer": place.layer}
            groups, in_all = open_groups(
                engine.client, scope, area, severity_ranks(), n=SHOWN, until_us=place.until_us, sift=sift, **chosen
            )
        remarks = tuple(remarks_in(engine.client, scope, engine.registry, area, until_us=place.until_us))
        order = sorted(counts, key=lambda one: (LAYERS.index(one.layer), -one.count, one.rule))
        titles = {one.rule: _title(one.rule, one.edition) for one in counts}
        return cls(at_us, tuple(order), titles, rows, tuple(groups), in_all, total, remarks, cases)


@dataclass(frozen=True)
class DeskExport:
    """Every open finding that the filter names, worst first, up to what a worksheet holds; ``total`` says how many there are."""

    at_us: int
    rows: tuple[Row, ...]
    total: int

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        cases = caseload(engine, scope, place.unit or place.area, moment(at_us).date())
        sift = sifted(engine, scope, place, cases)
        whole = named_in_all(engine, scope, place, sift)
        return cls(at_us, worst(engine, scope, place, EXPORTED, sift=sift), whole)


@dataclass(frozen=True)
class TickedSheet:
    """The findings that a tick box stands for: the one that the place names, else those that its filter names, the worst first."""

    at_us: int
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        if place.finding:
            try:
                last = finding_history(engine.client, scope, engine.registry, place.finding)[-1].transition
            except Unseen:
                return cls(at_us, ())
            return cls(at_us, (row_of(last, (), engine),))
        cases = caseload(engine, scope, place.unit or place.area, moment(at_us).date())
        return cls(at_us, worst(engine, scope, place, TICKED, sift=sifted(engine, scope, place, cases)))


@dataclass(frozen=True)
class FindingSheet:
    """One finding as the API tells it, its case with acts and messages, what was withheld, decided ones like it; None: there is none."""

    at_us: int = field(compare=False)
    finding: dict[str, Any] | None
    case: dict[str, Any]
    withheld: list[dict[str, Any]]
    like: list[dict[str, Any]]

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        client, until = engine.client, place.until_us
        try:
            found = explained(client, scope, engine.registry, place.finding, until_us=until)
        except Unseen:
            if not until:
                raise
            require_finding(client, scope, engine.registry, place.finding)  # seen now, but it came later
            return cls(at_us, None, {}, [], [])
        except ValueError:
            return cls(at_us, None, {}, [], [])
        like = [one for one in precedents(client, scope, found["rule"]) if one["finding"] != place.finding]
        like = [one for one in like if not until or one["at_us"] <= until]
        case = cased(client, scope, engine.registry, engine.calendar, place.finding, until_us=until)
        kept = withheld_of(client, scope, engine.registry, place.finding)
        return cls(at_us, found, case, [one for one in kept if not until or one["at_us"] <= until], like)


def named_in_all(engine: Engine, scope: Scope, place: Place, sift: Sift = ANY) -> int:
    """How many open findings the place and its filter name. Raises OutOfScope."""
    counts = open_counts(
        engine.client, scope, place.unit or place.area, issuer=place.issuer, sift=sift, until_us=place.until_us
    )
    return sum(one.count for one in counts if one.rule.startswith(place.rule) and place.layer in ("", one.layer))


def worst(engine: Engine, scope: Scope, place: Place, n: int, skip: int = 0, sift: Sift = ANY) -> tuple[Row, ...]:
    """The worst open findings of all that the place and its filter name, with their cases. Raises OutOfScope."""
    area = place.unit or place.area
    found = findings_in(
        engine.client, scope, engine.registry, area, rule=place.rule, layer=place.layer, issuer=place.issuer, n=n, skip=skip,
        severities=severity_ranks(), sift=sift, until_us=place.until_us,
    )  # fmt: skip
    acts = acts_of_all(engine.client, scope, [row.transition.finding for row in found], until_us=place.until_us)
    return tuple(row_of(row.transition, acts.get(row.transition.finding, ()), engine) for row in found)


def row_of(last: Transition, acts: Sequence[Act], engine: Engine) -> Row:
    """A finding as a line of the list."""
    standing = rulebook().find(last.rule, last.edition)
    severity = standing.rule.severity if standing else "low"
    case = case_of(last.finding, acts, engine.calendar)
    return Row(last, case, severity, _title(last.rule, last.edition), in_words(standing.rule, last) if standing else {})


def _title(rule: str, edition: str) -> Mapping[str, str]:
    standing = rulebook().find(rule, edition)
    return {"zh": standing.rule.title.zh, "en": standing.rule.title.en} if standing else {"zh": rule, "en": rule}
