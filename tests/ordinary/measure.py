"""``python -m tests.ordinary.measure [--write FILE]``: what the running judge and notifier make of ordinary weeks, up to the webhook's body.

The same classes that run, over a real store, hour by hour; only the clock is given. Flows in: seeds, weeks. Flows out: a table by rule.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from clickhouse_connect.driver.client import Client

from infra.local.clickhouse import ClickHouseNode
from streams.agents.judge.judge import SLOW, Judge
from streams.agents.notifier.notifier import Notifier
from streams.agents.notifier.outbox import Outbox
from streams.alerts.message import Words, webhook_body
from streams.alerts.model import Notification
from streams.alerts.policy import Policy
from streams.calendars import Calendar
from streams.effort import estimate
from streams.events import Event, decode
from streams.ledger.replay import postings_from
from streams.registry import Registry, load
from streams.rules import Rulebook, shipped
from streams.rules import load as load_packs
from streams.store import Address, connect, insert_postings, migrate
from tests.bench.__main__ import write
from tests.bench.figures import machine, today
from tests.ordinary.cases import near, plant
from tests.ordinary.life import ZONE, County, Life, raw
from tests.store.stored import put

MONDAY: Final = datetime(2026, 3, 2, tzinfo=ZONE)
WEEKS: Final = 5
QUIET: Final = 3
"""The first weeks hold nothing planted: sources show what they record, and false alarms are counted."""
HOUR_US: Final = 3_600_000_000
POLICY: Final = Policy.model_validate(
    {
        "version": 1,
        "kind": "alert-policy",
        "group_wait": "0s",
        "group_interval": "1m",
        "cap_per_day": 10_000,
        "watchdog": "1000w",
    }
    | {"receivers": [{"name": "desk", "webhook": "http://127.0.0.1:9/hook"}]}
)


@dataclass
class Seen:
    """What a receiver was told: alerts that fired, by rule and subject, with their layer."""

    alerts: dict[tuple[str, str], str] = field(default_factory=dict)
    first_us: dict[tuple[str, str], int] = field(default_factory=dict)

    def send(self, one: Notification, words: Words) -> None:
        """As a webhook takes it."""
        for alert in webhook_body(one, "desk", words)["alerts"]:
            labels, layer = alert["labels"], alert["annotations"].get("layer", "")
            if alert["status"] == "firing" and "finding" in labels:
                key = (labels["alertname"], labels["subject"])
                self.alerts.setdefault(key, layer)
                self.first_us.setdefault(key, one.at_us)


@dataclass
class Measured:
    """One county's weeks: what was planted and met, and what was told without being planted."""

    life: Life
    seen: Seen
    met: dict[str, bool] = field(default_factory=dict)
    false: list[tuple[str, str, str]] = field(default_factory=list)
    """Rule, layer and what the subject is."""


def life_of(seed: int, weeks: int = WEEKS) -> Life:
    """Ordinary weeks; from the fourth on with violations and look-alikes."""
    county = County(seed, MONDAY)
    for week in range(weeks):
        county.week(week)
        if week >= QUIET:
            plant(county, week)
            near(county, week)
    county.life.events.sort(key=lambda event: str(event["time"]))
    return county.life


def run(client: Client, registry: Registry, life: Life) -> Seen:
    """The weeks, hour by hour, through judge and notifier; the demands' load first."""
    events = sorted((decode(raw(event)) for event in life.events), key=lambda event: event.time_us)
    _postings(client, registry, events)
    calendar, book, seen = Calendar.load(), Rulebook(load_packs(shipped())), Seen()
    now_us = events[0].time_us
    judge = Judge(client, registry, book, calendar, now_us)
    notifier = Notifier(
        client,
        registry,
        book,
        calendar,
        POLICY,
        lambda words: Outbox({"desk": (seen, 10_000)}, words, lambda: now_us),
        now_us,
    )
    stored, end_us = 0, events[-1].time_us + 3 * 24 * HOUR_US
    for hour, now_us in enumerate(range(events[0].time_us, end_us, 2 * HOUR_US)):
        batch = [event for event in events[stored:] if event.time_us <= now_us]
        if batch:
            put(client, batch, stored)
            stored += len(batch)
        while judge.events(now_us):
            pass
        judge.loads(now_us)
        if hour % 6 == 0:
            judge.learn(now_us)
            for family in SLOW:
                judge.family(family, now_us)
        notifier.step(now_us)
        while not notifier.is_idle:
            notifier.deliver_for(0.05)
    notifier.close()
    return seen


