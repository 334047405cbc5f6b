"""The naive oracle: load counted unit by unit and occurrence by occurrence from event documents, straight from the contract.

Pure. Flows in: CloudEvents as dicts (unique identities). Flows out: the load of one unit. Shares no code with ``streams.ledger``.
Knows the recurrences FREQ=DAILY and FREQ=WEEKLY with COUNT, which need no library.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ESTIMATE = (1, 2, 3)
_ZONE = ZoneInfo("Asia/Shanghai")
_SPANS = {"24h": 1, "7d": 7, "30d": 30, "365d": 365}


def _triple(effort: Any) -> tuple[int, int, int]:
    return (effort,) * 3 if isinstance(effort, int) else (effort["low"], effort["likely"], effort["high"])


def _starts(data: dict[str, Any], time: str) -> list[datetime]:
    first = datetime.fromisoformat(data.get("starts_at") or time)
    rule = data.get("recurrence")
    if not rule:
        return [first]
    parts = dict(part.split("=") for part in rule.split(";"))
    step = timedelta(days=7 if parts["FREQ"] == "WEEKLY" else 1)
    return [first + number * step for number in range(int(parts["COUNT"]))]


def _counts(window: str, start: datetime, now: datetime) -> bool:
    if window.startswith("ahead"):
        return now < start <= now + timedelta(days=int(window[5:-1]))
    if window in _SPANS:
        return now - timedelta(days=_SPANS[window]) < start <= now
    one, other = start.astimezone(_ZONE), now.astimezone(_ZONE)
    names = {
        "day": lambda d: d.date(),
        "week": lambda d: d.isocalendar()[:2],
        "month": lambda d: (d.year, d.month),
        "quarter": lambda d: (d.year, (d.month - 1) // 3),
        "year": lambda d: d.year,
    }
    return start <= now and names[window](one) == names[window](other)


def occurrences(events: list[dict[str, Any]], unit: str) -> list[tuple[str, datetime, tuple[int, int, int]]]:
    """Kind, start and effort (low, likely, high) of everything that counts for ``unit``."""
    found: list[tuple[str, datetime, tuple[int, int, int]]] = []
    ordered = sorted(events, key=lambda e: (datetime.fromisoformat(e["time"]), e["id"]))
    for original in (e for e in events if e["type"].endswith(".issued.v1")):
        data, cutoff, effect = dict(original["data"]), None, None
        answers: list[dict[str, Any]] = []
        returns: list[tuple[datetime, tuple[int, int, int]]] = []
        for event in ordered:
            said, when = event["data"], datetime.fromisoformat(event["time"])
            if said.get("amends") == original["id"]:
                data.update({name: value for name, value in said.items() if name != "amends"})
            if original["id"] in (said.get("withdraws"), said.get("ends")):
                cutoff = when if cutoff is None else min(cutoff, when)
            if said.get("answers") == original["id"] and said["unit"] == unit:
                answers.append(said)
            if said.get("returns") == original["id"] and said["unit"] == unit:
                returns.append((when, _triple(said["effort_minutes"])))
            if original["id"] in said.get("restates", ()):
                effect = said["effect"]
        if effect == "void" or unit not in data["reach"]["units"]:
            continue
        declared = data.get("effort_minutes")
        effort = ESTIMATE if declared is None else _triple(declared)
        if effect is not None:
            effort = _triple(effect["effort_minutes"])
        mine = []
        for start in _starts(data, original["time"]):
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
    kind, measure, window = metric.split(".")
    place = {"minutes_low": 0, "minutes": 1, "minutes_high": 2}.get(measure)
    return sum(
        1 if place is None else effort[place]
        for one, start, effort in occurrences(events, unit)
        if kind in ("all", one) and _counts(window, start, now)
    )
