"""``python -m tests.bench.detections [--write FILE]``: recall and precision of every rule on the simulator's labels.

A label is met when a finding of its phenomenon (R01 to R24) is about one of its events or about its subject. A finding is right when
it meets a label that expects it; a near miss is a label on which the rule must stay silent. Seeds and places are others than those
that the rules were made with.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from streams.calendars import Calendar
from streams.effort import estimate
from streams.events import Event, Refused, decode
from streams.events.model import Ref
from streams.ledger.ledger import I64, loads_at
from streams.ledger.metrics import Metric
from streams.ledger.replay import postings_from
from streams.registry import Registry, load
from streams.rules import BUILDERS, Lists, LoadWatch, Rulebook, evaluate, events_table, gather, shipped, truths
from streams.rules import load as load_packs
from streams.rules.facts import day_of
from streams.rules.recorded import fields_recorded
from streams.simulate import Label, Labelled, stream
from streams.simulate.choosing import HELD
from tests.bench.__main__ import write
from tests.bench.figures import machine, today

AREAS: Final = ("3302", "4307", "6101")
SEEDS: Final = (101, 202)
FIRST: Final = date(2026, 3, 1)
DAYS: Final = 84
LEARNT: Final = 28
"""The first days, in which a feed shows its rhythm: no silence is judged before they are over."""
DUTY: Final = {"": {"JB-*": "basic", "PH-*": "cooperate", "SH-*": "withdrawn"}}
NOTES: Final = {
    "R20": "not decidable from labels: places of the flow that pass the level are hot by the rule itself, and no label names them",
}

COUNTING: Final = ("R05-merge", "R12-month", "R12-teams")
"""Facts that count or suggest: they accuse nobody, and no label names them."""


@dataclass
class Tally:
    """Of one phenomenon."""

    labels: int = 0
    met: int = 0
    misses: int = 0
    wrong: int = 0
    """Near misses on which it did not stay silent."""
    found: int = 0
    right: int = 0
    strays: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.met / self.labels if self.labels else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


@dataclass(frozen=True)
class Found:
    """A finding by what it is about."""

    rule: str
    subject: str
    events: frozenset[str]


def looks() -> list[int]:
    """The end of each day of the stream, microseconds UTC."""
    zone = ZoneInfo("Asia/Shanghai")
    ends = (datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=zone) + timedelta(days=n) for n in range(1, DAYS + 1))
    return [int(one.timestamp()) * 1_000_000 - 1 for one in ends]


def findings(events: list[Event], registry: Registry, book: Rulebook, calendar: Calendar) -> dict[str, Found]:
    """Everything that is ever found: event and relation rules once, momentary ones and loads at the end of each day."""
    lists = Lists(duty=DUTY, held={element: (line,) for element, line in HELD.items()})
    facts = gather(events, registry, calendar, lists=lists)
    as_issued = gather([one for one in events if one.verb == "issued"], registry, calendar, lists=lists)
    out: dict[str, Found] = {}
    ends = looks()
    momentary = ("quotas", "shifts", "rebounds", "outcomes", "standing", "cases")
    lasting = tuple(one for one in BUILDERS if one not in ("events", "feeds", *momentary))
    rows = events_table(as_issued.issued, calendar, lists, fields_recorded(as_issued.issued))
    for truth in truths(rows, book, "events"):
        if truth.holds:
            out[truth.id] = Found(truth.rule, truth.subject, frozenset(truth.events))
    passes = [(ends[-1], facts, lasting)]
    passes += [(end, facts, momentary) for end in ends]
    passes += [(end, facts, ("feeds",)) for end in ends[LEARNT:]]
    for now_us, known, tables in passes:
        for truth in evaluate(book, known, now_us, tables):
            if truth.holds and truth.rule not in COUNTING:
                out[truth.id] = Found(truth.rule, truth.subject, frozenset(truth.events))
    for rule, subject in loaded(events, registry, book, ends):
        out[f"{rule} {subject}"] = Found(rule, subject, frozenset())
    return out


def _reader(known: dict[Metric, dict[int, I64]]) -> Callable[[Metric, int], I64]:
    """How a watch reads the loads of one instant."""
    return lambda metric, tier: known[metric][tier]


def loaded(events: list[Event], registry: Registry, book: Rulebook, ends: list[int]) -> Iterator[tuple[str, str]]:
    """Rule and subject of every load rule that held at the end of a day."""
    postings = postings_from(events, registry, estimate, ends[-1])
    sizes = {tier: registry.size(tier) for tier in registry.tiers}
    watch = LoadWatch(book, registry, day_of(ends[0]))
    for end in ends:
        watch.move(day_of(end))
        known = {metric: loads_at(postings, metric, end, sizes) for metric, _ in watch.metrics}
        for truth in watch.truths(watch.changes(_reader(known))):
            if truth.holds:
                yield truth.rule, truth.subject


def collisions(events: list[Event], registry: Registry) -> list[Label]:
    """Collisions between posts (R05) that the flow holds by chance, found by comparing every pair of meetings."""
    taken = {target for event in events if event.verb == "withdrawn" for target in event.targets}
    meetings = [
        (event, frozenset(one.post for one in event.data.attendees_required), registry.resolve(event.data.reach))
        for event in events
        if event.kind == "meeting"
        and event.verb == "issued"
        and not event.data.recurrence
        and not event.data.emergency
        and Ref(event.source, event.id) not in taken
    ]
    found: list[Label] = []
    for number, (one, posts, ranges) in enumerate(meetings):
        for other, theirs, reached in meetings[:number]:
            at_once = one.data.planned_start_us < _end(other) and other.data.planned_start_us < _end(one)
            there = any(a.tier == b.tier and a.lo < b.hi and b.lo < a.hi for a in ranges for b in reached)
            if posts & theirs and at_once and there:
                pair = (Labelled(other.source, other.id), Labelled(one.source, one.id))
                found.append(Label("R05", pair, one.data.issuer, "同一岗位同一时段两会冲突", True))
    return found


def _end(event: Event) -> int:
    return int(event.data.planned_end_us)


def meets(found: Found, label: Label, names: frozenset[str]) -> bool:
    """Whether a finding is about what a label is about."""
    about = found.subject.partition(":")[2]
    return (
        about in names
        or bool(found.events & names)
        or (bool(label.subject) and label.subject in (about, found.subject))
    )


def judged(found: Iterable[Found], labels: list[Label], tallies: dict[str, Tally]) -> None:
    """Adds one run to the tallies."""
    by_rule: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_rule[one.rule[:3]].append(one)
    expected: defaultdict[str, list[tuple[Label, frozenset[str]]]] = defaultdict(list)
    for label in labels:
        names = frozenset(f"{one.source}#{one.id}" for one in label.events)
        tally = tallies[label.rule]
        if label.expected:
            expected[label.rule].append((label, names))
            tally.labels += 1
            tally.met += any(meets(one, label, names) for one in by_rule[label.rule])
        else:
            last = f"{label.events[-1].source}#{label.events[-1].id}"
            tally.misses += 1
            tally.wrong += any(one.subject in (f"event:{last}", f"feed:{label.subject}") for one in by_rule[label.rule])
    for rule, ones in by_rule.items():
        names = frozenset().union(*(names for _, names in expected[rule]))
        subjects = {label.subject for label, _ in expected[rule] if label.subject}
        tally = tallies[rule]
        for one in ones:
            about = one.subject.partition(":")[2]
            right = about in names or bool(one.events & names) or bool({about, one.subject} & subjects)
            tally.found += 1
            tally.right += right
            if not right and len(tally.strays) < 3:
                tally.strays.append(f"{one.rule} {one.subject}")


def main() -> None:
    """All areas and seeds; prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detections", description=__doc__)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--strays", action="store_true", help="show findings without a label")
    asked = parser.parse_args()
    registry, book, calendar = (
        load(),
        Rulebook(one for one in load_packs(shipped()) if one.name == "national"),
        Calendar.load(),
    )
    tallies: dict[str, Tally] = {f"R{number:02d}": Tally() for number in range(1, 25)}
    count = 0
    for area in AREAS:
        for seed in SEEDS:
            events, labels = read(registry, area, seed)
            count += len(events)
            labels += collisions(events, registry)
            judged(findings(events, registry, book, calendar).values(), labels, tallies)
    what = f"{count:,} events of {DAYS} days in {', '.join(AREAS)}, seeds {', '.join(map(str, SEEDS))}"
    text = f"{today()}, {machine()}. Command: `python -m tests.bench.detections`. {what}.\n\n{table(tallies)}"
    print(text)
    if asked.strays:
        for rule, tally in tallies.items():
            print(rule, tally.strays)
    if asked.write:
        write(asked.write, "detections", text)


