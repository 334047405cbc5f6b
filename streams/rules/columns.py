"""Issued events as the table ``events``: one row each, the columns that rules speak of.

Pure. Flows in: demands as they stand, lists, a calendar. Flows out: a polars frame with the schema of ``TABLES["events"]``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

import polars as pl
import pyarrow as pa

from streams.calendars import Calendar, UnknownYear
from streams.calendars.periods import DAY_US, MINUTE_US, OFFSET_US
from streams.events.data import us
from streams.events.docno import is_none
from streams.registry import Registry, RegistryError
from streams.rules.exemptions import exempting
from streams.rules.facts import Issuance, Lists, day_of
from streams.rules.recorded import FIELDS, MARKS, Recorded, stated
from streams.rules.spans import duration_minutes, night_times
from streams.rules.tables import TABLES
from streams.rules.vocabulary import (
    collects_forms,
    is_trace,
    keeps_score,
    level_named,
    rank_demanded,
    rank_presiding,
    rewards_traces,
)

LISTED_EVENTS: Final = 51
"""A row names its own event and so many others less one; how many there are in all stands in ``events_in_all``."""
_TIMED: Final = ("meeting", "inspection")
OFFICES: Final = ("office", "party-office")
LEVELS: Final = ("province", "prefecture", "county", "township", "village")
Row = dict[str, Any]


def working_minutes(calendar: Calendar, a_us: int, b_us: int) -> int | None:
    """Working minutes between two instants; None outside the calendar."""
    try:
        return calendar.working_minutes_between(a_us, b_us)
    except UnknownYear:
        return None


def listed(*views: Issuance) -> Row:
    """The events of a row, no more than LISTED_EVENTS, and how many there are in all: rows do not grow with what they count."""
    return {"events": [view.name for view in views[:LISTED_EVENTS]], "events_in_all": len(views)}


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
        **listed(one, *others),
    }


def bare(subject: str, at_us: int, area: str) -> Row:
    """The same columns of a row that is about no demand."""
    flags = {f"to_{level}": False for level in LEVELS}
    words: Row = {"subject": subject, "period": "", "area": area, "place": area, "issuer": "", "kind": ""}
    return words | flags | {"day": day_of(at_us), "exempting": [], "at_us": at_us, "events": [], "events_in_all": 0}


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


def events_table(
    issued: Sequence[Issuance], calendar: Calendar, lists: Lists | None = None, recorded: Recorded | None = None
) -> pl.DataFrame:
    """The table ``events`` of some demands, in their order.

    ``recorded``: what each source is known to record (``recorded.fields_recorded`` over all that is known of it). A missing field is an absence
    there alone; without it, and for a source that is not in it, what an event does not say is unknown.
    """
    lists, recorded = lists or Lists(), recorded or {}
    columns: dict[str, list[Any]] = {}
    statuses = [_status(one, lists) for one in issued]
    for name, of_issuance in _OF_ISSUANCE.items():
        columns[name] = [of_issuance(one) for one in issued]
    for name in _STATED:
        able = FIELDS[name][0]
        columns[name] = [stated(one, name, recorded) if one.event.kind in able else None for one in issued]
    for name in _FILED if lists.filed else ():
        columns[name] = [_filed(one, name, found, lists) for one, found in zip(issued, columns[name], strict=True)]
    columns["marks_missing"] = [
        _marks_missing(one, recorded) if one.event.kind == "request" else None for one in issued
    ]
    datas = [one.data for one in issued]
    for name, of_data in _OF_DATA.items():
        columns[name] = [of_data(data) for data in datas]
    reached = [one.levels for one in issued]
    for level in LEVELS:
        columns[f"to_{level}"] = [level in levels for levels in reached]
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
    columns["consented"] = [_consented(one, recorded) if one.event.kind == "secondment" else None for one in issued]
    columns["marks_expired"] = [_expired(one) if one.event.kind == "request" else None for one in issued]
    _timed(columns, issued, calendar)
    return _framed("events", columns)


def _status(one: Issuance, lists: Lists) -> str | None:
    code = one.data.duty_item_code
    return lists.duty_status(one.place, code) if code and lists.duty else None


def _approved(one: Issuance, lists: Lists) -> int | None:
    return lists.approved_for(one.place, one.data.plan_item_id) if one.data.plan_item_id else None


def _filed(one: Issuance, name: str, found: bool | None, lists: Lists) -> bool | None:
    """A number that is given counts as none where the list of what was admitted there does not hold it."""
    if not found or one.event.kind not in lists.filed:
        return found
    number = str(getattr(one.data, FIELDS[name][1][0]))
    return lists.is_filed(one.event.kind, one.place, number) is not False


_FILED: Final = ("has_registry_no", "has_admission")


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
    "events_in_all": lambda _: 1,
    "receivers": attrgetter("receivers"),
    "attendees_in_all": lambda one: _times(getattr(one.data, "attendees", None), one.receivers),
    "idle_days": lambda one: idle_days(one, one.at_us),
    "duration_minutes": lambda one: duration_minutes(one) if one.event.kind in _TIMED else None,
    "night_times": night_times,
}
_STATED: Final = tuple(name for name in FIELDS if name not in ("marks_missing", "consented"))
"""Columns that are null where a source is not known to record them."""


def _times(number: int | None, by: int) -> int | None:
    return None if number is None else number * by


def idle_days(one: Issuance, now_us: int) -> int | None:
    """Days since a group's last activity; None where it is not told."""
    last = getattr(one.data, "last_activity_at", None)
    return None if last is None else max(0, now_us - us(last)) // DAY_US


