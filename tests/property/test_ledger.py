"""The ledger against the naive oracle: random event sets, orders, reconcile paths, shards, restarts and steps of time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events import Effort, Event, decode
from streams.events.data import us
from streams.events.model import Reach
from streams.ledger.ledger import Ledger, loads_at
from streams.ledger.lifecycle import demand_of, postings_of
from streams.ledger.metrics import MEASURES, WINDOWS, Metric
from streams.ledger.postings import Postings, concat, empty
from streams.registry.model import Range
from tests.property import oracle

TIER, SIZE = 5, 6
UNITS = [f"510104017{number:03d}" for number in range(1, SIZE + 1)]
RANKS = {code: rank for rank, code in enumerate(UNITS)}
BEGIN = datetime(2026, 3, 28, 15, 59, 59, 999_999, UTC)
TIMES = st.builds(
    lambda days, hours, tick: BEGIN + timedelta(days=days, hours=hours, microseconds=tick),
    st.integers(0, 9), st.sampled_from((0, 0, 8, 16)), st.integers(0, 2),
)  # fmt: skip
STAMPS = TIMES.map(lambda moment: moment.isoformat(timespec="microseconds"))
EFFORTS = st.one_of(st.integers(0, 90), st.just({"low": 5, "likely": 7, "high": 11}))
REACHES = st.sets(st.sampled_from(UNITS), min_size=1).map(lambda units: {"units": sorted(units)})
RULES = st.sampled_from((None, None, "FREQ=DAILY;COUNT=4", "FREQ=WEEKLY;COUNT=3"))
KINDS = st.sampled_from(("meeting", "request"))


@st.composite
def events(draw: st.DrawFn) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    ids = [f"i{number}" for number in range(draw(st.integers(1, 3)))]

    def put(name: str, kind: str, data: dict[str, Any]) -> None:
        out.append({"specversion": "1.0", "id": name, "source": "//oa.example.cn/510000/education",
                    "type": f"burden.{kind}.v1", "time": draw(STAMPS), "data": data})  # fmt: skip

    for name in ids:
        data = {"issuer": "510000-education", "title": "t", "reach": draw(REACHES), "starts_at": draw(STAMPS),
                "recurrence": draw(RULES), "effort_minutes": draw(st.one_of(st.none(), EFFORTS))}  # fmt: skip
        put(name, f"{draw(KINDS)}.issued", {key: value for key, value in data.items() if value is not None})
    for number in range(draw(st.integers(0, 8))):
        verb = draw(st.sampled_from(
            ("amended", "withdrawn", "ended", "answered", "returned", "outcome", "correction")))  # fmt: skip
        target, unit = draw(st.sampled_from([*ids, "absent", "e0"])), draw(st.sampled_from(UNITS))
        if verb == "amended":
            changes = {"reach": REACHES, "starts_at": STAMPS, "recurrence": RULES,
                       "effort_minutes": st.one_of(st.none(), EFFORTS)}  # fmt: skip
            named = draw(st.sets(st.sampled_from(sorted(changes)), min_size=1))
            said: dict[str, Any] = {"amends": target} | {name: draw(changes[name]) for name in sorted(named)}
        elif verb == "answered":
            said = {"answers": target, "unit": unit, "actual_minutes": draw(st.integers(0, 99))}
            if draw(st.booleans()):
                said["occurrence_at"] = draw(
                    st.sampled_from([e["data"].get("starts_at") or e["time"] for e in out[:1]])
                )
        elif verb == "returned":
            said = {"returns": target, "unit": unit, "effort_minutes": draw(EFFORTS)}
        elif verb == "correction":
            effect = draw(st.one_of(st.just("void"), EFFORTS.map(lambda e: {"effort_minutes": e})))
            said = {"restates": [target], "effect": effect}
        else:
            word = {"withdrawn": "withdraws", "ended": "ends", "outcome": "concludes"}[verb]
            said = {word: target} | ({"decisions": []} if verb == "outcome" else {})
        put(f"e{number}", "correction.applied" if verb == "correction" else f"{draw(KINDS)}.{verb}", said)
    return out


def resolve(reach: Reach) -> tuple[Range, ...]:
    return tuple(Range(TIER, RANKS[code], RANKS[code] + 1) for code in sorted(set(reach.units)))


def should_have(known: list[Event], shards: int = 1) -> Postings:
    parts = []
    for original in (e for e in known if e.verb == "issued"):
        key = int(original.id[1:])
        demand = demand_of(original, known, key=key, resolve=resolve, estimate=lambda _k, _d: Effort(*oracle.ESTIMATE))
        for shard in range(shards):
            parts.append(postings_of(
                demand, until_us=us(BEGIN + timedelta(days=200)), rank_of=lambda code: (TIER, RANKS[code]),
                clip=lambda ranges, shard=shard: tuple(one for one in ranges if one.lo % shards == shard),
            ))  # fmt: skip
    return concat(parts)


@settings(max_examples=300, deadline=None)
@given(events(), st.data())
def test_ledger_equals_the_oracle(documents: list[dict[str, Any]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(documents))
    decoded = [decode(json.dumps(one).encode()) for one in shuffled]
    names = data.draw(st.lists(st.builds(
        lambda kind, measure, window: f"{kind}.{measure}.{window}",
        st.sampled_from(("all", "meeting")), st.sampled_from(sorted(MEASURES)), st.sampled_from(sorted(WINDOWS)),
    ), min_size=1, max_size=4, unique=True))  # fmt: skip
    metrics = [Metric.parse(name) for name in names]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(decoded)), max_size=2))) + [len(decoded)]
    moments = sorted(data.draw(st.lists(TIMES, min_size=len(cuts), max_size=len(cuts))))
    ledger, present = Ledger({TIER: SIZE}, metrics, us(moments[0])), empty()
    shards = data.draw(st.integers(1, 3))
    for cut, moment in zip(cuts, moments, strict=True):
        ledger.advance(us(moment))
        change = should_have(decoded[:cut], shards).minus(present)
        ledger.apply(change)
        present = concat((present, change))
    again = should_have(decoded[::-1], shards).minus(present)
    assert len(again) == 0, "reconciling twice changes nothing"
    later = moments[-1] + data.draw(st.timedeltas(timedelta(0), timedelta(days=40)))
    ledger.advance(us(later))
    restarted = Ledger({TIER: SIZE}, metrics, us(later))
    restarted.apply(present)
    for name, metric in zip(names, metrics, strict=True):
        wanted = [oracle.load(documents, unit, name, later) for unit in UNITS]
        assert ledger.load(metric, TIER).tolist() == wanted
        assert restarted.load(metric, TIER).tolist() == wanted
        assert loads_at(present, metric, us(later), {TIER: SIZE})[TIER].tolist() == wanted
