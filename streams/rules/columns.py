"""Issued events as the table ``events``: one row each, the columns that rules speak of.

Pure. Flows in: demands as they stand, lists, a calendar. Flows out: a polars frame with the schema of ``TABLES["events"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import polars as pl
import pyarrow as pa

from streams.calendars import Calendar, UnknownYear
from streams.calendars.periods import DAY_US, OFFSET_US
from streams.events.data import us
from streams.registry import Registry, RegistryError
from streams.rules.facts import Issuance, Lists, day_of
from streams.rules.tables import TABLES

MINUTE_US: Final = 60_000_000
OFFICES: Final = ("office", "party-office")
TRACES: Final = frozenset(("photo", "video", "screenshot", "track", "ledger", "notes", "signature"))
TRACE_WORDS: Final = ("trace", "批示", "media", "媒体", "留痕", "照片", "台账", "笔记", "简报")
SCORE_WORDS: Final = frozenset(("checkin", "check-in", "points", "online_time", "likes", "like", "forward", "forwards"))
LEGAL_TEXTS: Final = ("法规", "规章", "法律", "legal")
TRAININGS: Final = ("培训", "通报", "宣讲", "training", "briefing")
PRINCIPALS: Final = ("principal", "正职", "主要负责人", "一把手")
LEVELS: Final = ("province", "prefecture", "county", "township", "village")
Row = dict[str, Any]


def working_minutes(calendar: Calendar, a_us: int, b_us: int) -> int | None:
    """Working minutes between two instants; None outside the calendar."""
    try:
        return calendar.working_minutes_between(a_us, b_us)
    except UnknownYear:
        return None


def exempting(one: Issuance, status: str | None = None) -> list[str]:
    """The exemptions that an event itself gives ground for, by name."""
    data = one.data
    found = [name for name, applies in _EXEMPTING if applies(data)]
    if status == "cooperate" and data.resources:
        found.append("declared-cooperation")
    return found


def _said(text: str | None, words: Iterable[str]) -> bool:
    return text is not None and any(word in text for word in words)


_EXEMPTING: Final[tuple[tuple[str, Callable[[Any], bool]], ...]] = (
    ("emergency", lambda data: bool(data.emergency and data.emergency_ground)),
    ("law-basis", lambda data: bool(data.basis_type == "law" and data.legal_basis)),
    ("new-measures", lambda data: data.new_measures is True),
    ("upward", lambda data: getattr(data, "direction", None) == "up"),
    ("legal-text", lambda data: _said(getattr(data, "doc_class", None), LEGAL_TEXTS)),
    ("random-check", lambda data: getattr(data, "random_check", False)),
    ("accident", lambda data: _said(getattr(data, "inspection_class", None), ("事故", "accident"))),
    ("training", lambda data: _said(getattr(data, "meeting_class", None), TRAININGS)),
    ("safety-ground", lambda data: bool(getattr(data, "safety_ground", None))),
    ("formal-post", lambda data: _said(getattr(data, "label", None), ("挂职",)) and bool(data.approval_no)),
    ("quality-check", lambda data: any(item.caliber and _said(item.caliber, ("校核", "核校")) for item in data.items)),
)


def common(one: Issuance, period: str = "", *, others: Sequence[Issuance] = (), subject: str = "") -> Row:
    """The columns that every table has, of a row about a demand (and others)."""
    return {
        "day": one.day,
        "subject": subject or f"event:{one.name}",
        "period": period,
        "area": one.area,
        "place": one.place,
        "issuer": one.data.issuer,
        "issuer_level": one.level,
        "issuer_line": one.line,
        "kind": one.event.kind,
        **{f"to_{level}": level in one.levels for level in LEVELS},
        "exempting": exempting(one),
        "at_us": one.at_us,
        "events": [one.name, *(other.name for other in others)],
    }


def bare(subject: str, at_us: int, area: str) -> Row:
    """The same columns of a row that is about no demand."""
    flags = {f"to_{level}": False for level in LEVELS}
    words: Row = {"subject": subject, "period": "", "area": area, "place": area, "issuer": "", "kind": ""}
    return words | flags | {"day": day_of(at_us), "exempting": [], "at_us": at_us, "events": []}


def of_issuer(code: str | None, registry: Registry) -> Row:
    """What the registry knows of an issuer; nothing for an unknown one."""
    try:
        found = registry.issuer(code or "")
    except RegistryError:
        return {}
    return {"area": found.area, "place": found.area, "issuer_level": found.level, "issuer_line": found.line}


def frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A table from rows; columns that a row lacks are null."""
    return _framed(table, {name: [row.get(name) for row in rows] for name in TABLES[table].schema})