def proofs(data: Any) -> int:
    """Proofs and traces that a demand requires."""
    return len(getattr(data, "proof_required", ())) + traces(data)


def traces(data: Any) -> int:
    """Traces that a demand requires."""
    return sum(map(is_trace, data.demands))


_OF_DATA: Final[dict[str, Callable[[Any], Any]]] = {
    "issuer": attrgetter("issuer"),
    "title": attrgetter("title"),
    "channel": attrgetter("channel"),
    "confidence": attrgetter("confidence"),
    "has_parent": lambda data: data.parent_id is not None,
    "basis_type": attrgetter("basis_type"),
    "emergency": attrgetter("emergency"),
    "emergency_grounded": lambda data: bool(data.emergency and not is_none(data.emergency_ground)),
    "demands": attrgetter("demands"),
    "topics": attrgetter("topic"),
    "items": lambda data: len(data.items),
    "traces": traces,
    "new_measures": attrgetter("new_measures"),
}


def rank_required(data: Any) -> str | None:
    """The highest rank that must attend: 'principal' when anybody must be one and nobody may come instead; the rank counts before the post."""
    named = [data.required_attendee_rank, *(one.rank or one.post for one in data.attendees_required)]
    ranks = [rank for text in named if (rank := rank_demanded(text)) is not None]
    return "principal" if "principal" in ranks else next(iter(ranks), None)


def _speeches(data: Any) -> tuple[int | None, int | None]:
    """The main speech, that of a principal or else the longest, and the longest of the others."""
    told = [(rank_presiding(one.rank) == "principal", one.minutes) for one in data.speeches if one.minutes is not None]
    ordered = sorted(told, reverse=True)
    minutes = [length for _, length in ordered]
    return max(minutes, default=None), max(minutes[1:], default=None)


def _marks_missing(view: Issuance, recorded: Recorded) -> int | None:
    """Marks of the law that a form lacks; unknown where it shows none and its source records none."""
    if stated(view, "marks_missing", recorded) is None:
        return None
    return sum(is_none(getattr(view.data, mark)) for mark in MARKS)


_VALID: Final = re.compile(r"((?:19|20)\d{2})(?:\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?)?")


def _expired(view: Issuance) -> bool | None:
    """Whether a form's validity ended before it was issued; None where no day can be read from it."""
    found = _VALID.search(view.data.valid_to or "")
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, min(int(found[3] or last) or last, last)) < view.day


