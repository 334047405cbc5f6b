"""The naive oracle: load counted unit by unit and occurrence by occurrence from event documents, straight from the contract.

Pure. Flows in: CloudEvents as dicts (unique identities). Flows out: the load of one unit. Shares no code with ``streams.ledger``.
Recurrences are walked day by day: DAILY, WEEKLY with BYDAY, MONTHLY with BYMONTHDAY; INTERVAL, COUNT, UNTIL.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ESTIMATE = (1, 2, 3)
_ZONE = ZoneInfo("Asia/Shanghai")
_SPANS = {"24h": 1, "7d": 7, "30d": 30, "365d": 365}


def _triple(effort: Any) -> tuple[int, int, int]:
    return (effort,) * 3 if isinstance(effort, int) else (effort["low"], effort["likely"], effort["high"])


def reached(reach: dict[str, Any], unit: str) -> bool:
    """Whether a selector of divisions (no lines) reaches a unit: the contract's sentence."""
    tier = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}[len(unit)]
    inside = any(unit.startswith(area) for area in reach.get("areas", ()))
    kept_out = any(unit.startswith(area) for area in reach.get("except", ()))
    return unit in reach.get("units", ()) or (tier in reach.get("tiers", ()) and inside and not kept_out)


def _on(parts: dict[str, str], first: date, day: date) -> bool:
    """Whether a rule that begins on ``first`` falls on ``day``."""
    interval = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "DAILY":
        return (day - first).days % interval == 0
    if parts["FREQ"] == "WEEKLY":
        weeks = (day - timedelta(days=day.weekday()) - first + timedelta(days=first.weekday())).days // 7
        named = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        return weeks % interval == 0 and named[day.weekday()] in parts.get("BYDAY", named[first.weekday()]).split(",")
    months = (day.year - first.year) * 12 + day.month - first.month
    length = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    days = [int(number) for number in parts.get("BYMONTHDAY", str(first.day)).split(",")]
    return months % interval == 0 and (day.day in days or day.day - length - 1 in days)


def starts(data: dict[str, Any], time: str, end: datetime) -> list[datetime]:
    """Starts of a demand up to ``end`` for one that recurs."""
    first = datetime.fromisoformat(data.get("starts_at") or time)
    rule = data.get("recurrence")
    if not rule:
        return [first]
    parts = dict(part.split("=") for part in rule.split(";"))
    if "UNTIL" in parts:
        end = min(end, datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
    local, found = first.astimezone(_ZONE), []
    for number in range((end - first).days + 2):
        one = local + timedelta(days=number)
        if one <= end and _on(parts, local.date(), one.date()):
            found.append(one)
    return found[: int(parts.get("COUNT", "1000000"))]


def _counts(window: str, start: datetime, now: datetime) -> bool:
    if window.startswith("ahead"):
        return now < start <= now + timedelta(days=int(window[5:-1]))
    if window in _SPANS:
        return now - timedelta(days=_SPANS[window]) < start <= now
    one, other = start.astimezone(_ZONE), now.astimezone(_ZONE)
    names: dict[str, Callable[[datetime], object]] = {
        "day": lambda d: d.date(),
        "week": lambda d: d.isocalendar()[:2],
        "month": lambda d: (d.year, d.month),
        "quarter": lambda d: (d.year, (d.month - 1) // 3),
        "year": lambda d: d.year,
    }
    return start <= now and names[window](one) == names[window](other)


def occurrences(
    events: list[dict[str, Any]], unit: str, end: datetime
) -> list[tuple[str, datetime, tuple[int, int, int]]]:
    """Kind, start and effort (low, likely, high) of everything that counts for ``unit``, recurrence up to ``end``."""
    found: list[tuple[str, datetime, tuple[int, int, int]]] = []
    ordered = sorted(events, key=lambda e: (datetime.fromisoformat(e["time"]), e["id"]))
    for original in (e for e in events if e["type"].endswith(".issued.v1")):
        data, cutoff, effect = dict(original["data"]), None, None
        answers: list[dict[str, Any]] = []
        returns: list[tuple[datetime, tuple[int, int, int]]] = []
        for event in ordered:
            said, when = event["data"], datetime.fromisoformat(event["time"])
            same_kind = event["type"].split(".")[1] == original["type"].split(".")[1]
            if said.get("amends") == original["id"] and same_kind:
                data.update({name: value for name, value in said.items() if name != "amends"})
            if original["id"] in (said.get("withdraws"), said.get("ends")):
                cutoff = when if cutoff is None else min(cutoff, when)
            if said.get("answers") == original["id"] and said["unit"] == unit:
                answers.append(said)
            if said.get("returns") == original["id"] and said["unit"] == unit:
                returns.append((when, _triple(said["effort_minutes"])))
            if original["id"] in said.get("restates", ()):
                effect = said["effect"]
        if effect == "void" or not reached(data["reach"], unit):
            continue
        declared = data.get("effort_minutes")
        effort = ESTIMATE if declared is None else _triple(declared)
        if effect is not None:
            effort = _triple(effect["effort_minutes"])
        mine = []
        for start in starts(data, original["time"], end):
            bears = effort
            for said in answers:
                at = said.get("occurrence_at")
                if not data.get("recurrence") or (at and datetime.fromisoformat(at) == start):
                    bears = _triple(said["actual_minutes"])
            mine.append((start, bears))
        kind = original["type"].split(".")[1]
        found += [(kind, s, e) for s, e in mine + returns if cutoff is None or s < cutoff]
    return found


def load(events: list[dict[str, Any]], unit: str, metric: str, now: datetime) -> int:
    """The load of ``unit`` under KIND.MEASURE.WINDOW at ``now``."""
    return counted(occurrences(events, unit, now + timedelta(days=31)), metric, now)


def counted(found: list[tuple[str, datetime, tuple[int, int, int]]], metric: str, now: datetime) -> int:
    """The load that these occurrences amount to under KIND.MEASURE.WINDOW at ``now``."""
    kind, measure, window = metric.split(".")
    place = {"minutes_low": 0, "minutes": 1, "minutes_high": 2}.get(measure)
    return sum(
        1 if place is None else effort[place]
        for one, start, effort in found
        if kind in ("all", one) and _counts(window, start, now)
    )
