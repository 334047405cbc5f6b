"""Burden that moves or comes back: the tables ``shifts`` (R22) and ``rebounds`` (R21), and ``corrections`` (R23).

Pure. Flows in: facts and ``now_us``. Flows out: polars frames. A share that rose says little where few demands stand behind it: each rise is
also given in standard deviations of the difference of two shares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final

import polars as pl

from streams.calendars.periods import DAY_US
from streams.events.docno import is_none, is_number
from streams.rules.columns import LISTED_EVENTS, Row, bare, common, frame, of_issuer, working_minutes
from streams.rules.facts import Facts, Issuance, day_of, name_of, workdays_since
from streams.rules.spans import span_us

WINDOWS_DAYS: Final = (7, 91)
HALF_YEAR_US: Final = 182 * DAY_US
NEW_TITLES: Final = ("专题会", "推进会", "调度会", "碰头会")
Split = tuple[list[Issuance], list[Issuance]]


def shifts_table(facts: Facts, now_us: int, windows_days: Sequence[int] = WINDOWS_DAYS) -> pl.DataFrame:
    """The table ``shifts``: each issuer's last window against the one before it, for windows of several lengths."""
    rows: list[Row] = []
    for days in windows_days:
        width = days * DAY_US
        issuers: dict[str, Split] = {}
        for one in facts.issued:
            age = now_us - one.at_us
            if 0 <= age < 2 * width:
                issuers.setdefault(one.data.issuer, ([], []))[age < width].append(one)
        rows.extend(_shift(who, split, days, facts) for who, split in sorted(issuers.items()) if split[0] and split[1])
    return frame("shifts", rows)


def _shift(who: str, split: Split, days: int, facts: Facts) -> Row:
    papers: Split = ([one for one in split[0] if _paper(one)], [one for one in split[1] if _paper(one)])
    called: Split = (
        [one for one in split[0] if one.event.kind == "meeting"],
        [one for one in split[1] if one.event.kind == "meeting"],
    )
    unnumbered = [sum(map(_unnumbered, side)) for side in papers]
    points, deviations = rise(papers, _unnumbered)
    off_points, off_deviations = rise(called, lambda one: _off_hours(one, facts))
    new_points, new_deviations = rise(called, lambda one: any(word in one.data.title for word in NEW_TITLES))
    last = split[1][-1]
    concerned = [*papers[1], *called[1]] or [last]
    return common(concerned[-1], f"{days}d", others=concerned[:-1], subject=f"issuer:{who}") | {
        "exempting": [],
        "window_days": days,
        "numbered_before": len(papers[0]) - unnumbered[0],
        "numbered": len(papers[1]) - unnumbered[1],
        "unnumbered_before": unnumbered[0],
        "unnumbered": unnumbered[1],
        "points": points,
        "deviations": deviations,
        "off_hours_points": off_points,
        "off_hours_deviations": off_deviations,
        "retitled_points": new_points,
        "retitled_deviations": new_deviations,
        "feeds_before": len({one.event.source for one in split[0]}),
        "feeds": len({one.event.source for one in split[1]}),
    }


def _unnumbered(one: Issuance) -> bool:
    return not is_number(one.data.doc_no)


def _paper(one: Issuance) -> bool:
    """Documents and requests that demand something, or carry a number."""
    return one.event.kind in ("document", "request") and bool(
        not _unnumbered(one) or one.data.demands or one.data.items
    )


def _off_hours(one: Issuance, facts: Facts) -> bool:
    start, end = span_us(one.data)
    if start is None or end is None or end <= start:
        return False
    return not working_minutes(facts.calendar, start, end)


def rise(split: Split, is_such: Callable[[Issuance], bool]) -> tuple[float | None, float | None]:
    """By how many percentage points a share rose from the first side to the second, and in standard deviations of that difference."""
    counts = [len(side) for side in split]
    if not all(counts):
        return None, None
    such = [sum(map(is_such, side)) for side in split]
    before, after = such[0] / counts[0], such[1] / counts[1]
    pooled = sum(such) / sum(counts)
    spread = sqrt(pooled * (1 - pooled) * (1 / counts[0] + 1 / counts[1]))
    return 100 * (after - before), (after - before) / spread if spread else 0.0


def rebounds_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``rebounds``: for each issuer and matter, what came after its last warning against the half year before its first."""
    warned: dict[tuple[str, str], list[int]] = {}
    for one in facts.warnings:
        if one.at_us <= now_us:
            warned.setdefault((one.issuer, one.what), []).append(one.at_us)
    made: dict[str, list[Issuance]] = {}
    for issued in sorted((*facts.issued, *facts.withdrawn), key=lambda it: (it.at_us, it.name)):
        made.setdefault(issued.data.issuer, []).append(issued)
    rows: list[Row] = []
    for (who, what), times in sorted(warned.items()):
        concerned = [one for one in made.get(who, ()) if _concerns(one, what)]
        last = max(times)
        before = [one for one in concerned if last - HALF_YEAR_US <= one.at_us <= last]
        after = [one for one in concerned if last < one.at_us <= min(now_us, last + HALF_YEAR_US)]
        if before and after:
            rows.append(
                common(after[-1], day_of(last).isoformat(), others=(*before, *after[:-1]), subject=f"issuer:{who}")
                | {
                    "exempting": [],
                    "what": what,
                    "before": len(before),
                    "after": len(after),
                    "ratio": len(after) / len(before),
                    "workdays_after": workdays_since(facts.calendar, last, now_us),
                }
            )
    return frame("rebounds", rows)


def _concerns(one: Issuance, what: str) -> bool:
    """Whether a demand is of the matter that a warning was about."""
    kind, _, more = what.partition(":")
    if kind not in ("all", one.event.kind):
        return False
    data = one.data
    return more != "off-plan" or all(
        map(is_none, (data.plan_item_id, data.filing_id, getattr(data, "plan_item", None)))
    )


def corrections_table(facts: Facts) -> pl.DataFrame:
    """The table ``corrections``: each upheld appeal."""
    rows: list[Row] = []
    for event in facts.corrections:
        data = event.data
        row = bare(f"event:{name_of(event.source, event.id)}", event.time_us, "") | {
            "issuer": data.issuer or "",
            "events": [
                name_of(event.source, event.id),
                *(name_of(it.source, it.id) for it in event.targets[: LISTED_EVENTS - 1]),
            ],
            "events_in_all": 1 + len(event.targets),
            "void": data.effect == "void",
            "restated": len(event.targets),
            "has_ground": bool(data.ground),
        }
        rows.append(row | of_issuer(data.issuer, facts.registry))
    return frame("corrections", rows)