def _consented(view: Issuance, recorded: Recorded) -> bool | None:
    """Whether all who were asked agree; one refusal is enough, and silence counts where the source records consent."""
    asked = [one for one in (view.data.consent_unit, view.data.consent_person) if one is not None]
    return all(asked) if asked else stated(view, "consented", recorded)


def _judging(data: Any) -> bool:
    return bool(data.scoring or data.grades or data.ranking_published or data.criteria or data.materials_requested)


def _lent_days(data: Any) -> int | None:
    end = data.planned_end_at or data.ends_at
    return None if end is None or data.starts_at is None else (us(end) - us(data.starts_at)) // DAY_US


def _level(name: str) -> Callable[[Any], str | None]:
    """A level as a column has it, from a field that may say it in other words."""

    def named(data: Any) -> str | None:
        text: str | None = getattr(data, name)
        return level_named(text) or text

    return named


_MEETING, _DOCUMENT, _INSPECTION, _REQUEST = ("meeting",), ("document",), ("inspection",), ("request",)
_APP, _GROUP, _CHECKIN, _SECONDMENT = ("app",), ("group",), ("checkin",), ("secondment",)
_EVALUATION, _JUDGED, _TARGET = ("evaluation",), ("evaluation", "pilot"), ("target",)


def _fields(kinds: tuple[str, ...], *names: str) -> dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]]:
    """Columns that are a field of the same name."""
    return {name: (kinds, attrgetter(name)) for name in names}


_OF_KIND: Final[dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]]] = {
    **_fields(_MEETING, "meeting_class", "form", "group_discussion", "attendees"),
    "reach_level": (_MEETING, _level("reach_level")),
    "chair_rank": (_MEETING, lambda data: rank_presiding(data.chair_rank)),
    "longest_speech_minutes": (_MEETING, lambda data: _speeches(data)[0]),
    "second_speech_minutes": (_MEETING, lambda data: _speeches(data)[1]),
    "required_rank": (_MEETING, rank_required),
    **_fields(_DOCUMENT, "doc_class", "direction", "char_count", "page_count", "similarity_to_parent", "urgency"),
    **_fields(_DOCUMENT, "requires_followup_doc", "requires_report"),
    **_fields(_INSPECTION, "inspection_class", "team_size", "scoring", "third_party", "random_check"),
    **_fields(_INSPECTION, "reception_staff"),
    "reception_rank": (_INSPECTION, lambda data: rank_demanded(data.reception_rank)),
    "ranking_published": (("inspection", "evaluation"), attrgetter("ranking_published")),
    "inspected_place": (_INSPECTION, attrgetter("place")),
    "materials": (_INSPECTION, lambda data: len(data.materials_requested)),
    "criteria": (_INSPECTION, lambda data: len(data.criteria)),
    "trace_criteria": (_INSPECTION, lambda data: sum(map(rewards_traces, data.criteria))),
    "grades": (_INSPECTION, lambda data: len(data.grades)),
    "materials_or_grades": (_INSPECTION, _judging),
    **_fields(_REQUEST, "claims_statistical"),
    "proofs": (_REQUEST, lambda data: len(data.proof_required)),
    **_fields(_APP, "mandatory", "install_rate_target"),
    "owner_level": (_APP, _level("owner_level")),
    "app_form": (_APP, lambda data: any(map(collects_forms, data.functions)) if data.functions else None),
    "app_scores": (_APP, lambda data: sum(map(keeps_score, data.functions)) if data.functions else None),
    **_fields(_GROUP, "members", "instant_reply"),
    **_fields(_CHECKIN, "taps"),
    "approver_level": (_JUDGED, _level("approver_level")),
    **_fields(_JUDGED, "indicators"),
    **_fields(_EVALUATION, "parent_indicators", "veto"),
    "home_level": (_SECONDMENT, _level("home_level")),
    "host_level": (_SECONDMENT, _level("host_level")),
    **_fields(_SECONDMENT, "extension_n", "label"),
    "lent_days": (_SECONDMENT, _lent_days),
    "list_item": (("certificate",), attrgetter("list_item")),
    **_fields(_TARGET, "quantity", "base", "parent_quantity"),
}
