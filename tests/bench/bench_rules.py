"""What the rules cost: event rules on whole batches, load rules on every unit, the machine on a storm. Run it by hand; it prints figures.

python -m tests.bench.bench_rules
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import numpy as np

from streams.calendars import Calendar
from streams.events import decode
from streams.events.data import us
from streams.ledger.metrics import Metric
from streams.registry import load as load_registry
from streams.rules import (
    Findings,
    LoadWatch,
    Rulebook,
    Truth,
    events_table,
    issuance,
    judge,
    load,
    shipped,
    step,
    truths,
)
from streams.rules.backtest import found
from streams.rules.book import Standing
from streams.rules.pack import Pack, Scope
from tests.bench.figures import Row, at_least, at_most

EVENTS = 20_000
KINDS = ("document", "request", "meeting", "inspection", "document", "request")


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the quickest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def body(n: int) -> bytes:
    """One plausible event."""
    data = {
        "issuer": "510104-education" if n % 3 else "370102-education",
        "title": f"关于报送情况的通知 {n}",
        "reach": {"areas": ["510104"], "tiers": ["township"]},
        "doc_no": f"锦教发〔2026〕{n}号",
        "deadline_at": "2026-03-09T17:30:00+08:00",
        "demands": ["form"],
        "plan_item_id": "JH-1",
        "items": [{"element": f"e{n + step}"} for step in range(4)],
    }
    kind = KINDS[n % len(KINDS)]
    head = {"specversion": "1.0", "id": str(n), "source": "//bench", "type": f"burden.{kind}.issued.v1"}
    return msgspec.json.encode(head | {"time": "2026-03-02T09:00:00+08:00", "data": data})


def events(book: Rulebook) -> list[Row]:
    """Event rules: evaluation alone, and with the table made from events."""
    registry, calendar = load_registry(), Calendar.load()
    decoded = [decode(body(n)) for n in range(EVENTS)]
    issued = [one for event in decoded if (one := issuance(event, registry)) is not None]
    rules = len([one for one in book.variants("events") if one.area == ""])
    frame = events_table(issued, calendar)
    alone, table = best(lambda: truths(frame, book, "events")), best(lambda: events_table(issued, calendar), 3)
    whole = best(lambda: judge(book, issued, calendar), 3)
    counted = best(lambda: found(frame, book, "events"))
    known = best(lambda: [issuance(event, registry) for event in decoded], 3)
    n = len(issued) * rules
    what = f"event rules, {len(issued):,} events x {rules} rules"
    return [
        at_least(f"{what}: rule evaluations, columns made from events", n / whole / 1e6, "million/s", 1),
        Row(f"{what}: rule evaluations alone", n / alone / 1e6, "million/s"),
        Row(f"{what}: making the columns", table / len(issued) * 1e6, "us/event"),
        Row(f"{what}: place and reach of an event", known / len(issued) * 1e6, "us/event"),
        Row("backtest of event rules, of a table that is there", len(issued) / counted / 1e6, "million events/s"),
    ]


def loads(book: Rulebook) -> list[Row]:
    """Twenty load rules over all townships and villages, one second after another."""
    registry = load_registry()
    model = next(one for one in book.variants("units") if one.rule.id == "R20-hotspot")
    packs = [pack for pack in book.packs if pack.area == ""]
    rules = tuple(rule_of(model, n) for n in range(20))
    wide = Rulebook([one.model_copy(update={"rules": rules}) if isinstance(one, Pack) else one for one in packs])
    watch = LoadWatch(wide, registry, date(2026, 3, 2))
    random = np.random.default_rng(7)
    values = {tier: random.integers(0, 8_990, registry.size(tier)) for tier in (4, 5)}

    def load_of(_: Metric, tier: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return values[tier]

    watch.changes(load_of)
    national = LoadWatch(book, registry, date(2026, 3, 2))
    own = best(lambda: national.changes(load_of))
    units = sum(map(len, values.values()))
    quiet = best(lambda: watch.changes(load_of))
    values[4][:200] += 5_000
    start = time.perf_counter()
    changed = sum(len(one.up) for one in watch.changes(load_of))
    took = time.perf_counter() - start
    return [
        at_most(f"load rules, {units:,} units x 20 rules, without change", quiet * 1e3, "ms", 50),
        at_most(f"load rules, {units:,} units x 20 rules, {changed:,} changes", took * 1e3, "ms", 50),
        Row("load rules, the shipped ones with the quantile of peers", own * 1e3, "ms"),
    ]


def rule_of(model: Standing, n: int) -> object:
    """A load rule on townships and villages, without quantile."""
    rule = model.rule
    assert rule.load is not None
    plain = rule.load.model_copy(update={"peer_quantile": None, "band": None})
    update = {
        "id": f"R20-bench-{n}",
        "scope": Scope(tiers=("township", "village")),
        "load": plain,
        "limit": 9_000.0 + n,
    }
    return rule.model_copy(update=update)


def storm() -> list[Row]:
    """Ten thousand findings in one step."""
    now = us(datetime(2026, 3, 2, tzinfo=UTC))
    said = [Truth("R20-hotspot", f"unit:{n}", "", True, 1.0, 0.0, "national@2024-08-06") for n in range(10_000)]
    took = best(lambda: step(Findings(), said, now))
    return [Row("state machine, 10,000 findings in one step", took * 1e3, "ms")]


def main() -> list[Row]:
    """All of it."""
    book = Rulebook(load(shipped()))
    return [*events(book), *loads(book), *storm()]