def _framed(table: str, columns: Mapping[str, list[Any]]) -> pl.DataFrame:
    """A table from columns. Lists of words go through arrow, which takes them at once and not row by row."""
    series = [
        pl.Series(name, pa.array(columns[name], _WORDS))
        if kind == _LISTED
        else pl.Series(name, columns[name], kind, strict=False)
        for name, kind in TABLES[table].schema.items()
    ]
    return pl.DataFrame(series)


_WORDS: Final = pa.list_(pa.large_string())
_LISTED: Final = pl.List(pl.String)


def events_table(issued: Sequence[Issuance], calendar: Calendar, lists: Lists | None = None) -> pl.DataFrame:
    """The table ``events`` of some demands, in their order."""
    lists = lists or Lists()
    columns: dict[str, list[Any]] = {}
    statuses = [_status(one, lists) for one in issued]
    for name, of_issuance in _OF_ISSUANCE.items():
        columns[name] = [of_issuance(one) for one in issued]
    datas = [one.data for one in issued]
    for name, of_data in _OF_DATA.items():
        columns[name] = [of_data(data) for data in datas]
    for level in LEVELS:
        columns[f"to_{level}"] = [level in one.levels for one in issued]
    columns["duty_status"] = statuses
    columns["exempting"] = [exempting(one, status) for one, status in zip(issued, statuses, strict=True)]
    columns["approved_receivers"] = [_approved(one, lists) for one in issued]
    places: dict[str, list[int]] = {}
    for n, one in enumerate(issued):
        places.setdefault(one.event.kind, []).append(n)
    for name, (kinds, of_kind) in _OF_KIND.items():
        values: list[Any] = [None] * len(issued)
        for kind in kinds:
            for n in places.get(kind, ()):
                values[n] = of_kind(datas[n])
        columns[name] = values
    _timed(columns, issued, calendar)
    return _framed("events", columns)


def _status(one: Issuance, lists: Lists) -> str | None:
    code = one.data.duty_item_code
    return lists.duty_status(one.place, code) if code and lists.duty else None


def _approved(one: Issuance, lists: Lists) -> int | None:
    return lists.approved.get(one.data.plan_item_id) if lists.approved and one.data.plan_item_id else None