def read(registry: Registry, area: str, seed: int) -> tuple[list[Event], list[Label]]:
    """The good events of a stream, each once, and its labels."""
    events: dict[tuple[str, str], Event] = {}
    labels: list[Label] = []
    for one in stream(registry, seed=seed, start=FIRST, end=FIRST + timedelta(days=DAYS), area=area, scale=1.0):
        labels.extend(one.labels)
        try:
            event = decode(one.raw)
        except Refused:
            continue
        events.setdefault((event.source, event.id), event)
    learnt_us = looks()[LEARNT]

    def decidable(label: Label) -> bool:
        """A feed that speaks again before its rhythm is known was silent unseen."""
        last = events[label.events[-1].source, label.events[-1].id]
        return label.rule != "R24" or len(label.events) == 1 or last.time_us > learnt_us

    return list(events.values()), [one for one in labels if decidable(one)]


def table(tallies: dict[str, Tally]) -> str:
    """As markdown."""
    lines = [
        "| rule | labels | recall | findings | precision | near misses | not silent | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for rule, one in tallies.items():
        low = one.recall < 0.95 or one.precision < 0.95
        note = NOTES.get(rule, "below the goal") if low else ""
        lines.append(
            f"| {rule} | {one.labels} | {one.recall:.3f} | {one.found} | {one.precision:.3f} | {one.misses} | {one.wrong} | {note} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