def _postings(client: Client, registry: Registry, events: list[Event]) -> None:
    postings = postings_from(events, registry, estimate, events[-1].time_us + 60 * 24 * HOUR_US)
    insert_postings(client, postings, shard=0, run=1)


def judged(life: Life, seen: Seen) -> Measured:
    """What was told against what was planted: a planted event is met by any alert of its phenomena about it."""
    found = Measured(life, seen)
    about: dict[str, set[str]] = {}
    for rule, subject in seen.alerts:
        about.setdefault(subject.rpartition("#")[2], set()).add(rule)
    for planted in life.planted:
        rules = about.get(planted.event, set())
        found.met[f"{planted.event} {planted.what}"] = any(rule[:3] in planted.phenomena for rule in rules)
    right = {planted.event for planted in life.planted}
    for (rule, subject), layer in sorted(seen.alerts.items()):
        event = subject.rpartition("#")[2]
        if event not in right and layer in ("breach", "notice"):
            found.false.append((rule, layer, life.near.get(event, "ordinary life")))
    return found


@contextmanager
def store() -> Iterator[Client]:
    """An embedded store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        node = ClickHouseNode(Path(folder), password="ordinary")
        node.start()
        try:
            client = connect(Address(*node.address, "burdenwatch", "ordinary"))
            migrate(client)
            yield client
        finally:
            node.stop()


def measured(seed: int) -> Measured:
    """One seed, in a store of its own."""
    life = life_of(seed)
    with store() as client:
        return judged(life, run(client, load(), life))


def table(all_of: list[Measured], weeks: int) -> str:
    """Recall by phenomenon, and what was told without being planted, by rule and county week."""
    planted: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for one in all_of:
        for case in one.life.planted:
            planted[case.phenomena[0]] += 1
            met[case.phenomena[0]] += one.met[f"{case.event} {case.what}"]
    told = Counter((rule, layer) for one in all_of for rule, layer, _ in one.false)
    county_weeks = len(all_of) * weeks
    lines = ["| phenomenon | planted | recall |", "|---|---:|---:|"]
    lines += [f"| {name} | {count} | {met[name] / count:.3f} |" for name, count in sorted(planted.items())]
    lines += ["", "| told and not planted | layer | a county and week |", "|---|---|---:|"]
    lines += [f"| {rule} | {layer} | {count / county_weeks:.2f} |" for (rule, layer), count in sorted(told.items())]
    for layer in ("breach", "notice"):
        total = sum(count for (_, of), count in told.items() if of == layer)
        lines.append(f"| all of layer {layer} | {layer} | {total / county_weeks:.2f} |")
    lines += ["", f"Recall of all: {sum(met.values()) / sum(planted.values()):.3f}."]
    return "\n".join(lines)


def main() -> None:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    asked: Any = parser.parse_args()
    all_of = [measured(seed) for seed in range(asked.seeds)]
    head = f"{today()}, {machine()}. Command: `python -m tests.ordinary.measure`. {asked.seeds} seeds of {WEEKS} weeks of one county."
    text = f"{head}\n\n{table(all_of, WEEKS)}"
    if asked.write:
        write(asked.write, "ordinary", text)
    print(text)
    for one in all_of:
        print([case for case, met in one.met.items() if not met], Counter(one.false).most_common(20))


if __name__ == "__main__":
    main()