def _timed(columns: dict[str, list[Any]], issued: Sequence[Issuance], calendar: Calendar) -> None:
    """Columns about delivery, deadline and beginning."""
    at_work: list[bool | None] = []
    lead_working: list[int | None] = []
    lead: list[int | None] = []
    start: dict[str, list[Any]] = {name: [] for name in _START}
    for one in issued:
        data = one.data
        delivered = one.at_us if data.delivered_at is None else us(data.delivered_at)
        at_work.append(_at_work(calendar, delivered))
        due = None if data.recurrence else data.deadline_us
        lead_working.append(None if due is None else working_minutes(calendar, delivered, due))
        lead.append(None if due is None else (due - delivered) // MINUTE_US)
        for name, value in zip(_START, _start(calendar, data, one.at_us), strict=True):
            start[name].append(value)
    columns["delivered_at_work"] = list(at_work)
    columns["lead_working_minutes"] = list(lead_working)
    columns["lead_minutes"] = list(lead)
    columns.update(start)


_START: Final = ("start_is_workday", "start_weekday", "start_month_day", "start_month", "start_minute")


def _start(
    calendar: Calendar, data: Any, at_us: int
) -> tuple[bool | None, int | None, int | None, int | None, int | None]:
    """When it begins, as days and minutes; nothing for what says no beginning."""
    from_us = getattr(data, "planned_start_us", 0) or data.starts_us or (at_us if data.recurrence else 0)
    if not from_us:
        return (None, None, None, None, None)
    day = day_of(from_us)
    try:
        worked: bool | None = calendar.is_workday(day)
    except UnknownYear:
        worked = None
    return worked, day.isoweekday(), day.day, day.month, (from_us + OFFSET_US) % DAY_US // MINUTE_US


def _at_work(calendar: Calendar, t_us: int) -> bool | None:
    """Whether an instant lies in working hours."""
    minutes = working_minutes(calendar, t_us, t_us + MINUTE_US)
    return None if minutes is None else minutes > 0 or (working_minutes(calendar, t_us - MINUTE_US, t_us) or 0) > 0


_OF_ISSUANCE: Final[dict[str, Callable[[Issuance], Any]]] = {
    "day": attrgetter("day"),
    "subject": lambda one: f"event:{one.name}",
    "period": lambda _: "",
    "area": attrgetter("area"),
    "place": attrgetter("place"),
    "issuer_level": attrgetter("level"),
    "issuer_line": attrgetter("line"),
    "issuer_body": attrgetter("body"),
    "directing": lambda one: one.line in OFFICES,
    "to_division": lambda one: any(part.tier <= 4 for part in one.ranges),
    "kind": attrgetter("event.kind"),
    "at_us": attrgetter("event.time_us"),
    "events": lambda one: [one.name],
    "receivers": attrgetter("receivers"),
    "attendees_in_all": lambda one: _times(getattr(one.data, "attendees", None), one.receivers),
    "idle_days": lambda one: idle_days(one, one.at_us),
}


def _times(number: int | None, by: int) -> int | None:
    return None if number is None else number * by


def idle_days(one: Issuance, now_us: int) -> int | None:
    """Days since a group's last activity; None where it is not told."""
    last = getattr(one.data, "last_activity_at", None)
    return None if last is None else max(0, now_us - us(last)) // DAY_US


def proofs(data: Any) -> int:
    """Proofs and traces that a demand requires."""
    return len(getattr(data, "proof_required", ())) + sum(one in TRACES for one in data.demands)


_OF_DATA: Final[dict[str, Callable[[Any], Any]]] = {
    "issuer": attrgetter("issuer"),
    "title": attrgetter("title"),
    "channel": attrgetter("channel"),
    "confidence": attrgetter("confidence"),
    "has_doc_no": lambda data: bool(data.doc_no),
    "has_plan": lambda data: bool(data.plan_item_id or data.filing_id or getattr(data, "plan_item", None)),
    "has_assessment": lambda data: bool(data.consistency_assessment_id),
    "has_parent": lambda data: data.parent_id is not None,
    "has_basis": lambda data: bool(data.legal_basis) or data.basis_type not in (None, "none"),
    "basis_type": attrgetter("basis_type"),
    "emergency": attrgetter("emergency"),
    "emergency_grounded": lambda data: bool(data.emergency and data.emergency_ground),
    "demands": attrgetter("demands"),
    "topics": attrgetter("topic"),
    "items": lambda data: len(data.items),
    "traces": lambda data: sum(one in TRACES for one in data.demands),
    "new_measures": attrgetter("new_measures"),
    "has_resources": lambda data: bool(data.resources),
    "has_duty_item": lambda data: bool(data.duty_item_code),
}


def duration_minutes(data: Any) -> int | None:
    """Length of a meeting or inspection, declared or from its planned beginning and end."""
    if data.duration_minutes is not None:
        return int(data.duration_minutes)
    start, end = span_us(data)
    return None if start is None or end is None else (end - start) // MINUTE_US


def span_us(data: Any) -> tuple[int | None, int | None]:
    """Planned beginning and end of a meeting or inspection; None where not said."""
    meeting = hasattr(data, "planned_start_us")
    start = data.planned_start_us if meeting else data.start_us
    end = data.planned_end_us if meeting else data.end_us
    return start or None, end if start else None


def rank_required(data: Any) -> str | None:
    """The highest rank that must attend: 'principal' when anybody must be one."""
    named = [data.required_attendee_rank, *(one.rank for one in data.attendees_required)]
    if any(_said(rank, PRINCIPALS) for rank in named):
        return "principal"
    return next((rank for rank in named if rank), None)


def _marks_missing(data: Any) -> int:
    return sum(not mark for mark in (data.table_no, data.issuing_body, data.approval_no, data.valid_to))


def _judging(data: Any) -> bool:
    return bool(data.scoring or data.grades or data.ranking_published or data.criteria or data.materials_requested)


def _lent_days(data: Any) -> int | None:
    end = data.planned_end_at or data.ends_at
    return None if end is None or data.starts_at is None else (us(end) - us(data.starts_at)) // DAY_US


def _consented(data: Any) -> bool | None:
    said = [one for one in (data.consent_unit, data.consent_person) if one is not None]
    return all(said) if said else None


_MEETING, _DOCUMENT, _INSPECTION, _REQUEST = ("meeting",), ("document",), ("inspection",), ("request",)
_APP, _GROUP, _CHECKIN, _SECONDMENT = ("app",), ("group",), ("checkin",), ("secondment",)
_EVALUATION, _JUDGED, _TARGET = ("evaluation",), ("evaluation", "pilot"), ("target",)
_TIMED: Final = ("meeting", "inspection")


def _fields(kinds: tuple[str, ...], *names: str) -> dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]]:
    """Columns that are a field of the same name."""
    return {name: (kinds, attrgetter(name)) for name in names}


