"""Effort of one unit by one occurrence: as declared, else as a sum of quantity x coefficient by kind and fields.

Pure. Flows in: a kind and an event's typed data (fields are read by name; a missing one means 'not said'). Flows out: an Effort in whole
person-minutes, or the terms it is made of. The formulas:

document     readers x characters x reading + handling (+ report) (+ follow-up document)
meeting      attendees x (length + travel + preparing)
inspection   receiving staff x length + materials x material + rehearsal
request      items x rows x item x (1 - prefilled share) (+ proofs x proof) + approvals x approval
app          people x install + functions x function (+ people x minutes a day)
group        members x messages x tap (one day)
checkin      people x taps x tap (+ people x traces x trace)
evaluation   indicators x indicator + visits x visit
pilot        setup + visits x visit (+ indicators x indicator)
secondment   people x working days x 8 hours
plaque       piece
certificate  cases x case
target       setting + reporting
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from streams.calendars import Calendar, UnknownYear, day_number, whole_days
from streams.effort.coefficients import Coefficient, CoefficientError, Coefficients, packaged_coefficients
from streams.events.model import KINDS, Effort

MOST: Final = 1_000_000.0
"""More of anything than this in one demand is read as this."""
WORKDAY_MINUTES: Final = 480
FORMULAS: Final = 2
"""Rises with every change of the formulas: what was posted by others is posted anew (``edition``)."""
MINUTE: Final = timedelta(minutes=1)
MICROSECOND: Final = timedelta(microseconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Quantity = tuple[float, float, float, str, bool]
"""Low, likely, high, the coefficient that it is named after, and whether the event declared it."""
Terms = tuple[tuple[Quantity, ...], ...]
"""Each term is a product: its quantities and, last, the person-minutes per one of them."""


class ExplainedTerm(NamedTuple):
    """One line of the arithmetic: person-minutes low, likely, high; the product in words; where its numbers are from."""

    low: float
    likely: float
    high: float
    arithmetic: str
    provenance: str


class Estimator:
    """Estimates by one set of coefficients."""

    def __init__(self, coefficients: Coefficients, calendar: Calendar) -> None:
        self.coefficients = coefficients
        self._calendar = calendar
        self._ceiling = coefficients.ceiling
        self._of: dict[str, Quantity] = {
            name: (*one.values, name, False) for name, one in coefficients.coefficients.items()
        }
        self._check()
        by_kind: dict[str, Callable[[Any], Terms]] = {kind: getattr(self, f"_{kind}") for kind in KINDS}
        self._by_kind = by_kind

    def _check(self) -> None:
        """Refuse a file that lacks a coefficient, or gives it in the other sense, before the first event comes."""
        shipped = packaged_coefficients().coefficients
        for name, one in shipped.items():
            own = self.coefficients.coefficients.get(name)
            if own is None or (own.per is None) != (one.per is None):
                form = "default" if one.per is None else "per"
                raise CoefficientError(f"coefficients.{name}: must give {form}; take it from the packaged file")

    def estimate(self, kind: str, data: Any) -> Effort:
        """The effort of one occurrence for one unit: declared first, else estimated. Raises KeyError for an unknown kind."""
        declared = declared_effort(data)
        if declared is not None:
            return declared
        low = likely = high = 0.5
        for term in self._by_kind[kind](data):
            a = b = c = 1.0
            for factor in term:
                a *= factor[0]
                b *= factor[1]
                c *= factor[2]
            low += a
            likely += b
            high += c
        most = self._ceiling
        return Effort(min(int(low), most), min(int(likely), most), min(int(high), most))

    def explain(self, kind: str, data: Any) -> tuple[ExplainedTerm, ...]:
        """The arithmetic behind estimate(), term by term; the sums, rounded and capped, are its numbers."""
        effort = declared_effort(data)
        if effort is not None:
            words = "declared in the event", "the issuer's own statement"
            return (ExplainedTerm(effort.low, effort.likely, effort.high, *words),)
        lines: list[ExplainedTerm] = []
        for term in self._by_kind[kind](data):
            sums = [1.0, 1.0, 1.0]
            for factor in term:
                sums = [total * part for total, part in zip(sums, factor[:3], strict=True)]
            lines.append(
                ExplainedTerm(
                    sums[0],
                    sums[1],
                    sums[2],
                    " x ".join(self._worded(factor) for factor in term),
                    "; ".join(dict.fromkeys(self._provenance(factor) for factor in term)),
                )
            )
        return tuple(lines)

    def _worded(self, factor: Quantity) -> str:
        low, likely, high, name, _ = factor
        one = self.coefficients.coefficients.get(name)
        told = f"{likely:g}" if low == high else f"{likely:g} ({low:g}-{high:g})"
        unit = " person-minutes" if one is not None and one.per is not None else ""
        return f"{told}{unit} [{one.what if one is not None else name}]"

    def _provenance(self, factor: Quantity) -> str:
        if factor[4]:
            return "declared in the event"
        one: Coefficient = self.coefficients.coefficients[factor[3]]
        return f"{one.evidence}: {self.coefficients.sources[one.source]}"

    def _count(self, data: Any, field: str, name: str) -> Quantity:
        """How many the event declares in ``field`` (a number, or a list that is counted), else the default of ``name``."""
        value = getattr(data, field, None)
        if value is None:
            return self._of[name]
        if isinstance(value, (tuple, list)):
            if not value:
                return self._of[name]
            value = len(value)
        return declared_as(value, name)

    def _length(self, data: Any, start: str, end: str, name: str) -> Quantity:
        """Minutes: declared, or between ``start`` and ``end`` of the event, else the default of ``name``; whole days are working days."""
        a, b = getattr(data, start, None), getattr(data, end, None)
        if a is None or b is None:
            a, b = getattr(data, "starts_at", None), getattr(data, "ends_at", None)
        minutes = getattr(data, "duration_minutes", None)
        if minutes is None and a is not None and b is not None and b > a:
            minutes = (b - a) / MINUTE
        if minutes is None:
            return self._of[name]
        days = whole_days(minutes, None if a is None else (a - EPOCH) // MICROSECOND)
        return declared_as(days * WORKDAY_MINUTES if days else minutes, name)

    def _document(self, data: Any) -> Terms:
        of = self._of
        readers = self._count(data, "readers", "document.readers")
        if getattr(data, "char_count", None) is None and getattr(data, "page_count", None) is not None:
            pages = declared_as(data.page_count, "pages")
            terms: Terms = (
                (readers, pages, of["document.page_chars"], of["document.reading"]),
                (of["document.handling"],),
            )
        else:
            chars = self._count(data, "char_count", "document.chars")
            terms = ((readers, chars, of["document.reading"]), (of["document.handling"],))
        if getattr(data, "requires_report", False) or "report" in getattr(data, "demands", ()):
            terms = (*terms, (of["document.report"],))
        if getattr(data, "requires_followup_doc", False):
            terms = (*terms, (of["document.followup"],))
        return terms

    def _meeting(self, data: Any) -> Terms:
        of = self._of
        required = getattr(data, "attendees_required", ())
        if required and getattr(data, "attendees", None) is None:
            people = declared_as(sum(one.count for one in required), "meeting.attendees")
        else:
            people = self._count(data, "attendees", "meeting.attendees")
        remote = getattr(data, "form", None) in ("video", "phone")
        travel = self._count(data, "travel_minutes", "meeting.remote_travel" if remote else "meeting.travel")
        length = self._length(data, "planned_start_at", "planned_end_at", "meeting.minutes")
        attending = of["meeting.attending"]
        preparing: tuple[Quantity, ...] = (people, of["meeting.preparing"])
        if getattr(data, "prep_minutes", None) is not None:
            preparing = (people, declared_as(data.prep_minutes, "minutes of preparation"), attending)
        return ((people, length, attending), (people, travel, attending), preparing)

    def _inspection(self, data: Any) -> Terms:
        of = self._of
        people = self._count(data, "reception_staff", "inspection.receivers")
        length = self._length(data, "starts_at", "ends_at", "inspection.minutes")
        materials = self._count(data, "materials_requested", "inspection.materials")
        return (
            (people, length, of["inspection.receiving"]),
            (materials, of["inspection.material"]),
            (of["inspection.rehearsal"],),
        )

    def _request(self, data: Any) -> Terms:
        of = self._of
        each = of["request.item"]
        if getattr(data, "minutes_per_item", None) is not None:
            each = declared_as(data.minutes_per_item, "minutes for one item")
        items, rows = self._count(data, "items", "request.items"), self._count(data, "rows_expected", "request.rows")
        filling: tuple[Quantity, ...] = (items, rows, each)
        share = getattr(data, "prefilled_share", None)
        if share:
            filling = (*filling, declared_as(1.0 - share, "share that is not prefilled"))
        approving = (self._count(data, "approvals", "request.approvals"), of["request.approval"])
        if getattr(data, "proof_required", None):
            return (filling, (declared_as(len(data.proof_required), "proofs"), of["request.proof"]), approving)
        return (filling, approving)

    def _app(self, data: Any) -> Terms:
        of = self._of
        people, functions = (
            self._count(data, "users_per_unit", "app.people"),
            self._count(data, "functions", "app.functions"),
        )
        terms: Terms = ((people, of["app.install"]), (functions, of["app.function"]))
        if getattr(data, "minutes_per_day", None) is not None:
            return (*terms, (people, declared_as(data.minutes_per_day, "minutes a day"), of["app.using"]))
        return terms

    def _group(self, data: Any) -> Terms:
        members = self._count(data, "members", "group.members")
        return ((members, self._count(data, "posts_per_day", "group.taps"), self._of["group.tap"]),)

    def _checkin(self, data: Any) -> Terms:
        of = self._of
        people = self._count(data, "people", "checkin.people")
        tapping = (people, self._count(data, "taps", "checkin.taps"), of["checkin.tap"])
        traces = getattr(data, "traces", None)
        return (tapping, (people, declared_as(len(traces), "traces"), of["checkin.trace"])) if traces else (tapping,)

    def _evaluation(self, data: Any) -> Terms:
        of = self._of
        showing = (self._count(data, "indicators", "evaluation.indicators"), of["evaluation.indicator"])
        return (showing, (of["evaluation.visits"], of["evaluation.visit"]))

    def _pilot(self, data: Any) -> Terms:
        of = self._of
        terms: Terms = ((of["pilot.setup"],), (self._count(data, "visits", "pilot.visits"), of["pilot.visit"]))
        if getattr(data, "indicators", None) is not None:
            return (*terms, (declared_as(data.indicators, "indicators"), of["pilot.indicator"]))
        return terms

    def _secondment(self, data: Any) -> Terms:
        return ((self._count(data, "people", "secondment.people"), self._days(data), self._of["secondment.day"]),)

    def _days(self, data: Any) -> Quantity:
        """Working days between start and planned end; beyond the calendar by the share of working days in 2026."""
        a, b = getattr(data, "starts_at", None), getattr(data, "planned_end_at", None)
        b = getattr(data, "ends_at", None) if b is None else b
        if a is None or b is None or b <= a:
            return self._of["secondment.days"]
        start, end = (a - EPOCH) // MICROSECOND, (b - EPOCH) // MICROSECOND
        try:
            days = self._calendar.working_minutes_between(start, end) / self._calendar.day_minutes
        except UnknownYear:
            days = (day_number(end) - day_number(start)) * 248 / 365
        return declared_as(days, "secondment.days")

    def _plaque(self, data: Any) -> Terms:  # noqa: ARG002 -- an event is about one plaque
        return ((self._of["plaque.piece"],),)

    def _certificate(self, data: Any) -> Terms:
        return ((self._count(data, "cases", "certificate.cases"), self._of["certificate.case"]),)

    def _target(self, data: Any) -> Terms:  # noqa: ARG002 -- no field of a target says how long it takes
        return ((self._of["target.setting"],), (self._of["target.reporting"],))


def declared_as(value: float, name: str) -> Quantity:
    """A quantity that the event declares, held within 0 and MOST."""
    number = float(value)
    number = 0.0 if number < 0.0 else min(number, MOST)
    return (number, number, number, name, True)


def declared_effort(data: Any) -> Effort | None:
    """The effort that the event declares: one number means low = likely = high; None when it declares none."""
    told = getattr(data, "effort_minutes", None)
    if told is None or type(told) is Effort:
        return told
    return Effort(told, told, told) if isinstance(told, int) else Effort(told.low, told.likely, told.high)


@lru_cache(maxsize=1)
def _packaged() -> Estimator:
    return Estimator(packaged_coefficients(), Calendar.load())


def estimate(kind: str, data: Any) -> Effort:
    """Effort of one occurrence for one unit by the packaged coefficients; low <= likely <= high, whole person-minutes."""
    return _packaged().estimate(kind, data)


def explain(kind: str, data: Any) -> tuple[ExplainedTerm, ...]:
    """The arithmetic behind estimate(), one line a term, with the provenance of its numbers."""
    return _packaged().explain(kind, data)


def edition() -> str:
    """Names the shipped formulas and coefficients: equal texts estimate alike."""
    return f"{FORMULAS}-{blake2b(packaged_coefficients().model_dump_json().encode(), digest_size=8).hexdigest()}"