_OF_KIND: Final[dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]]] = {
    **_fields(_MEETING, "meeting_class", "form", "group_discussion", "attendees", "reach_level"),
    "chair_rank": (_MEETING, lambda data: "principal" if _said(data.chair_rank, PRINCIPALS) else data.chair_rank),
    "duration_minutes": (_TIMED, duration_minutes),
    "longest_speech_minutes": (_MEETING, lambda data: max((one.minutes or 0 for one in data.speeches), default=None)),
    "required_rank": (_MEETING, rank_required),
    **_fields(_DOCUMENT, "doc_class", "direction", "char_count", "page_count", "similarity_to_parent", "urgency"),
    **_fields(_DOCUMENT, "requires_followup_doc", "requires_report"),
    **_fields(_INSPECTION, "inspection_class", "team_size", "scoring", "third_party", "random_check"),
    **_fields(_INSPECTION, "reception_rank", "reception_staff"),
    "ranking_published": (("inspection", "evaluation"), attrgetter("ranking_published")),
    "inspected_place": (_INSPECTION, attrgetter("place")),
    "materials": (_INSPECTION, lambda data: len(data.materials_requested)),
    "criteria": (_INSPECTION, lambda data: len(data.criteria)),
    "trace_criteria": (_INSPECTION, lambda data: sum(_said(one, TRACE_WORDS) for one in data.criteria)),
    "grades": (_INSPECTION, lambda data: len(data.grades)),
    "materials_or_grades": (_INSPECTION, _judging),
    **_fields(_REQUEST, "claims_statistical"),
    "marks_missing": (_REQUEST, _marks_missing),
    "proofs": (_REQUEST, lambda data: len(data.proof_required)),
    **_fields(_APP, "mandatory", "install_rate_target"),
    "has_registry_no": (_APP, lambda data: bool(data.registry_no)),
    "app_form": (_APP, lambda data: any(_said(one, ("form", "填报", "报表")) for one in data.functions)),
    "app_scores": (_APP, lambda data: sum(one in SCORE_WORDS for one in data.functions)),
    **_fields(_GROUP, "members", "instant_reply"),
    **_fields(_CHECKIN, "taps"),
    "safety_ground": (_CHECKIN, lambda data: bool(data.safety_ground)),
    "has_catalogue": (_JUDGED, lambda data: bool(data.catalogue_id)),
    **_fields(_JUDGED, "approver_level", "indicators"),
    **_fields(_EVALUATION, "parent_indicators", "veto"),
    **_fields(_SECONDMENT, "home_level", "host_level", "extension_n", "label"),
    "lent_days": (_SECONDMENT, _lent_days),
    "consented": (_SECONDMENT, _consented),
    "has_approval": (_SECONDMENT, lambda data: bool(data.approval_no)),
    "has_admission": (("plaque",), lambda data: bool(data.admission_no)),
    "list_item": (("certificate",), attrgetter("list_item")),
    **_fields(_TARGET, "quantity", "base", "parent_quantity"),
}
